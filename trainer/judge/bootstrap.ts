/**
 * How far a difference between two models could be chance of the rows it was
 * measured on: the paired percentile bootstrap (Efron & Tibshirani, "An
 * Introduction to the Bootstrap", 1993, chapter 13; for two systems on one test
 * set: Koehn, "Statistical Significance Tests for Machine Translation
 * Evaluation", 2004).
 *
 * Both models have seen the same rows, so a row is drawn with what both made
 * of it: that a row is hard for everybody cancels out.
 */

import { Random } from "../../src/core/random.ts";

const RESAMPLES = 2000;
const CONFIDENCE = 0.95;
/** The same rows give the same verdict. */
const SEED = 1;

export type Interval = [low: number, high: number];

/**
 * The interval that holds `statistic` in 95 of 100 resamples. Rows of different
 * groups stay apart: each resample has as many of every group as there are.
 */
export function bootstrap<Row>(
  groups: readonly (readonly Row[])[],
  statistic: (...groups: readonly Row[][]) => number,
): Interval {
  const random = new Random(SEED);
  const resample = (rows: readonly Row[]) => rows.map(() => rows[random.below(rows.length)]);
  const found = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) found[i] = statistic(...groups.map(resample));
  found.sort();
  const at = (share: number) => found[Math.round(share * (RESAMPLES - 1))];
  return [at((1 - CONFIDENCE) / 2), at((1 + CONFIDENCE) / 2)];
}
