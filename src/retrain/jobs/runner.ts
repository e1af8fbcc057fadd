/**
 * Jobs, one after the other: each is carried from phase to phase until it is
 * over, across restarts.
 *
 * Every change is on disk before it is acted on. Whoever cancels or pauses
 * changes the job first and ends its process then; what a phase comes to
 * counts only while the job is still in that phase.
 */

import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { JobProgress } from "../../chat/jobs.ts";
import { HintedError, reasonOf } from "../../core/errors.ts";
import { diskErrorOf } from "../../core/files.ts";
import { LinkedAbort } from "../../core/linked-abort.ts";
import type { StateDocument } from "../../state/document.ts";
import { Bell } from "./bell.ts";
import {
  currentOf,
  isOver,
  willCollect,
  withChange,
  type Job,
  type JobsState,
  type Phase,
} from "./job.ts";
import { KilledError, runPhase, type Outcome, type PhaseParts } from "./phases.ts";

/** Where the state cannot be written it is tried again after so many milliseconds. */
const WRITE_AGAIN_AFTER = 30_000;

export interface RunnerParts extends PhaseParts {
  readonly document: StateDocument<JobsState>;
}

export class JobRunner {
  /** Rings whenever something of a job has changed, on disk or on the way. */
  readonly changed = new Bell();
  readonly #parts: RunnerParts;
  #progress: JobProgress | undefined;
  /** Ends the process that runs now. */
  #step: LinkedAbort | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  get state(): JobsState {
    return this.#parts.document.value;
  }

  /** Of the step that runs now. */
  get progress(): JobProgress | undefined {
    return this.#progress;
  }

  async change(edit: (state: JobsState) => JobsState): Promise<JobsState> {
    const state = await this.#parts.document.change(edit);
    this.changed.ring();
    return state;
  }

  /** Makes the current job look at the state that it has been given, whatever it is doing. */
  interrupt(): void {
    this.#step?.abort();
  }

  /** Until the signal aborts: then what runs is told to save, and goes on at the next start. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { state } = this;
      await this.sweep();
      if (this.state !== state) continue; // something else may be needed by now, or no longer
      const job = currentOf(this.state); // nothing may come between this look and the waiting
      if (!job || job.state === "paused") await this.changed.next(signal);
      else if (job.state === "waiting") await this.#settle(job, { state: "collecting" }, signal);
      else await this.#work(job, job.state as Phase, signal); // of a current job no other state is left
    }
  }

  /** What people said is not kept a second time any longer than a job needs it: until it is over, or collects again. */
  async sweep(): Promise<void> {
    const { folder, log } = this.#parts;
    const using = this.state.jobs.filter((job) => !isOver(job) && !willCollect(job));
    const needed = new Set(using.map(({ id }) => String(id)));
    try {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) {
        if (!needed.has(name)) await rm(join(folder, name), { recursive: true });
      }
    } catch (error) {
      log.error("collected feedback not removed", { folder, error }); // tried again after the next phase
    }
  }

  async #work(job: Job, phase: Phase, signal: AbortSignal): Promise<void> {
    const step = (this.#step = new LinkedAbort(signal));
    const outcome = await this.#outcomeOf(job, phase, step.signal);
    step.release();
    this.#progress = undefined;
    if (!step.signal.aborted) await this.#settle(job, outcome, signal);
  }

  async #outcomeOf(job: Job, phase: Phase, signal: AbortSignal): Promise<Outcome> {
    try {
      return await runPhase(phase, this.#parts, {
        job,
        signal,
        onProgress: (progress) => {
          this.#progress = progress;
          this.changed.ring();
        },
        note: (change) => this.#note(job, change),
      });
    } catch (error) {
      if (error instanceof KilledError && !job.wasKilled) return { state: phase, wasKilled: true };
      this.#parts.log.error("job failed", { job: job.id, phase, error });
      return failedWith(error);
    }
  }

  async #note({ id }: Job, change: Partial<Job>): Promise<Job> {
    const { jobs } = await this.change((state) => withChange(state, id, change));
    const job = jobs.find((one) => one.id === id);
    if (!job) throw new Error(`Job ${id} is not known.`); // jobs that are not over are never forgotten
    return job;
  }

  /** Unless somebody changed its state meanwhile. On a full disk it is tried until it can be written. */
  async #settle({ id, ...before }: Job, outcome: Outcome, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let change: Outcome = { ...outcome, since: clock.now() };
    while (!signal.aborted) {
      try {
        await this.change((state) => {
          const job = state.jobs.find((one) => one.id === id);
          const isSame = job?.state === before.state && job.since === before.since; // not begun again
          return isSame ? withChange(state, id, change) : state;
        });
        return log.info("job", { job: id, ...change, verdict: change.verdict?.outcome });
      } catch (error) {
        log.error("job not written down", { job: id, error });
        if (!diskErrorOf(error)) change = { ...failedWith(error), since: clock.now() };
        await clock.sleep(WRITE_AGAIN_AFTER, signal);
      }
    }
  }
}

function failedWith(error: unknown): Outcome {
  const hinted = error instanceof HintedError ? error : diskErrorOf(error);
  const remark = hinted ? `${hinted.message} ${hinted.hint}`.trim() : reasonOf(error);
  return { state: "failed", remark };
}
