/** The learning rate over a run: linear warmup by steps, then a decay by progress. */

import type { TrainingOptions } from "./options.ts";

type ScheduleOptions = Pick<
  TrainingOptions,
  "schedule" | "learningRate" | "finalRate" | "warmupSteps"
>;

/**
 * The last share of a warmup-stable-decay run, in which it decays. Hägele et al. find a fifth
 * enough for long runs; ours are short, and two fifths are better there (experiments/LOG.md).
 */
const COOLDOWN = 0.4;

/** From 1 to 0 as a run goes on from 0 to 1. */
const SHAPES: Readonly<Record<TrainingOptions["schedule"], (done: number) => number>> = {
  cosine: (done) => (1 + Math.cos(Math.PI * done)) / 2,
  linear: (done) => 1 - done,
  // Hägele et al., 2024, section 3: constant, then 1 − √ over the last part
  wsd: (done) => 1 - Math.sqrt(Math.max(0, done - (1 - COOLDOWN)) / COOLDOWN),
};

/**
 * @param step from 0
 * @param progress 0 to 1: the share of the budget that is used up. Decay follows it, so a run
 *   that is bounded by time ends at the final rate however fast the machine was.
 */
export function learningRateAt(
  step: number,
  progress: number,
  { schedule, learningRate, finalRate, warmupSteps }: ScheduleOptions,
): number {
  const warmup = Math.min(1, (step + 1) / (warmupSteps + 1));
  const shape = SHAPES[schedule](Math.min(1, Math.max(0, progress)));
  return learningRate * warmup * (finalRate + (1 - finalRate) * shape);
}
