/** Two engines that share no arithmetic, step by step. */

import { describe, expect, it } from "vitest";

import type { ModelConfig } from "../../../src/core/model/config.ts";
import { Random } from "../../../src/core/random.ts";
import { initialiseAdapters } from "../../../trainer/model/adapters.ts";
import { initialiseWeights } from "../../../trainer/model/initialise.ts";
import {
  LORA_TARGETS,
  trainedPart,
  WHOLE_MODEL,
  type PartChoice,
} from "../../../trainer/model/trained-part.ts";
import { openPureTensorFlow } from "../../../trainer/reference/open-tensorflow.ts";
import type { OptimizerName, TrainingEngine } from "../../../trainer/train/engine.ts";
import { randomBatch } from "../support/random-batch.ts";
import { relativeError } from "../support/relative-error.ts";
import { tinyConfig, tinyEngine, tinyReference } from "../support/tiny-training.ts";

/** Plain JavaScript on a busy machine. */
const PATIENCE_MS = 120_000;

interface Training {
  readonly config: ModelConfig;
  readonly optimizer: OptimizerName;
  readonly choice?: PartChoice;
  readonly dropout?: number;
}

/** Both engines, with the same weights. */
async function bothEngines({ config, optimizer, choice = WHOLE_MODEL, dropout }: Training) {
  const part = trainedPart(config, choice);
  const options = { optimizer, part, dropout };
  const engines = [await tinyEngine(config, options), await tinyReference(config, options)];
  for (const { weights } of engines) {
    initialiseWeights(weights, config, new Random(1));
    initialiseAdapters(weights, part, new Random(2));
  }
  return engines;
}

interface Course {
  readonly steps: number;
  readonly microBatches?: number;
  /** Different steps, before they come again. */
  readonly cycle?: number;
}

/** The loss of every step. */
async function lossCurve(
  engine: TrainingEngine,
  config: ModelConfig,
  { steps, microBatches = 1, cycle = 3 }: Course,
): Promise<number[]> {
  const random = new Random(3);
  const layout = { ...config, rows: 1, segments: [3, 4], counted: 0.8 };
  const batches = Array.from({ length: cycle * microBatches }, () => randomBatch(random, layout));
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const from = ((step - 1) % cycle) * microBatches;
    const chosen = batches.slice(from, from + microBatches);
    const counted = chosen.flatMap(({ weights }) => [...weights]).filter((weight) => weight > 0);
    engine.clearGradients();
    losses.push(await engine.accumulate(chosen, counted.length, step * microBatches));
    const clip = Math.min(1, 1 / (await engine.gradientNorm()));
    await engine.update({
      step,
      learningRate: 0.01,
      embeddingRate: 1.5,
      embeddingBetas: [0.6, 0.99],
      weightDecay: 0.1,
      clip,
    });
  }
  return losses;
}

const smallConfig = (changes: Partial<ModelConfig> = {}) =>
  tinyConfig({ vocabSize: 256, layers: 1, kvHeads: 1, context: 8, ...changes });

const options: Record<string, Training> = {
  "adapters and dropout": {
    config: smallConfig({ layers: 2 }),
    optimizer: "muon",
    choice: { freeze: [], lora: { rank: 2, targets: [...LORA_TARGETS] } },
    dropout: 0.2,
  },
  "frozen weights and a head of its own": {
    config: smallConfig({ layers: 2, tiedEmbeddings: false }),
    optimizer: "muon",
    choice: { freeze: ["embed_tokens", "layers.0"], lora: null },
  },
};

describe("training with TensorFlow.js", () => {
  it.each(["adamw", "muon"] as const)(
    "has the loss curve of the default engine over 50 steps of %s",
    async (optimizer) => {
      const config = smallConfig();
      const [ours, reference] = await bothEngines({ config, optimizer });
      const truth = await lossCurve(reference, config, { steps: 50 });
      const curve = await lossCurve(ours, config, { steps: 50 });
      expect(truth[0]).toBeGreaterThan(5);
      expect(truth[49]).toBeLessThan(1); // something was learnt
      expect(relativeError(curve.slice(0, 10), truth.slice(0, 10))).toBeLessThan(1e-5);
      // A rounding of 1e-7 in one step grows through all that follow: the loss agrees to three digits.
      const apart = curve.map((loss, i) => Math.abs(loss / truth[i] - 1));
      expect(Math.max(...apart)).toBeLessThan(1e-3);
    },
    PATIENCE_MS,
  );

  it.each(["adamw", "muon"] as const)(
    "learns one batch by heart with %s, with either engine",
    async (optimizer) => {
      const config = smallConfig();
      for (const engine of await bothEngines({ config, optimizer })) {
        const losses = await lossCurve(engine, config, { steps: 30, cycle: 1 });
        expect(losses.at(-1)).toBeLessThan(0.05);
      }
    },
    PATIENCE_MS,
  );

  it.each(Object.entries(options))(
    "agrees on %s, to the last weight and moment",
    async (_, training) => {
      const [ours, reference] = await bothEngines(training);
      const course = { steps: 5, microBatches: 2 };
      const truth = await lossCurve(reference, training.config, course);
      expect(relativeError(await lossCurve(ours, training.config, course), truth)).toBeLessThan(
        1e-5,
      );
      for (const block of ["weights", "firstMoment", "secondMoment"] as const) {
        for (const [name, { data }] of reference[block].values) {
          const found = ours[block].values.get(name)!.data;
          expect(relativeError(found, data), `${block} of ${name}`).toBeLessThan(1e-4);
        }
      }
    },
    PATIENCE_MS,
  );

  it("keeps no tensor from one step to the next", async () => {
    const config = smallConfig();
    const engine = await tinyReference(config, { optimizer: "muon" });
    const { memory } = await openPureTensorFlow();
    const before = memory().numTensors;
    await lossCurve(engine, config, { steps: 3 });
    expect(memory().numTensors).toBe(before);
  });
});
