/** Where jobs are ordered, stopped and asked about. The runner does them. */

import type {
  CanaryRule,
  JobOrder,
  Jobs,
  JobsStatus,
  JobSummary,
  Orderer,
} from "../../chat/jobs.ts";
import type { Clock } from "../../chat/clock.ts";
import type { Place } from "../../chat/platform.ts";
import { HintedError } from "../../core/errors.ts";
import type { Log } from "../../log.ts";
import { collectedIn, isNamedIn } from "./collected.ts";
import { NO_CURVE, type Curves } from "./curve.ts";
import { nextTimes, readCron } from "./cron.ts";
import {
  begunOf,
  isOver,
  isPhase,
  summaryOf,
  willCollect,
  withChange,
  withJob,
  type Job,
  type JobsState,
} from "./job.ts";
import type { JobRunner } from "./runner.ts";

/** Where a job begins. */
const COLLECTING = "collecting" as const;

/** So many times of a schedule are shown. */
const NEXT_TIMES = 3;

export interface DeskParts {
  readonly runner: JobRunner;
  /** Where what is collected lies until its job is over. */
  readonly folder: string;
  readonly curves: Curves;
  readonly clock: Clock;
  readonly log: Log;
}

export class JobDesk implements Jobs {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  async order(order: JobOrder): Promise<{ job: JobSummary; ahead: number }> {
    const { runner, clock, log } = this.#parts;
    const { jobs } = await runner.change((state) => {
      const waiting = waitingLike(order, state);
      if (waiting) throw thereIsOne(waiting);
      return withJob(state, newJob(order, clock.now()));
    });
    const [job, ...others] = jobs.filter((one) => !isOver(one)).reverse();
    if (!job) throw new Error("The job that was ordered is gone."); // it was written last
    log.info("job", { job: job.id, state: job.state, by: job.by.who, reason: job.why });
    return { job: summaryOf(job), ahead: others.length };
  }

  cancel(by: Orderer): Promise<JobSummary> {
    return this.#stop(by, "cancelled", ({ jobs }) => {
      return begunOf({ jobs }) ?? jobs.find(({ state }) => state === "waiting");
    });
  }

  pause(by: Orderer): Promise<JobSummary> {
    return this.#stop(by, "paused", ({ jobs }) => jobs.find(({ state }) => isPhase(state)));
  }

  async resume(by: Orderer): Promise<JobSummary> {
    return this.#change(by, pausedOf, ({ resumesIn }) => ({
      state: resumesIn ?? "collecting",
      resumesIn: undefined,
    }));
  }

  async collectAgain(person: string): Promise<boolean> {
    const { runner, folder, clock, log } = this.#parts;
    const touched = begunOf(runner.state);
    if (!touched) return false;
    const isTouched =
      willCollect(touched) || (await isNamedIn(collectedIn(touched, folder), person));
    if (!isTouched) return false;
    let isBegunAgain = false;
    await runner.change((state) => {
      const job = begunOf(state);
      if (job?.id !== touched.id) return state; // it is over by now
      isBegunAgain = true;
      const again = job.state === "paused" ? { resumesIn: COLLECTING } : { state: COLLECTING };
      return withChange(state, job.id, { ...again, since: clock.now() });
    });
    if (!isBegunAgain) return false;
    log.info("job begins again", { job: touched.id });
    runner.interrupt();
    return true;
  }

  async status(): Promise<JobsStatus> {
    const { runner, curves, clock } = this.#parts;
    const { jobs, schedule, after, canary } = runner.state;
    const current = begunOf({ jobs });
    const last = jobs.findLast(isOver);
    return {
      current: current && summaryOf(current),
      progress: runner.progress,
      curve: current ? await curves.of(current) : NO_CURVE,
      waiting: jobs.filter(({ state }) => state === "waiting").map(summaryOf),
      last: last && summaryOf(last),
      schedule: schedule && {
        cron: schedule.cron,
        next: nextTimes(readCron(schedule.cron), clock.now(), NEXT_TIMES),
      },
      after: after?.rows,
      canary,
    };
  }

  async schedule(cron: string | undefined, place: Place): Promise<readonly number[]> {
    const { runner, clock } = this.#parts;
    const now = clock.now();
    const next = cron === undefined ? [] : nextTimes(readCron(cron), now, NEXT_TIMES);
    const schedule = cron === undefined ? undefined : { cron, place, through: now };
    await runner.change((state) => ({ ...state, schedule }));
    return next;
  }

  async after(rows: number | undefined, place: Place): Promise<void> {
    const after = rows === undefined ? undefined : { rows, place };
    await this.#parts.runner.change((state) => ({ ...state, after }));
  }

  async canary(canary: CanaryRule): Promise<void> {
    await this.#parts.runner.change((state) => ({ ...state, canary }));
  }

  async #stop(
    by: Orderer,
    to: "cancelled" | "paused",
    which: (state: JobsState) => Job | undefined,
  ): Promise<JobSummary> {
    const stopped = await this.#change(by, which, ({ state }) => {
      return { state: to, resumesIn: to === "paused" && isPhase(state) ? state : undefined };
    });
    this.#parts.runner.interrupt();
    return stopped;
  }

  /** @throws HintedError if there is no such job */
  async #change(
    by: Orderer,
    which: (state: JobsState) => Job | undefined,
    changeOf: (job: Job) => Partial<Job>,
  ): Promise<JobSummary> {
    const { runner, clock, log } = this.#parts;
    let id: number | undefined;
    const { jobs } = await runner.change((state) => {
      const job = which(state);
      if (!job) throw nothingToDo(state);
      id = job.id;
      return withChange(state, id, { ...changeOf(job), since: clock.now() });
    });
    const job = jobs.find((one) => one.id === id);
    if (!job) throw new Error("The job that was changed is gone."); // changing it keeps it
    log.info("job", { job: job.id, state: job.state, by: by.who });
    return summaryOf(job);
  }
}

export function newJob(order: JobOrder, now: number): Omit<Job, "id"> {
  return { ...order, at: now, state: "waiting", since: now, collections: 0 };
}

/** A job that waits and would do the same. */
export function waitingLike({ from }: Pick<JobOrder, "from">, { jobs }: JobsState) {
  return jobs.find((job) => job.state === "waiting" && job.from === from);
}

function pausedOf({ jobs }: JobsState): Job | undefined {
  return jobs.find(({ state }) => state === "paused");
}

function thereIsOne({ id }: Job): HintedError {
  return new HintedError(`There is one already: training ${id} waits for its turn.`, {
    hint: "`train status` shows it.",
  });
}

function nothingToDo(state: JobsState): HintedError {
  const current = begunOf(state);
  return new HintedError(
    current
      ? `Training ${current.id} ${current.state === "paused" ? "is paused" : "goes on"}.`
      : "Nothing is being trained.",
    { hint: current ? "`train status` shows it." : "`train start` begins one." },
  );
}
