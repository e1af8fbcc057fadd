/**
 * The jobs of a home, with steps that a test plays by hand: each waits until
 * the test says how it ends, or until it is told to end. Folders are real,
 * the clock stands still, cards are paper.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

import { onTestFinished } from "vitest";

import type { JobProgress, JobState } from "../../../src/chat/jobs.ts";
import type { Promoted } from "../../../src/chat/models.ts";
import type { RunRecord } from "../../../src/core/experiment/run-record.ts";
import { VERDICT_FILE, type Verdict } from "../../../src/core/experiment/verdict.ts";
import type { Order } from "../../../src/retrain/examine-order.ts";
import { JobsState } from "../../../src/retrain/jobs/job.ts";
import { jobsOn, type JobsParts } from "../../../src/retrain/jobs/open-jobs.ts";
import type { RunStep, StepEnd } from "../../../src/retrain/jobs/start-step.ts";
import type { StateDocument } from "../../../src/state/document.ts";
import { ManualClock } from "../chat/manual-clock.ts";
import { memoryCards, type MemoryCards } from "../chat/memory-cards.ts";
import { memoryDocument } from "../chat/memory-stores.ts";
import { recordingLog } from "../chat/open-bot.ts";
import { HALL } from "../chat/paper-stage.ts";
import { exampleRun } from "../example-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { ADA } from "./open-deployment.ts";

export const ORDER = { by: ADA, place: HALL } as const;

export const COLLECTED = { rows: { "corrections.jsonl": 3, "thumbs.jsonl": 5 } };

export interface PlayedStep {
  readonly words: readonly string[];
  readonly isTold: () => boolean;
  readonly isOver: () => boolean;
  progress(progress: JobProgress): void;
  succeed(result?: unknown): void;
  fail(code: number, problem: string): void;
}

/** What outlives a bot. */
export interface Kept {
  readonly home: string;
  readonly root: string;
  readonly document: StateDocument<JobsState>;
}

export function kept(): Kept {
  const document = memoryDocument(JobsState.parse({}));
  const root = temporaryFolder();
  writeFileSync(join(root, "originals.jsonl"), "");
  return { home: temporaryFolder(), root, document };
}

/** The runner works from now on, until `crash` or the end of the test. */
export function openJobsIn(
  { home: folder, root, document }: Kept,
  {
    clock = new ManualClock(),
    cards = memoryCards(),
    ...parts
  }: Partial<JobsParts> & { clock?: ManualClock; cards?: MemoryCards } = {},
) {
  const { log, lines } = recordingLog();
  const home = { folder, path: (...names: string[]) => join(folder, ...names) };
  const { steps, runStep } = played();
  const promotions: Order[] = [];
  const jobs = jobsOn(document, home, {
    champion: async () => join(root, "champion"),
    promote: async (promotion): Promise<Promoted> => {
      promotions.push(promotion);
      return { kind: "canary", judged: "not judged yet", champion: "champion" };
    },
    originalData: [join(root, "originals.jsonl")],
    root,
    runStep,
    clock,
    log,
    ...parts,
  });
  const leaving = new AbortController();
  const working = jobs.work(cards, leaving.signal);
  let left: Promise<void> | undefined;
  /** As far as the jobs can tell: whatever they were doing is not heard of any more. */
  const crash = () =>
    (left ??= (async () => {
      leaving.abort();
      await working;
    })());
  onTestFinished(crash);
  const { desk, runner, resting } = jobs;
  const stateOf = (id = 1): JobState | undefined =>
    runner.state.jobs.find((job) => job.id === id)?.state;
  const job = (id = 1) => runner.state.jobs.find((one) => one.id === id);
  const until = (isSo: () => unknown) => untilSo(isSo, clock);
  return {
    desk,
    runner,
    resting,
    steps,
    cards,
    clock,
    lines,
    promotions,
    home,
    root,
    crash,
    job,
    until,
    /** Resolves with the step of this command once it runs. */
    step: async (verb: string): Promise<PlayedStep> => {
      const running = () => steps.find(({ words, isOver }) => words[0] === verb && !isOver());
      await until(running);
      return running() as PlayedStep; // it was just found
    },
    reaches: (state: JobState, id = 1) => until(() => stateOf(id) === state),
    /** As `lfz feedback export` leaves it: rows with words of one person, held out as it happens. */
    collected: (author: string): void => {
      const { id, collections } = runner.state.jobs.findLast((one) => one.collections > 0) ?? {};
      const heldOut = home.path("jobs", `${id}`, `feedback-${collections}`, "held-out");
      mkdirSync(heldOut, { recursive: true });
      writeFileSync(join(heldOut, "thumbs.jsonl"), `{"authors":["${author}"]}\n`);
    },
    /** As `lfz finetune` leaves it. */
    trained: (): string => {
      const name = runner.state.jobs.findLast(({ candidate }) => candidate)?.candidate ?? "";
      writeRun(join(root, name), { name });
      return join(root, name);
    },
    judged: (candidate: string, outcome: Verdict["outcome"]) =>
      writeFileSync(join(candidate, VERDICT_FILE), JSON.stringify(verdictOf(outcome))),
  };
}

export function verdictOf(outcome: Verdict["outcome"]): Verdict {
  const outcomes = { wins: "better", holds: "same", loses: "worse" } as const;
  return {
    schema: 1,
    candidate: "candidate",
    champion: "champion",
    at: "2026-11-26T00:00:00.000Z",
    outcome,
    reason: `what people taught it is ${outcomes[outcome]}.`,
    checks: [
      { name: "feedback held out", champion: 2.5, candidate: 2.25, outcome: outcomes[outcome] },
    ],
  };
}

/** A run that was cut off: with a checkpoint, or before there was one. */
export function cutOff(folder: string, { checkpoint }: { checkpoint: boolean }): void {
  writeRun(folder, { status: "interrupted", finished: null });
  if (!checkpoint) return;
  mkdirSync(join(folder, "checkpoint"));
  writeFileSync(join(folder, "checkpoint", "index.json"), "{}");
}

function writeRun(folder: string, changes: Partial<RunRecord>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "run.json"), JSON.stringify(exampleRun(changes)));
}

function played() {
  const steps: PlayedStep[] = [];
  const runStep: RunStep = (words, { signal, onProgress }) =>
    new Promise((resolve) => {
      let isOver = false;
      const end = (end: Partial<StepEnd>) => {
        isOver = true;
        resolve({ code: 0, result: {}, problem: "", ...end });
      };
      const leave = () => end({ code: 130 });
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
      steps.push({
        words,
        isTold: () => signal.aborted,
        isOver: () => isOver,
        progress: onProgress,
        succeed: (result = {}) => end({ result }),
        fail: (code, problem) => end({ code, result: undefined, problem }),
      });
    });
  return { steps, runStep };
}

/** Files take time that no clock knows of: the test's own limit is the end of patience. */
async function untilSo(isSo: () => unknown, clock: ManualClock): Promise<void> {
  while (!isSo()) {
    await clock.advance(0);
    await setImmediate();
  }
}
