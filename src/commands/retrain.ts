/** `lfz retrain`: what an admin orders with `train start` in chat, for a bot that is not running. */

import { join, resolve } from "node:path";

import { z } from "zod";

import { describeJob } from "../chat/job-words.ts";
import { JOB_METHODS, type JobMethod, type JobSummary } from "../chat/jobs.ts";
import { loadDotEnv, readEnvironment } from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import type { Console } from "../core/cli/console.ts";
import { ProgressBars } from "../core/cli/progress-bars.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import { LinkedAbort } from "../core/linked-abort.ts";
import { findModel } from "../generate/find-model.ts";
import { OPERATOR } from "../retrain/audit.ts";
import { collectLine, judgeLine, trainLine } from "../retrain/jobs/command-lines.ts";
import { currentOf, isOver, summaryOf } from "../retrain/jobs/job.ts";
import { trainingThreads, type OpenJobs } from "../retrain/jobs/open-jobs.ts";
import type { JobRunner } from "../retrain/jobs/runner.ts";
import { readChampion } from "../retrain/open-registry.ts";
import { originalPaths } from "../retrain/original-data.ts";
import { openIdleJobs, withIdleBot } from "./idle-bot.ts";

const MINUTES = "a number of minutes above 0";

export const retrain = defineCommand({
  name: "retrain",
  summary: "Make a model of what people taught the bot; judge it",
  usage: "[--method sft|dpo|kto] [--minutes M] [--home DIR] [--dry-run]",
  flags: z.strictObject({
    method: z.enum(JOB_METHODS).optional().describe("what there is most to learn by, if left out"),
    minutes: z.coerce
      .number(MINUTES)
      .positive(MINUTES)
      .optional()
      .describe("how long it is trained; what the trainer thinks fit, if left out"),
    home: z.string().optional().describe("folder of the bot; LFZ_HOME if left out"),
    dryRun: z.boolean().default(false).describe("print the commands that it would run"),
  }),
  examples: [
    "lfz retrain                        from the champion",
    "lfz retrain --method kto --minutes 30",
    "lfz retrain                        after Ctrl-C: goes on where it was",
  ],

  run({ method, minutes, home, dryRun }, { console, signal, fail }) {
    if (dryRun) return printPlan({ method, minutes }, home, console);
    return withIdleBot(
      async (bot) => {
        const jobs = await openIdleJobs(bot);
        const id = await begin(jobs, { method, minutes }, console);
        const job = await workUntilOver(jobs.runner, id, console, signal);
        if (!job) return undefined;
        console.print(describeJob(job));
        if (job.state === "failed") fail();
        return { ...job };
      },
      { home, toldBy: "`train start`" },
    );
  },
});

interface Ordered {
  readonly method: JobMethod | undefined;
  readonly minutes: number | undefined;
}

/** What was begun before comes first, here or in chat. */
async function begin({ desk, runner }: OpenJobs, order: Ordered, console: Console) {
  const before = currentOf(runner.state);
  if (!before) return (await desk.order({ by: OPERATOR, ...order })).job.id;
  console.note(`Going on with training ${before.id}, which was begun before.`);
  if (before.state === "paused") await desk.resume(OPERATOR);
  return before.id;
}

/** Nothing if it was stopped before: it goes on the next time. */
async function workUntilOver(
  runner: JobRunner,
  id: number,
  console: Console,
  signal: AbortSignal,
): Promise<JobSummary | undefined> {
  const leaving = new LinkedAbort(signal);
  const working = runner.run(leaving.signal);
  const bars = new ProgressBars(console);
  const find = () => runner.state.jobs.find((job) => job.id === id && isOver(job));
  while (!leaving.signal.aborted && !find()) {
    show(runner.progress, bars);
    await runner.changed.next(leaving.signal);
  }
  bars.done();
  leaving.abort();
  await working;
  const job = find();
  return job && summaryOf(job);
}

function show(progress: JobRunner["progress"], bars: ProgressBars): void {
  if (progress) bars.update(progress.title, progress);
  else bars.done(); // between two steps
}

/** Only looks: a bot that opened its home for it would take a first champion. */
async function printPlan(
  { method = "sft", minutes }: Ordered,
  named: string | undefined,
  console: Console,
) {
  loadDotEnv();
  const environment = readEnvironment(process.env);
  const home = resolve(named ?? environment.LFZ_HOME);
  const root = EXPERIMENTS_ROOT;
  const champion =
    (await readChampion(home))?.folder ?? (await findModel({ environment: {}, root }));
  const folder = join(home, "jobs", "feedback");
  const candidate = join(root, "NAME");
  const originals = originalPaths({ named: environment.LFZ_ORIGINAL_DATA, home });
  const threads = trainingThreads();
  const training = { from: champion, folder, method, originals, name: "NAME", minutes, threads };
  const steps = [
    collectLine(folder),
    trainLine(training),
    judgeLine({ candidate, champion, folder, originals }),
  ];
  for (const words of steps) console.print(`lfz ${words.join(" ")}`);
  return { steps };
}
