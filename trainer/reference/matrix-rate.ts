/** How fast a backend of TensorFlow.js multiplies matrices: what a plan is made from. */

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { TensorFlow } from "./open-tensorflow.ts";

const ROWS = 256;
const REPEATS = 3;

/** Floating-point operations a second of the best of a few products of the model's width. */
export function matrixRate(
  tf: TensorFlow,
  { width }: Pick<ModelConfig, "width">,
  now: () => number = () => performance.now(),
): number {
  return tf.tidy(() => {
    const left = tf.randomNormal([ROWS, width]);
    const right = tf.randomNormal([width, width]);
    let best = Infinity;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const started = now();
      tf.matMul(left, right, false, true).dataSync(); // waits for the result
      best = Math.min(best, now() - started);
    }
    return (2 * ROWS * width * width) / (best / 1000);
  });
}
