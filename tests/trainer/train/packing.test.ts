/** Rows that several conversations share teach exactly what rows of their own would. */

import { describe, expect, it } from "vitest";

import { Random } from "../../../src/core/random.ts";
import { trainBatches } from "../../../trainer/data/batches.ts";
import type { Loss } from "../../../trainer/data/spans.ts";
import { weightsOf } from "../../../trainer/model/parameter-store.ts";
import { memoryShard, type TestConversation } from "../support/memory-shard.ts";
import { relativeError } from "../support/relative-error.ts";
import { tinyConfig, tinyEngine } from "../support/tiny-training.ts";

const random = new Random(5);
const config = tinyConfig({ context: 32 });

/** Some fit a row several times over, some not even once. */
const conversations = [4, 9, 3, 12, 40, 7, 5, 21, 6].map((length): TestConversation => ({
  ids: Array.from({ length }, () => 6 + random.below(250)),
  reply: Array.from({ length }, (_, position) => position % 3 > 0),
}));

/** Loss and gradients of one epoch, over all its targets. */
async function epochOf(packing: "packed" | "padded", loss: Loss) {
  const source = trainBatches(memoryShard(conversations), {
    rows: 1,
    context: config.context,
    loss,
    seed: 3,
    packing,
  });
  const engine = await tinyEngine(config);
  let nats = 0;
  let targets = 0;
  let rows = 0;
  for (; source.cursor.epoch === 0; rows++) {
    const batch = source.next();
    nats += await engine.accumulate([batch], 1);
    targets += batch.weights.reduce((sum, weight) => sum + weight, 0);
  }
  return { rows, targets, loss: nats / targets, engine };
}

describe.each(["all", "replies"] as const)("an epoch with loss on %s", (loss) => {
  it("has the same loss and gradients packed and padded", async () => {
    const packed = await epochOf("packed", loss);
    const padded = await epochOf("padded", loss);

    expect(packed.rows).toBeLessThan(padded.rows);
    expect(packed.targets).toBe(padded.targets);
    expect(Math.abs(packed.loss / padded.loss - 1)).toBeLessThan(1e-6);
    const truth = weightsOf(padded.engine.gradients);
    for (const [name, gradient] of weightsOf(packed.engine.gradients)) {
      expect(relativeError(gradient, truth.get(name)!), name).toBeLessThan(1e-5);
    }
  });
});
