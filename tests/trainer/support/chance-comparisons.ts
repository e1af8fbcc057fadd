/** Comparisons of chance tokens, placed in a batch as real ones are. */

import type { Random } from "../../../src/core/random.ts";
import type { ModelConfig } from "../../../src/core/model/config.ts";
import { batchesOf, type Placed } from "../../../trainer/preference/comparison-batches.ts";

/** `importance` of each comparison; to the reference every reply is certain. */
export function chanceBatch(
  random: Random,
  { vocabSize, context }: ModelConfig,
  importance: readonly number[],
) {
  const ids = (length: number) => Int32Array.from({ length }, () => random.below(vocabSize));
  const comparison = (weight: number): Placed => {
    const replies = [5, 4].map((length) => {
      return { ids: ids(length + random.below(3)), replyStart: 2, wanted: weight > 0 };
    });
    return { replies, reference: [], importance: weight };
  };
  const [batch, ...more] = batchesOf(importance.map(comparison), { rows: 2, context, pad: 3 });
  if (!batch || more.length > 0) throw new Error("The comparisons do not fit one batch");
  return batch;
}
