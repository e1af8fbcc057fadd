/** The same sums as for a split, for each of its conversations by itself: what a comparison of two models samples from. */

import { byteLengths, type Tokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { evalBatches } from "../data/batches.ts";
import type { Shard } from "../data/shards.ts";
import type { Evaluator, ScoreOptions } from "./evaluator.ts";
import type { MetricSums } from "./metrics.ts";

type ScoreEachOptions = Omit<ScoreOptions, "limit">;

/** In the order of the shard. */
export async function scoreEach(
  evaluator: Evaluator,
  tokenizer: Tokenizer,
  shard: Shard,
  { loss, signal, onProgress }: ScoreEachOptions,
): Promise<MetricSums[]> {
  const bytesOf = byteLengths(tokenizer);
  const scores = Array.from({ length: shard.conversations }, () => {
    return { nats: 0, targets: 0, top1: 0, top5: 0, bytes: 0 };
  });
  await evaluator.scoreBatches(evalBatches(shard, { ...evaluator.shape, loss }), {
    signal,
    onProgress,
    onBatch({ conversations, targets, weights }, nats, ranks) {
      for (const [cell, weight] of weights.entries()) {
        if (weight === 0) continue;
        const score = scores[conversations[cell]];
        score.nats += nats[cell];
        score.targets++;
        if (ranks[cell] < 1) score.top1++;
        if (ranks[cell] < 5) score.top5++;
        score.bytes += bytesOf[targets[cell]];
      }
    },
  });
  return scores;
}
