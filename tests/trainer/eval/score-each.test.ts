import { onTestFinished, describe, expect, it } from "vitest";

import { renderConversation } from "../../../src/core/chat/template.ts";
import { Random } from "../../../src/core/random.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { chosenShard } from "../../../trainer/data/chosen-shard.ts";
import { Evaluator } from "../../../trainer/eval/evaluator.ts";
import { scoreEach } from "../../../trainer/eval/score-each.ts";
import { allocateBlock, parameterLayout } from "../../../trainer/model/parameter-store.ts";
import { byteTokenizer } from "../../support/byte-tokenizer.ts";
import { memoryShard } from "../support/memory-shard.ts";
import { fillWithChance, tinyConfig } from "../support/tiny-training.ts";

async function evaluatorOf() {
  const config = tinyConfig({ context: 16 });
  const runtime = await openRuntime();
  const weights = allocateBlock(runtime, parameterLayout(config));
  fillWithChance(weights, new Random(2));
  const options = { config, weights, tokenizer: byteTokenizer, microTokens: 64, threads: 1 };
  const evaluator = await Evaluator.open(runtime, options);
  onTestFinished(() => {
    evaluator.release();
    runtime.dispose();
  });
  return evaluator;
}

const shard = memoryShard(
  ["hi", "a reply that is longer than the context of sixteen", "ok"].map((reply) =>
    renderConversation(
      [
        { role: "user", content: "say" },
        { role: "assistant", content: reply },
      ],
      byteTokenizer,
    ),
  ),
);

describe("scoreEach", () => {
  it("gives each conversation what it has alone, though they share rows", async () => {
    const evaluator = await evaluatorOf();
    const scores = await scoreEach(evaluator, byteTokenizer, shard, { loss: "replies" });
    expect(scores.map(({ bytes }) => bytes)).toEqual([2, 50, 2]);
    for (const [i, score] of scores.entries()) {
      const alone = await evaluator.score(chosenShard(shard, [i]), { loss: "replies" });
      expect(score.targets).toBe(alone.tokens);
      expect(score.nats / score.targets).toBeCloseTo(alone.loss, 4);
    }
  });
});
