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
import { EVERYTHING_UNUSUAL, tinyConfig, tinyEngine } from "../support/tiny-training.ts";

const tensorFlow = await openPureTensorFlow();

/** What dropout leaves out follows from it. */
const SEED = 5;

interface Case {
  readonly config: ModelConfig;
  readonly batch: Batch;
  readonly choice?: PartChoice;
  readonly dropout?: number;
}

async function compare({ config, batch, choice = WHOLE_MODEL, dropout = 0 }: Case) {
  const part = trainedPart(config, choice);
  const engine = await tinyEngine(config, { microRows: batch.rows, part, dropout });
  const masks = await dropoutMasks(config, batch, dropout);
  const weights = weightsOf(engine.weights);
  const truth = lossAndGradients(tensorFlow, config, weights, batch, { part, masks });
  const loss = await engine.accumulate([batch], 1, SEED);
  const gradients = weightsOf(engine.gradients);
  const errors = part.specs.map(({ name }) => ({
    name,
    error: relativeError(gradients.get(name)!, truth.gradients.get(name)!),
    isFlat: truth.gradients.get(name)!.every((value) => value === 0),
  }));
  return { lossError: Math.abs(loss - truth.loss) / truth.loss, errors };
}

/** By name, as the seed decides them. */
async function dropoutMasks(config: ModelConfig, { rows, context }: Batch, rate: number) {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  const dropout = allocateDropout(runtime, config, rows * context, rate);
  fillDropout(dropout, SEED);
  return new Map(Object.entries(dropout.values).map(([name, { data }]) => [name, data]));
}

const random = new Random(7);

const cases: Record<string, Case> = {
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
  "attention in three chunks of an odd length": (() => {
    const config = tinyConfig({ context: 195, layers: 1, kvHeads: 1 });
    const layout = { rows: 1, segments: [70, 101] };
    return { config, batch: randomBatch(random, { ...config, ...layout }) };
  })(),
  "a context that no chunk divides": (() => {
    const config = tinyConfig({ context: 131, layers: 1 });
    return { config, batch: randomBatch(random, { ...config, rows: 1, segments: [90, 30] }) };
  })(),
  "faster turning positions, a larger epsilon and wider heads": (() => {
    const config = tinyConfig({ width: 64, heads: 2, ropeBase: 100, normEpsilon: 1e-2 });
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "slower turning positions": (() => {
    const config = tinyConfig({ ropeBase: 500_000, context: 32 });
    return { config, batch: randomBatch(random, { ...config, rows: 1 }) };
  })(),
  "a feed-forward part narrower than the model, and a single layer": (() => {
    const config = tinyConfig({ ffnWidth: 20, layers: 1, tiedEmbeddings: false });
    return { config, batch: randomBatch(random, { ...config, rows: 1 }) };
  })(),
  dropout: (() => {
    const config = tinyConfig();
    return { config, batch: randomBatch(random, { ...config, rows: 2 }), dropout: 0.3 };
  })(),
  "dropout behind adapters, in packed rows": (() => {
    const config = tinyConfig({ width: 64, heads: 4, kvHeads: 2, tiedEmbeddings: false });
    const lora = { rank: 2, targets: [...LORA_TARGETS] };
    const batch = randomBatch(random, { ...config, rows: 2, segments: [4, 9], counted: 0.6 });
    return { config, batch, choice: { freeze: [], lora }, dropout: 0.5 };
  })(),
  "dropout beside frozen attention": (() => {
    const config = tinyConfig({ kvHeads: 1 });
    const choice = { freeze: ["self_attn"], lora: null };
    return { config, batch: randomBatch(random, { ...config, rows: 2 }), choice, dropout: 0.1 };
  })(),
  "layers of different width": (() => {
    const config = tinyConfig({ ffnWidth: [48, 20] });
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "GELU without a gate": (() => {
    const config = tinyConfig({ activation: "gelu" });
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "squared ReLU without a gate": (() => {
    const config = tinyConfig({ activation: "relu2" });
    return { config, batch: randomBatch(random, { ...config, rows: 2 }) };
  })(),
  "everything unusual at once": (() => {
    const config = tinyConfig(EVERYTHING_UNUSUAL);
    return { config, batch: randomBatch(random, { ...config, rows: 2, segments: [7, 9] }) };
  })(),
  "adapters beside layers that differ": (() => {
    const config = tinyConfig({ ffnWidth: [48, 20], activation: ["gelu", "swiglu"] });
    const lora = { rank: 3, targets: ["mlp"] };
    return {
      config,
      batch: randomBatch(random, { ...config, rows: 2 }),
      choice: { freeze: [], lora },
    };
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
  "frozen matrices: only the norms learn": (() => {
    const config = tinyConfig();
    const choice = { freeze: ["embed_tokens", "self_attn", "mlp"], lora: null };
    return { config, batch: randomBatch(random, { ...config, rows: 2 }), choice };
  })(),
  "frozen norms": (() => {
    const config = tinyConfig({ width: 64, heads: 4, kvHeads: 2 });
    const choice = { freeze: ["*norm"], lora: null };
    return { config, batch: randomBatch(random, { ...config, rows: 2 }), choice };
  })(),
  "the same few tokens again and again": (() => {
    const config = tinyConfig({ context: 32 });
    return { config, batch: randomBatch(random, { ...config, rows: 4, vocabSize: 3 }) };
  })(),
};

describe("the training graph", () => {
  it.each(Object.entries(cases))("agrees with TensorFlow.js on %s", async (_, given) => {
    const { lossError, errors } = await compare(given);
    expect(lossError).toBeLessThan(1e-5);
    expect(errors.filter(({ error }) => !(error < 1e-4))).toEqual([]);
    expect(errors.filter(({ isFlat }) => isFlat)).toEqual([]); // nothing was compared with zero
  });

  it("leaves out a share of what layers add, which the seed decides", async () => {
    const { config, batch, dropout } = cases.dropout;
    const masks = await dropoutMasks(config, batch, 0.3);
    expect(masks.size).toBe(2 * config.layers);
    const all = [...masks.values()].flatMap((data) => [...data]);
    expect(all.filter((value) => value === 0).length / all.length).toBeCloseTo(0.3, 1);

    const engine = await tinyEngine(config, { microRows: 2, dropout });
    const loss = await engine.accumulate([batch], 1, SEED);
    expect(await engine.accumulate([batch], 1, SEED)).toBe(loss);
    expect(await engine.accumulate([batch], 1, SEED + 1)).not.toBe(loss);
  });

  it.each([
    ["attention in two chunks, across which conversations reach", 2],
    ["attention in three chunks of an odd length", 3],
    ["a context that no chunk divides", 1],
  ])("takes as many chunks as said above: %s", (name, count) => {
    expect(chunkCount(cases[name].config.context)).toBe(count);
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
