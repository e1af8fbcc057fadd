/**
 * From a measured difference to one of four words. The rule, where `r` is how
 * much worse the candidate is (negative where it is better), with the bounds of
 * its 95 % interval:
 *
 *     better    the upper bound is below 0: it has improved beyond chance
 *     worse     r is above the tolerance, and either the lower bound is above 0
 *               (it is no chance) or the upper bound is above the limit (it is
 *               so large that it is not for us to hope that it was chance)
 *     unknown   too few rows, or the upper bound is above the limit although r
 *               is not above the tolerance: the rows do not say
 *     same      everything else
 *
 * Up to the tolerance a regression is nothing that people notice, however
 * certain; so a model that moved a little is not refused. And a model that
 * forgot is far beyond tolerance and limit alike, so no width of the interval
 * lets it pass. With too few rows only what is certain and beyond the limit is
 * called worse.
 */

import type { Check } from "../../src/core/experiment/verdict.ts";
import type { Interval } from "./bootstrap.ts";

export type Outcome = Check["outcome"];

export interface Measured {
  readonly champion: number;
  readonly candidate: number;
  /** Of candidate − champion. */
  readonly interval: Interval;
  /** What was drawn from. */
  readonly rows: number;
}

export interface Rule {
  readonly better: "lower" | "higher";
  /** In the unit of what is measured. */
  readonly tolerance: number;
  readonly limit: number;
}

const FEWEST_ROWS = 10;
/** Less is rounding: the same weights must not beat themselves. */
const ROUNDING = 1e-6;

export function outcomeOf(
  { champion, candidate, interval: [low, high], rows }: Measured,
  { better, tolerance, limit }: Rule,
): Outcome {
  if (![champion, candidate, low, high].every(Number.isFinite)) return "unknown";
  const sign = better === "lower" ? 1 : -1;
  const regression = sign * (candidate - champion);
  const [lower, upper] = better === "lower" ? [low, high] : [-high, -low];
  if (rows < FEWEST_ROWS) return lower > 0 && regression > limit ? "worse" : "unknown";
  if (upper < -ROUNDING) return "better";
  if (regression > tolerance && (lower > 0 || upper > limit)) return "worse";
  return upper > limit ? "unknown" : "same";
}
