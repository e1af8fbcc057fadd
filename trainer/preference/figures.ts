/**
 * From log-ratios to the figures of preference training, the same for a step
 * and for a split.
 */

import type { PreferenceFigures } from "../../src/core/experiment/run-record.ts";
import type { Batch } from "../data/batch.ts";
import { comparisonsOf } from "./compared-loss.ts";
import type { Preference } from "./settings.ts";

interface Measured {
  /** log π − log π_ref of both replies. */
  readonly first: number;
  readonly second: number;
  readonly importance: number;
}

/**
 * Of batches that have run: `loss` a comparison, as in training, with KTO's reference point taken
 * over all of them; `margin` in rewards, β · log-ratio: chosen − rejected, or the mean of the good
 * replies − that of the bad; `accuracy`: the share of pairs whose chosen reply has the higher
 * reward, or of replies on their side of the reference point; `logRatio`: log π − log π_ref on
 * the data's own replies, a token.
 */
export function preferenceFigures(
  batches: readonly Batch[],
  { method, beta }: Pick<Preference, "method" | "beta">,
): PreferenceFigures {
  const measured = batches.flatMap(measuredIn);
  const figures = method === "dpo" ? dpoFigures(measured, beta) : ktoFigures(measured, beta);
  const perComparison = method === "dpo" ? 2 : 1; // a mismatched reply is nobody's
  return { ...figures, logRatio: logRatioPerToken(batches, perComparison) };
}

function measuredIn(batch: Batch): Measured[] {
  const { count, logRatios, importance } = comparisonsOf(batch);
  return Array.from({ length: count }, (_, i) => {
    return { first: logRatios[2 * i], second: logRatios[2 * i + 1], importance: importance[i] };
  });
}

function dpoFigures(measured: readonly Measured[], beta: number) {
  const margins = measured.map(({ first, second }) => beta * (first - second));
  return {
    loss: mean(
      margins.map((margin) => Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin)),
    ),
    margin: mean(margins),
    accuracy: mean(margins.map((margin) => Number(margin > 0))),
  };
}

function ktoFigures(measured: readonly Measured[], beta: number) {
  const reference = Math.max(0, mean(measured.map(({ second }) => second)));
  const gains = measured.map(
    ({ first, importance }) => Math.sign(importance) * beta * (first - reference),
  );
  const rewardOf = (sign: number) =>
    mean(measured.flatMap((one) => (one.importance * sign > 0 ? [beta * one.first] : [])));
  return {
    loss: mean(gains.map((gain, i) => Math.abs(measured[i].importance) / (1 + Math.exp(gain)))),
    margin: rewardOf(1) - rewardOf(-1),
    accuracy: mean(gains.map((gain) => Number(gain > 0))),
  };
}

function logRatioPerToken(batches: readonly Batch[], perComparison: number): number {
  let nats = 0;
  let tokens = 0;
  for (const batch of batches) {
    const { slots, logRatios } = comparisonsOf(batch);
    for (const slot of slots) if (slot >= 0 && slot % 2 < perComparison) tokens++;
    logRatios.forEach((ratio, slot) => {
      if (slot % 2 < perComparison) nats += ratio;
    });
  }
  return nats / tokens;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
