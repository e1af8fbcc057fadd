/**
 * What is remembered of a job, and of when jobs begin by themselves.
 *
 * Everything a restart needs stands in one document, so that ordering a
 * scheduled job and ticking off its time are one write.
 */

import { z } from "zod";

import { CANARY_RULES, JOB_METHODS, type JobSummary } from "../../chat/jobs.ts";
import { Place } from "../../chat/place.ts";
import { Verdict } from "../../core/experiment/verdict.ts";
import { Actor } from "../audit.ts";

/** So many jobs are remembered. */
const REMEMBERED_JOBS = 50;

const PHASES = ["collecting", "training", "judging"] as const;
const Phase = z.enum(PHASES);
export type Phase = z.infer<typeof Phase>;

/** A figure that is no number is null, as in the file it comes from. */
const JobVerdict = z.preprocess(
  (verdict) => JSON.parse(JSON.stringify(verdict)) as unknown,
  Verdict.pick({ outcome: true, reason: true, checks: true }),
);

export const Job = z
  .strictObject({
    id: z.int().positive(),
    by: Actor,
    at: z.number(),
    /** Where its card is shown. */
    place: Place.optional(),
    /** The message that is its card, and the state that it shows. */
    card: z.strictObject({ message: z.string(), shows: z.string() }).optional(),
    why: z.string().optional(),
    /** As ordered, then as chosen. */
    method: z.enum(JOB_METHODS).optional(),
    minutes: z.number().positive().optional(),
    /** Folder of the model to begin with, where it is not the champion. */
    from: z.string().optional(),
    state: z.enum([
      "waiting",
      ...PHASES,
      "paused",
      "done",
      "nothing to learn",
      "cancelled",
      "failed",
    ]),
    /** When it came into its state. */
    since: z.number(),
    /** What a paused job goes on with. */
    resumesIn: Phase.optional(),
    /** How often feedback was collected; each time into a folder of its own. */
    collections: z.int().default(0),
    /** Rows to learn from, by file. */
    rows: z.record(z.string(), z.number()).optional(),
    /** When those were collected; what was taught later is new. */
    collectedAt: z.number().optional(),
    /** In place of that moment, of a job that an older bot did. */
    taken: z.int().optional(),
    /** A process of it was ended from outside, and begun again. */
    wasKilled: z.boolean().optional(),
    /** The experiment that comes of it. */
    candidate: z.string().optional(),
    verdict: JobVerdict.optional(),
    /** What became of the candidate, or what went wrong. */
    remark: z.string().optional(),
  })
  .readonly();

export type Job = z.infer<typeof Job>;

export const JobsState = z
  .strictObject({
    /** Oldest first. */
    jobs: z.array(Job).readonly().default([]),
    schedule: z
      .strictObject({
        cron: z.string(),
        place: Place,
        /** Times up to this one are dealt with. */
        through: z.number(),
      })
      .optional(),
    after: z.strictObject({ rows: z.int().positive(), place: Place }).optional(),
    canary: z.enum(CANARY_RULES).default("off"),
  })
  .readonly();

export type JobsState = z.infer<typeof JobsState>;

export function isPhase(state: Job["state"]): state is Phase {
  return (PHASES as readonly string[]).includes(state); // widened: the question is whether it is one of them
}

export function isOver({ state }: Job): boolean {
  return state !== "waiting" && state !== "paused" && !isPhase(state);
}

/** Whether it collects, or does so first when it goes on: what it collected before counts no more. */
export function willCollect({ state, resumesIn }: Job): boolean {
  return state === "collecting" || (state === "paused" && resumesIn === "collecting");
}

/** The job whose turn it is: one that was begun, or else the one that waits longest. */
export function currentOf({ jobs }: JobsState): Job | undefined {
  return begunOf({ jobs }) ?? jobs.find(({ state }) => state === "waiting");
}

/** The job that was begun and is not over. */
export function begunOf({ jobs }: Pick<JobsState, "jobs">): Job | undefined {
  return jobs.find((job) => job.state !== "waiting" && !isOver(job));
}

/** When a job last collected something to learn from; 0 if none did. A moment to come was written by a wrong clock. */
export function lastCollected({ jobs }: Pick<JobsState, "jobs">, now: number): number {
  const moments = jobs.map(({ collectedAt, taken, at }) => {
    return collectedAt ?? (taken === undefined ? undefined : at);
  });
  return moments.findLast((moment) => moment !== undefined && moment <= now) ?? 0;
}

/** With one job more; the oldest that are over are forgotten. */
export function withJob(state: JobsState, job: Omit<Job, "id">): JobsState {
  const id = (state.jobs.at(-1)?.id ?? 0) + 1;
  const kept = state.jobs.filter((one, index) => {
    return !isOver(one) || index > state.jobs.length - REMEMBERED_JOBS;
  });
  return { ...state, jobs: [...kept, { ...job, id }] };
}

export function withChange(state: JobsState, id: number, change: Partial<Job>): JobsState {
  const jobs = state.jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
  return { ...state, jobs };
}

export function summaryOf(job: Job): JobSummary {
  const { id, state, by, why, at, since, minutes, method, candidate, rows, verdict, remark } = job;
  return {
    id,
    state,
    by: by.who,
    why,
    orderedAt: at,
    since,
    minutes,
    method,
    candidate,
    rows,
    verdict,
    remark,
  };
}
