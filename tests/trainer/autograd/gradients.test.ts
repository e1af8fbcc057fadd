/** The tape against TensorFlow.js: the same loss, and the same gradient of every weight. */

import { describe, expect, it, onTestFinished } from "vitest";

import type { ModelConfig } from "../../../src/core/model/config.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../../src/core/random.ts";
import type { Batch } from "../../../trainer/data/batch.ts";
import { chunkCount } from "../../../trainer/model/transformer.ts";
import {
  LORA_TARGETS,
  trainedPart,
  WHOLE_MODEL,
  type PartChoice,
} from "../../../trainer/model/trained-part.ts";
import { weightsOf } from "../../../trainer/model/parameter-store.ts";
import { lossAndGradients } from "../../../trainer/reference/llama.ts";
import { openPureTensorFlow } from "../../../trainer/reference/open-tensorflow.ts";
import { allocateDropout, fillDropout } from "../../../trainer/train/dropout-masks.ts";
import { relativeError } from "../support/relative-error.ts";
import { randomBatch } from "../support/random-batch.ts";
import { tinyConfig, tinyEngine } from "../support/tiny-training.ts";

const tensorFlow = await openPureTensorFlow();

async function compare(config: ModelConfig, batch: Batch, choice: PartChoice = WHOLE_MODEL) {
  const part = trainedPart(config, choice);
  const engine = await tinyEngine(config, { microRows: batch.rows, part });
  const truth = lossAndGradients(tensorFlow, config, weightsOf(engine.weights), batch, { part });
  const loss = await engine.accumulate([batch], 1);
  const gradients = weightsOf(engine.gradients);
  const errors = part.specs.map(({ name }) => ({
    name,
    error: relativeError(gradients.get(name)!, truth.gradients.get(name)!),
    isFlat: truth.gradients.get(name)!.every((value) => value === 0),
  }));
  return { lossError: Math.abs(loss - truth.loss) / truth.loss, errors };
}

const random = new Random(7);

const cases: Record<string, { config: ModelConfig; batch: Batch; choice?: PartChoice }> = {
  "several heads": (() => {
    const config = tinyConfig();
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "query heads that share keys and values": (() => {
    const config = tinyConfig({ width: 64, heads: 4, kvHeads: 2 });
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "one head of keys and values for all": (() => {
    const config = tinyConfig({ width: 64, heads: 4, kvHeads: 1 });
    return { config, batch: randomBatch(random, { ...config, rows: 1 }) };
  })(),
  "a head of its own": (() => {
    const config = tinyConfig({ tiedEmbeddings: false });
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "packed conversations, padding and targets that do not count": (() => {
    const config = tinyConfig({ context: 24 });
    const layout = { rows: 3, segments: [7, 1, 9], counted: 0.5 };
    return { config, batch: randomBatch(random, { ...config, ...layout }) };
  })(),
  "attention in two chunks, across which conversations reach": (() => {
    const config = tinyConfig({ context: 128, layers: 1 });
    const layout = { rows: 2, segments: [50, 40, 30] };
    return { config, batch: randomBatch(random, { ...config, ...layout }) };
  })(),
  "adapters beside every matrix": (() => {
    const config = tinyConfig({ width: 64, heads: 4, kvHeads: 2 });
    const lora = { rank: 3, targets: [...LORA_TARGETS] };
    const batch = randomBatch(random, { ...config, rows: 2, segments: [5, 8], counted: 0.5 });
    return { config, batch, choice: { freeze: [], lora } };
  })(),
  "adapters beside some": (() => {
    const config = tinyConfig({ tiedEmbeddings: false });
    const lora = { rank: 2, targets: ["v_proj", "layers.1.mlp.down_proj"] };
    const batch = randomBatch(random, { ...config, rows: 2 });
    return { config, batch, choice: { freeze: [], lora } };
  })(),
  "a frozen embedding that is the head too, and a frozen layer": (() => {
    const config = tinyConfig();
    const choice = { freeze: ["embed_tokens", "layers.0"], lora: null };
    return { config, batch: randomBatch(random, { ...config, rows: 2 }), choice };
  })(),
  "a frozen embedding, with a head of its own": (() => {
    const config = tinyConfig({ tiedEmbeddings: false });
    const choice = { freeze: ["embed_tokens"], lora: null };
    return { config, batch: randomBatch(random, { ...config, rows: 2 }), choice };
  })(),
  "the same few tokens again and again": (() => {
    const config = tinyConfig({ context: 32 });
    return { config, batch: randomBatch(random, { ...config, rows: 4, vocabSize: 3 }) };
  })(),
};

describe("the training graph", () => {
  it.each(Object.entries(cases))(
    "agrees with TensorFlow.js on %s",
    async (_, { config, batch, choice }) => {
      const { lossError, errors } = await compare(config, batch, choice);
      expect(lossError).toBeLessThan(1e-5);
      expect(errors.filter(({ error }) => !(error < 1e-4))).toEqual([]);
      expect(errors.filter(({ isFlat }) => isFlat)).toEqual([]); // nothing was compared with zero
    },
  );

  it("agrees with TensorFlow.js on dropout, which the seed decides", async () => {
    const config = tinyConfig();
    const batch = randomBatch(random, { ...config, rows: 2 });
    const engine = await tinyEngine(config, { microRows: 2, dropout: 0.3 });
    const loss = await engine.accumulate([batch], 1, 5);

    const runtime = await openRuntime();
    onTestFinished(() => runtime.dispose());
    const dropout = allocateDropout(runtime, config, 2 * config.context, 0.3);
    fillDropout(dropout, 5);
    const masks = new Map(Object.entries(dropout.values).map(([name, { data }]) => [name, data]));
    expect(masks.size).toBe(2 * config.layers);
    const zeros = [...masks.values()].flatMap((data) => [...data]).filter((value) => value === 0);
    expect(zeros.length / (4 * 32 * 32)).toBeCloseTo(0.3, 1);

    const weights = weightsOf(engine.weights);
    const truth = lossAndGradients(tensorFlow, config, weights, batch, { masks });
    expect(Math.abs(loss - truth.loss) / truth.loss).toBeLessThan(1e-5);
    for (const [name, gradient] of weightsOf(engine.gradients)) {
      expect(relativeError(gradient, truth.gradients.get(name)!), name).toBeLessThan(1e-4);
    }
    expect(await engine.accumulate([batch], 1, 5)).toBe(loss);
    expect(await engine.accumulate([batch], 1, 6)).not.toBe(loss);
  });

  it("takes attention in chunks where the test above says so", () => {
    expect(
      chunkCount(cases["attention in two chunks, across which conversations reach"].config.context),
    ).toBe(2);
  });

  it("sums the gradients of micro-batches to those of one batch", async () => {
    const config = tinyConfig();
    const whole = randomBatch(random, { ...config, rows: 4, segments: [5, 9], counted: 0.7 });
    const half = (from: number): Batch => {
      const cells = [from * config.context, (from + 2) * config.context] as const;
      return {
        rows: 2,
        context: config.context,
        tokens: whole.tokens.slice(...cells),
        targets: whole.targets.slice(...cells),
        weights: whole.weights.slice(...cells),
        segments: whole.segments.slice(...cells),
      };
    };
    const targets = whole.weights.reduce((sum, weight) => sum + weight, 0);
    const together = await tinyEngine(config, { microRows: 4 });
    const loss = await together.accumulate([whole], targets);
    const apart = await tinyEngine(config, { microRows: 2 });
    const losses = [
      await apart.accumulate([half(0)], targets),
      await apart.accumulate([half(2)], targets),
    ];

    expect(losses[0] + losses[1]).toBeCloseTo(loss, 5);
    const truth = weightsOf(together.gradients);
    for (const [name, gradient] of weightsOf(apart.gradients)) {
      expect(relativeError(gradient, truth.get(name)!), name).toBeLessThan(1e-5);
    }
  });

  it("sums the lanes to the gradient of one batch after the other", async () => {
    const config = tinyConfig({ context: 32 });
    const shape = { ...config, rows: 2, segments: [9, 14] };
    const batches = Array.from({ length: 5 }, () => randomBatch(random, shape)); // lanes of 2, 2 and 1
    const alone = await tinyEngine(config, { microRows: 2 });
    const loss = await alone.accumulate(batches, 100);
    const norm = await alone.gradientNorm();
    const side = await tinyEngine(config, { microRows: 2, lanes: 3, threads: 3 });

    expect(await side.accumulate(batches, 100)).toBe(loss);
    expect((await side.gradientNorm()) / norm).toBeCloseTo(1, 5);
    const truth = weightsOf(alone.gradients);
    for (const [name, gradient] of weightsOf(side.gradients)) {
      expect(relativeError(gradient, truth.get(name)!), name).toBeLessThan(1e-5);
    }
  });

  it.each([
    { lanes: 1, threads: 2 },
    { lanes: 2, threads: 2 },
  ])("gives the same numbers every time: %o", async (layout) => {
    const config = tinyConfig({ context: 128 });
    const batches = [1, 2, 3].map(() => randomBatch(random, { ...config, rows: 4, vocabSize: 9 }));
    const engine = await tinyEngine(config, { microRows: 4, ...layout });
    const once = async () => {
      engine.clearGradients();
      const loss = await engine.accumulate(batches, 1);
      return { loss, norm: await engine.gradientNorm(), all: [...engine.gradients.memory.data] };
    };
    const first = await once();
    for (let again = 0; again < 5; again++) expect(await once()).toEqual(first);
  });
});
