/** Champion and candidate, each with the same conversations of the test split in its own tokens. */

import type { CommandContext } from "../../src/core/cli/command.ts";
import { openModelFolder, type ModelFolder } from "../../src/core/experiment/folder.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { chosenShard } from "../data/chosen-shard.ts";
import type { Shard } from "../data/shards.ts";
import type { Contestant } from "../judge/answers.ts";
import { openData } from "../train/prepare.ts";
import { weightsPathOf } from "./model-weights.ts";
import { openDecoder, openEvaluator } from "./open-for-eval.ts";

export interface Contest {
  readonly champion: ModelFolder;
  readonly candidate: ModelFolder;
  readonly data: readonly string[];
  /** About so many tokens of the test split. */
  readonly limit: number;
  readonly threads: number | undefined;
}

/** @throws HintedError if it cannot both speak and be scored */
export async function openJudged(folder: string): Promise<ModelFolder> {
  const model = await openModelFolder(folder);
  weightsPathOf(model, "to score with");
  return model;
}

export async function openContestants(
  runtime: Runtime,
  { champion, candidate, data, limit, threads }: Contest,
  context: CommandContext,
) {
  const open = (model: ModelFolder) =>
    openData({ data: [...data] }, model.tokenizer, context, { purpose: "judging" });
  const shards = [await open(champion), await open(candidate)] as const;
  const [before, after] = [shards[0].split("test"), shards[1].split("test")];
  const chosen = spreadOver(before, limit);
  const contestantOf = (model: ModelFolder, test: Shard): Contestant => ({
    name: model.name,
    tokenizer: model.tokenizer,
    maxTokens: model.generation.maxTokens,
    testSet: chosenShard(test, chosen),
    openEvaluator: () => openEvaluator(runtime, model, { threads }),
    openDecoder: () => openDecoder(runtime, model, { threads }),
  });
  return {
    contestants: {
      champion: contestantOf(champion, before),
      candidate: contestantOf(candidate, after),
    },
    close: () => shards.forEach((one) => one.close()),
  };
}

/** Conversations of about `limit` tokens, evenly over the split. */
function spreadOver({ conversations, tokens }: Shard, limit: number): number[] {
  const share = Math.min(1, limit / tokens);
  const count = Math.ceil(conversations * share);
  return Array.from({ length: count }, (_, i) => Math.floor((i * conversations) / count));
}
