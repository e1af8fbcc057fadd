/** To say what people prefer: replies held against each other, and against a frozen reference. */

import type { Console } from "../../src/core/cli/console.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../src/core/random.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { Batch } from "../data/batch.ts";
import { joinedShard } from "../data/joined-shard.ts";
import { replayRing, type Replay } from "../data/replay.ts";
import type { Shard, ShardSet } from "../data/shards.ts";
import { SPLITS, type SplitName } from "../data/split.ts";
import type { Evaluator } from "../eval/evaluator.ts";
import type { ParameterBlock } from "../model/parameter-store.ts";
import type { Task } from "../train/task.ts";
import { batchesOf, comparisonBatches, toPlaced, type Placed } from "./comparison-batches.ts";
import { openComparisons, type ComparisonSet } from "./comparison-set.ts";
import { preferenceFigures } from "./figures.ts";
import { ownReplies } from "./own-replies.ts";
import {
  klFromReference,
  logProbabilitiesOf,
  measureReference,
  readReference,
} from "./reference.ts";
import { chosenOf } from "./replayed-replies.ts";
import type { Preference } from "./settings.ts";

export interface PreferenceTaskOptions {
  readonly preference: Preference;
  readonly config: ModelConfig;
  readonly tokenizer: ChatTokenizer;
  readonly shards: ShardSet;
  /** Original replies that count as good ones, beside those of the shards. */
  readonly replay: Replay | null;
  readonly evaluator: Evaluator;
  /** Whose weights these are when the run begins is the reference. */
  readonly weights: ParameterBlock;
  readonly seed: number;
  /** Where the reference is kept. */
  readonly folder: string;
  /** Whether no step has been taken yet. */
  readonly begins: boolean;
  readonly console: Console;
  readonly signal: AbortSignal;
}

/** @throws HintedError if a run that goes on has lost its reference */
export async function openPreferenceTask(
  runtime: Runtime,
  options: PreferenceTaskOptions,
): Promise<Task> {
  const { preference, evaluator, seed, folder, signal } = options;
  const sets = openComparisons(withReplay(options), preference, options.config);
  const tooLong = SPLITS.reduce((sum, split) => sum + sets[split].tooLong, 0);
  if (tooLong > 0) {
    options.console.note(`${tooLong} rows are left out: they do not fit the context.`);
  }
  const said = () =>
    ownReplies(runtime, options, sets.validation, options.tokenizer.specials, new Random(seed));
  const reference = options.begins
    ? await measureReference(folder, evaluator, sets, await said(), signal)
    : await readReference(folder);
  const place = (split: SplitName) => (i: number) =>
    toPlaced(sets[split].read(i), i, reference.replies[split], preference);

  return {
    batches: () => comparisonBatches(sets.train, place("train"), { ...evaluator.shape, seed }),
    figures: (batches) => preferenceFigures(batches, preference),
    async judge(split, judging) {
      const { pad } = sets[split];
      const judged: Batch[] = [];
      const chosen = placedWithin(sets[split], place(split), judging.limit);
      const metrics = await evaluator.scoreBatches(batchesOf(chosen, { ...evaluator.shape, pad }), {
        signal: judging.signal,
        onBatch: (batch, nats) => judged.push(withLogRatios(batch, nats)),
      });
      const kl = await klFromReference(evaluator, reference.own, pad);
      return { ...metrics, preference: { ...preferenceFigures(judged, preference), kl } };
    },
  };
}

/** The same originals each epoch: their reference is measured once. */
function withReplay({
  shards,
  replay,
  seed,
}: Pick<PreferenceTaskOptions, "shards" | "replay" | "seed">): Pick<ShardSet, "split"> {
  if (!replay) return shards;
  const train = shards.split("train");
  const ring = replayRing(train, replay, { loss: "replies", seed });
  const repeated: Shard = chosenOf(replay.originals, ring.stretch(0));
  const learnt = joinedShard([train, repeated]);
  return { split: (name) => (name === "train" ? learnt : shards.split(name)) };
}

/** All comparisons, or about `limit` tokens of them, spread evenly over the split. */
function* placedWithin(
  { count, tokens }: ComparisonSet,
  place: (i: number) => Placed,
  limit: number,
): Generator<Placed> {
  for (let at = 0; at < count; at += Math.max(1, tokens / limit)) yield place(Math.floor(at));
}

/** What a step would have left in the batch. */
function withLogRatios(batch: Batch, nats: Float32Array): Batch {
  const { comparisons } = batch;
  logProbabilitiesOf(batch, nats).forEach((value, slot) => {
    if (comparisons) comparisons.logRatios[slot] = value - comparisons.reference[slot];
  });
  return batch;
}
