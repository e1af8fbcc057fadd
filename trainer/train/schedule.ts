/** The learning rate over a run: linear warmup by steps, then a decay by progress. */

import type { TrainingOptions } from "./options.ts";

type ScheduleOptions = Pick<
  TrainingOptions,
  "schedule" | "learningRate" | "finalRate" | "warmupSteps"
>;

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
  const done = Math.min(1, Math.max(0, progress));
  const shape = schedule === "cosine" ? (1 + Math.cos(Math.PI * done)) / 2 : 1 - done;
  return learningRate * warmup * (finalRate + (1 - finalRate) * shape);
}
