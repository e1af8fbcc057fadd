/**
 * Retraining as chat sees it: what an admin can order, and how it goes.
 * `src/retrain/jobs/` does the work.
 */

import type { Check } from "../core/experiment/verdict.ts";
import type { Place, PlatformName } from "./platform.ts";

export const JOB_METHODS = ["sft", "dpo", "kto"] as const;
export type JobMethod = (typeof JOB_METHODS)[number];

/** What becomes canary by itself: nothing, what wins, or also what is at least not worse. */
export const CANARY_RULES = ["off", "wins", "holds"] as const;
export type CanaryRule = (typeof CANARY_RULES)[number];

/** Whoever says so: an admin, somebody at the command line, or the bot itself. */
export interface Orderer {
  /** Platform and id; `lfz` is the bot. */
  readonly who: string;
  readonly platform: PlatformName | "command line" | "machine";
}

export interface JobOrder {
  readonly by: Orderer;
  /** Where its card is shown; nowhere if left out. */
  readonly place?: Place | undefined;
  /** What there is most to learn by, if left out. */
  readonly method?: JobMethod | undefined;
  /** As long as the trainer thinks fit, if left out. */
  readonly minutes?: number | undefined;
  /** Folder of the model to begin with, where it is not the champion. */
  readonly from?: string | undefined;
  readonly why?: string | undefined;
}

export type JobState =
  | "waiting"
  | "collecting"
  | "training"
  | "judging"
  | "paused"
  | "done"
  | "nothing to learn"
  | "cancelled"
  | "failed";

export interface JobSummary {
  readonly id: number;
  readonly state: JobState;
  readonly by: string;
  readonly why?: string | undefined;
  readonly orderedAt: number;
  /** When it came into its state. */
  readonly since: number;
  readonly minutes?: number | undefined;
  readonly method?: JobMethod | undefined;
  /** The experiment that comes of it. */
  readonly candidate?: string | undefined;
  /** Rows to learn from, by file. */
  readonly rows?: Readonly<Record<string, number>> | undefined;
  readonly verdict?: JobVerdict | undefined;
  /** What became of the candidate, or what went wrong, in words. */
  readonly remark?: string | undefined;
}

export interface JobVerdict {
  readonly outcome: "wins" | "holds" | "loses";
  readonly reason: string;
  readonly checks: readonly Check[];
}

/** How far the present step is. */
export interface JobProgress {
  readonly title: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly text: string;
  readonly remainingMs?: number | undefined;
}

export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
}

/** The loss as it fell so far. */
export interface LossCurve {
  readonly train: readonly CurvePoint[];
  readonly validation: readonly CurvePoint[];
}

export interface JobsStatus {
  /** The one that is being worked on, or is paused. */
  readonly current?: JobSummary | undefined;
  readonly progress?: JobProgress | undefined;
  readonly curve: LossCurve;
  readonly waiting: readonly JobSummary[];
  /** The newest that is over. */
  readonly last?: JobSummary | undefined;
  readonly schedule?: { readonly cron: string; readonly next: readonly number[] } | undefined;
  /** A job begins by itself after so many new rows. */
  readonly after?: number | undefined;
  readonly canary: CanaryRule;
}

/** All that may be refused is refused with a `HintedError`. */
export interface Jobs {
  /** Resolves once it is known for good; `ahead` jobs come before it. */
  order(order: JobOrder): Promise<{ readonly job: JobSummary; readonly ahead: number }>;
  /** Ends the job that is worked on or paused, or else the one that waits. */
  cancel(by: Orderer): Promise<JobSummary>;
  /** Saves what is learnt so far, and waits to be told to go on. */
  pause(by: Orderer): Promise<JobSummary>;
  resume(by: Orderer): Promise<JobSummary>;
  /**
   * What a person (a pseudonym) gave is gone: a job that is collecting, or has
   * collected some of it, begins again without it. Resolves with whether there
   * was such a job.
   */
  collectAgain(person: string): Promise<boolean>;
  status(): Promise<JobsStatus>;
  /** Five fields of cron, in UTC; nothing ends the schedule. Resolves with the next times. */
  schedule(cron: string | undefined, place: Place): Promise<readonly number[]>;
  /** A job begins by itself after so many new rows; nothing: never. */
  after(rows: number | undefined, place: Place): Promise<void>;
  canary(rule: CanaryRule): Promise<void>;
}
