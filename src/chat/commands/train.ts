/** `train`: what people taught the bot becomes a new model, now or by itself. */

import { HintedError } from "../../core/errors.ts";
import { describeJob, sparklineOf } from "../job-words.ts";
import { CANARY_RULES, JOB_METHODS, type Jobs, type JobsStatus } from "../jobs.ts";
import type { CommandCall } from "../platform.ts";
import { givenBy } from "./given-by.ts";
import type { ChatCommand, CommandContext } from "./index.ts";

const ACTIONS = [
  "status",
  "start",
  "cancel",
  "pause",
  "resume",
  "schedule",
  "after",
  "canary",
] as const;

const LONGEST_MINUTES = 24 * 60;
const MOST_ROWS = 1_000_000;

export const train: ChatCommand = {
  name: "train",
  summary: "Make a new model of what people taught me: now, at set times, or after so many rows",
  audience: "admin",
  isPrivate: true,
  options: [
    { name: "action", description: "status if left out", type: "text", choices: ACTIONS },
    {
      name: "value",
      description: "start: sft, dpo or kto, minutes; schedule: cron in UTC; after: rows; or off",
      type: "text",
      maxLength: 100,
    },
  ],
  async run(call, context) {
    const jobs = jobsIn(context);
    const { place, options } = call;
    const value = String(options.value ?? "").trim();
    switch (String(options.action ?? "status")) {
      case "status":
        return { text: statusText(await jobs.status()) };
      case "start":
        return { text: await start(call, jobs, value) };
      case "cancel":
        return { text: `Training ${(await jobs.cancel(givenBy(call))).id} is cancelled.` };
      case "pause":
        return {
          text: `Training ${(await jobs.pause(givenBy(call))).id} pauses; \`train resume\` goes on.`,
        };
      case "resume":
        return { text: `Training ${(await jobs.resume(givenBy(call))).id} goes on.` };
      case "schedule":
        return { text: scheduleText(await jobs.schedule(unlessOff(value), place)) };
      case "after":
        await jobs.after(toRows(value), place);
        return { text: await settingsText(jobs) };
      case "canary":
        await jobs.canary(toRule(value));
        return { text: await settingsText(jobs) };
      default:
        throw new HintedError("`train` cannot do that.", {
          hint: `Say one of ${ACTIONS.join(", ")}.`,
        });
    }
  },
};

async function start(call: CommandCall, jobs: Jobs, value: string): Promise<string> {
  const { job, ahead } = await jobs.order({
    by: givenBy(call),
    place: call.place,
    ...toOrder(value),
  });
  return ahead === 0
    ? `Training ${job.id} begins. \`train status\` shows how far it is, \`train cancel\` ends it.`
    : `Training ${job.id} waits: ${ahead} ${ahead === 1 ? "is" : "are"} before it.`;
}

/** `kto 20`, in either order, or one of them. */
function toOrder(value: string): Pick<Parameters<Jobs["order"]>[0], "method" | "minutes"> {
  const words = value
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  const method = JOB_METHODS.find((known) => words.includes(known));
  const rest = words.filter((word) => word !== method);
  const [minutes] = rest;
  if (rest.length > 1) throw unfit(value);
  if (minutes === undefined) return { method };
  if (!/^\d+$/.test(minutes)) throw unfit(value);
  const number = Number(minutes);
  if (number >= 1 && number <= LONGEST_MINUTES) return { method, minutes: number };
  throw new HintedError(`A training cannot take ${minutes.slice(0, 20)} minutes.`, {
    hint: `From 1 to ${LONGEST_MINUTES}.`,
  });
}

function unfit(value: string): HintedError {
  return new HintedError(`${value.slice(0, 40)} says neither how nor how long.`, {
    hint: "A method (sft, dpo or kto) and minutes, as in `train start kto 20`; both may be left out.",
  });
}

function statusText(status: JobsStatus): string {
  const { current, progress, curve, waiting, last } = status;
  const parts = [
    current && describeJob(current, progress),
    current && sparklineOf(curve),
    ...waiting.map((job) => describeJob(job)),
    !current && waiting.length === 0
      ? "Nothing is being trained; `train start` begins."
      : undefined,
    last && `The last one: ${describeJob(last)}`,
    settingsLines(status),
  ];
  return parts.filter((part) => part !== undefined).join("\n\n");
}

async function settingsText(jobs: Jobs): Promise<string> {
  return settingsLines(await jobs.status());
}

function settingsLines({ schedule, after, canary }: JobsStatus): string {
  const times = schedule && `${schedule.next.map(timeText).join(", then ")} (\`${schedule.cron}\`)`;
  const rows = after === undefined ? "no" : `after ${after} new rows`;
  const tried = {
    off: "nothing; I say what won and leave it to you",
    wins: "a model that wins",
    holds: "a model that wins, or is at least not worse",
  }[canary];
  return [
    `- at set times (\`train schedule\`): ${times ?? "no"}`,
    `- by itself (\`train after\`): ${rows}`,
    `- tried by some people, without asking you first (\`train canary\`): ${tried}`,
  ].join("\n");
}

function scheduleText(next: readonly number[]): string {
  if (next.length === 0) return "Nothing is trained at set times any more.";
  return `The next times: ${next.map(timeText).join(", then ")}. All in UTC.`;
}

/** `Sun 29 Nov 2026, 03:00 UTC` */
function timeText(time: number): string {
  const [, day, date, clock] = /^(\w+), (.*) (\d\d:\d\d):/.exec(new Date(time).toUTCString()) ?? [];
  return `${day} ${date}, ${clock} UTC`;
}

function unlessOff(value: string): string | undefined {
  if (value === "") throw needs("schedule", "`train schedule 0 3 * * *` is every day at 3:00 UTC");
  return value.toLowerCase() === "off" ? undefined : value;
}

function toRows(value: string): number | undefined {
  if (value === "") throw needs("after", "`train after 50` begins after 50 new rows");
  if (value.toLowerCase() === "off") return undefined;
  const rows = Number(value);
  if (Number.isInteger(rows) && rows >= 1 && rows <= MOST_ROWS) return rows;
  throw new HintedError(`${value.slice(0, 40)} is no number of rows.`, {
    hint: `A whole number from 1 to ${MOST_ROWS}, or off.`,
  });
}

function toRule(value: string): (typeof CANARY_RULES)[number] {
  const rule = CANARY_RULES.find((known) => known === value.toLowerCase());
  if (rule) return rule;
  throw new HintedError(
    value === "" ? "`train canary` needs a rule." : `${value.slice(0, 40)} is no such rule.`,
    {
      hint: `There are ${CANARY_RULES.join(", ")}.`,
    },
  );
}

function needs(action: string, example: string): HintedError {
  return new HintedError(`\`train ${action}\` needs to know when.`, {
    hint: `${example}, \`off\` ends it.`,
  });
}

function jobsIn({ jobs }: CommandContext): Jobs {
  if (jobs) return jobs;
  throw new HintedError("Nothing can be trained from here.", {
    hint: "`lfz start` serves a bot that can; `lfz retrain` does it at the command line.",
  });
}
