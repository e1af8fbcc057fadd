/**
 * What happens in each phase of a job: the command that is run, and what
 * follows from how it ends.
 *
 * Knows neither the queue nor who may stop it. A phase can be begun again at
 * any time, after any kind of death, and does only what is left to be done.
 */

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import type { Clock } from "../../chat/clock.ts";
import type { JobProgress } from "../../chat/jobs.ts";
import { EXIT_FAILURE, HintedError } from "../../core/errors.ts";
import { experimentPaths } from "../../core/experiment/paths.ts";
import { readRunRecord } from "../../core/experiment/run-record.ts";
import type { Verdict } from "../../core/experiment/verdict.ts";
import { lockOwner } from "../../core/lock.ts";
import type { Log } from "../../log.ts";
import { readVerdict } from "../verdict.ts";
import { collectedIn } from "./collected.ts";
import { collectLine, judgeLine, methodFor, resumeLine, trainLine } from "./command-lines.ts";
import type { Job, Phase } from "./job.ts";
import type { RunStep, StepEnd } from "./start-step.ts";

/** How often it is asked whether another process has left a folder, in milliseconds. */
const ASK_EVERY = 1000;

export interface PhaseParts {
  readonly runStep: RunStep;
  /** Folder of the model that people are answered by now. */
  readonly champion: () => Promise<string>;
  /** What becomes of a candidate that was judged, in words. */
  readonly decide: (job: Job, verdict: Verdict) => Promise<string>;
  /** Conversations that the first model was taught with. */
  readonly originals: () => Promise<readonly string[]>;
  /** Where experiments lie. */
  readonly root: string;
  /** Where what is collected lies until its job is over. */
  readonly folder: string;
  readonly threads: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PhaseRun {
  readonly job: Job;
  /** Ends the phase: what it resolves with no longer counts then. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  /** Writes down what must be known before the phase goes on. */
  readonly note: (change: Partial<Job>) => Promise<Job>;
}

/** What becomes of the job. */
export type Outcome = Partial<Job> & { readonly state: Job["state"] };

/** @throws HintedError if the job cannot go on */
export function runPhase(phase: Phase, parts: PhaseParts, run: PhaseRun): Promise<Outcome> {
  return { collecting, training, judging }[phase](parts, run);
}

const Collected = z.object({ rows: z.record(z.string(), z.number()) });

/**
 * Begins again in a new folder where an earlier one may be half-written, or
 * still be written to. A candidate that is there already was made of rows that
 * may no longer be learnt from.
 */
async function collecting(parts: PhaseParts, { job, note, ...run }: PhaseRun): Promise<Outcome> {
  if (job.candidate !== undefined) await discard(join(parts.root, job.candidate), parts, run);
  const begun = await note({ collections: job.collections + 1, candidate: undefined });
  const collectedAt = parts.clock.now();
  const end = await parts.runStep(collectLine(collectedIn(begun, parts.folder)), run);
  const { rows } = resultOf(Collected, end);
  const method = methodFor(rows, job.method);
  if (method === undefined) {
    const by = job.method === undefined ? "" : ` by ${job.method}`;
    const remark = `There is nothing yet that may be learnt from${by}; \`review\` shows what waits.`;
    return { state: "nothing to learn", rows, remark };
  }
  return { state: "training", rows, method, collectedAt };
}

async function discard(
  folder: string,
  { clock }: PhaseParts,
  { signal }: Pick<PhaseRun, "signal">,
): Promise<void> {
  await untilLeft(folder, clock, signal);
  await rm(folder, { recursive: true, force: true });
}

async function training(parts: PhaseParts, { note, ...run }: PhaseRun): Promise<Outcome> {
  const { root, clock, runStep, threads } = parts;
  const candidate = run.job.candidate ?? freeName(root, clock.now());
  const job = run.job.candidate === undefined ? await note({ candidate }) : run.job;
  const folder = join(root, candidate);
  await untilLeft(folder, clock, run.signal);
  const stand = await standOf(folder);
  if (stand === "finished") return { state: "judging" };
  if (stand === "broken off") await rm(folder, { recursive: true }); // before there was anything to resume
  const words =
    stand === "resumable" ? resumeLine(candidate, threads) : await beginning(job, candidate, parts);
  resultOf(z.object({}), await runStep(words, run));
  return { state: "judging" };
}

async function beginning(job: Job, name: string, parts: PhaseParts): Promise<string[]> {
  const { minutes, method = "sft" } = job;
  return trainLine({
    from: job.from ?? (await parts.champion()),
    folder: collectedIn(job, parts.folder),
    method,
    originals: await parts.originals(),
    name,
    minutes,
    threads: parts.threads,
  });
}

/** Against whoever is champion by now. */
async function judging(parts: PhaseParts, { job, ...run }: PhaseRun): Promise<Outcome> {
  const { root, runStep } = parts;
  const candidate = join(root, job.candidate ?? "");
  requireCandidate(candidate);
  const words = judgeLine({
    candidate,
    champion: await parts.champion(),
    folder: collectedIn(job, parts.folder),
    originals: await parts.originals(),
  });
  resultOf(z.object({}), await runStep(words, run));
  requireCandidate(candidate);
  const verdict = await readVerdict(candidate);
  if (!verdict) throw noVerdict(candidate);
  const { outcome, reason, checks } = verdict;
  const remark = await parts.decide(job, verdict);
  return { state: "done", verdict: { outcome, reason, checks }, remark };
}

/** @throws HintedError with the words of the process if it failed */
function resultOf<T>(schema: z.ZodType<T>, { code, result, problem }: StepEnd): T {
  if (code === 0) return schema.parse(result);
  if (code > 128) throw new KilledError(code - 128);
  throw new HintedError(problem === "" ? `It ended with code ${code}.` : problem, {
    hint: "",
    exitCode: EXIT_FAILURE,
  });
}

/** A step ended without having been told to by the bot: what it had saved is there. */
export class KilledError extends HintedError {
  constructor(signal: number) {
    super(`The process was ended from outside, by signal ${signal}.`, {
      hint: "If the system did so, it was short of memory.",
    });
  }
}

/** `feedback-2026-11-26`, or with a number behind it. */
function freeName(root: string, now: number): string {
  const day = `feedback-${new Date(now).toISOString().slice(0, 10)}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? day : `${day}-${number}`;
    if (!existsSync(join(root, name))) return name;
  }
}

/** A trainer that outlived the bot is still saving. */
async function untilLeft(folder: string, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await lockOwner(folder)) !== undefined) {
    await clock.sleep(ASK_EVERY, signal);
  }
}

async function standOf(folder: string): Promise<"none" | "broken off" | "resumable" | "finished"> {
  if (!existsSync(folder)) return "none";
  const { checkpoint, run } = experimentPaths(folder);
  if (!existsSync(run)) return "broken off";
  if ((await readRunRecord(folder)).status === "finished") return "finished";
  return existsSync(join(checkpoint, "index.json")) ? "resumable" : "broken off";
}

function requireCandidate(folder: string): void {
  if (existsSync(experimentPaths(folder).run)) return;
  throw new HintedError(`The candidate is gone: there is no experiment ${folder}.`, {
    hint: "`train start` makes another.",
  });
}

function noVerdict(folder: string): HintedError {
  return new HintedError(`The judge has left no verdict in ${folder}.`, {
    hint: `\`lfz judge ${folder}\` writes it.`,
  });
}
