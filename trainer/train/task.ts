/**
 * What a run learns, as the loop and its end see it: batches to learn from,
 * and a judgement of a split.
 */

import type { Metrics, PreferenceFigures } from "../../src/core/experiment/run-record.ts";
import type { Batch } from "../data/batch.ts";
import { trainBatches, type BatchSource, type TrainBatchOptions } from "../data/batches.ts";
import type { ShardSet } from "../data/shards.ts";
import type { Loss } from "../data/spans.ts";
import type { Evaluator } from "../eval/evaluator.ts";

export interface JudgeOptions {
  readonly loss: Loss;
  /** About how many tokens to look at. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

export interface Task {
  /** Batches of one micro-batch each; for `replies` the texts without any are left out. */
  batches(loss: Loss): BatchSource;
  /** With the evaluator's weights as they are. */
  judge(split: "validation" | "test", options: JudgeOptions): Promise<Metrics>;
  /** What preference training tells of the batches of a step, once they have run. */
  figures?(batches: readonly Batch[]): PreferenceFigures;
}

/** To say what the conversations say. */
export function likelihoodTask(
  shards: ShardSet,
  evaluator: Evaluator,
  options: Omit<TrainBatchOptions, "loss">,
): Task {
  return {
    batches: (loss) => trainBatches(shards.split("train"), { ...options, loss }),
    judge: (split, judging) => evaluator.score(shards.split(split), judging),
  };
}
