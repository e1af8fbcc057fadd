/** The losses of preference training against TensorFlow.js: the same loss, the same gradients. */

import { describe, expect, it } from "vitest";

import { Random } from "../../../src/core/random.ts";
import { LORA_TARGETS, trainedPart, WHOLE_MODEL } from "../../../trainer/model/trained-part.ts";
import type { Batch } from "../../../trainer/data/batch.ts";
import { weightsOf } from "../../../trainer/model/parameter-store.ts";
import { comparedLoss } from "../../../trainer/preference/compared-loss.ts";
import { preferenceFigures } from "../../../trainer/preference/figures.ts";
import { lossAndGradients } from "../../../trainer/reference/llama.ts";
import { openPureTensorFlow } from "../../../trainer/reference/open-tensorflow.ts";
import { dpo, kto } from "../../../trainer/reference/preference.ts";
import type { StepEngine } from "../../../trainer/train/step-engine.ts";
import { chanceBatch } from "../support/chance-comparisons.ts";
import { relativeError } from "../support/relative-error.ts";
import { tinyConfig, tinyEngine } from "../support/tiny-training.ts";

const tensorFlow = await openPureTensorFlow();
const config = tinyConfig({ context: 32 });
const random = new Random(11);

const ADAPTED = { freeze: [], lora: { rank: 3, targets: [...LORA_TARGETS] } };
const SOME = { freeze: ["embed_tokens", "layers.0"], lora: null };

const cases = {
  "pairs, all weights": { method: "dpo", importance: [1, 1, 1], choice: WHOLE_MODEL, ratio: 0 },
  "pairs, adapters": { method: "dpo", importance: [1, 1], choice: ADAPTED, ratio: 0 },
  "pairs, some weights": { method: "dpo", importance: [1], choice: SOME, ratio: 0 },
  "thumbs and a KL of zero": {
    method: "kto",
    importance: [1, -1, 1],
    choice: WHOLE_MODEL,
    ratio: -3,
  },
  "thumbs that count differently, and a KL above zero": {
    method: "kto",
    importance: [1.5, -0.7, -0.7],
    choice: WHOLE_MODEL,
    ratio: 3,
  },
  "thumbs, adapters": { method: "kto", importance: [-1, 1], choice: ADAPTED, ratio: 3 },
} as const;

/** Lets the reference rate every reply such that the model's log-ratios lie around `ratio`. */
async function placeReference(engine: StepEngine, batch: Batch, ratio: number): Promise<void> {
  const { reference, logRatios, slots } = batch.comparisons!;
  await engine.accumulate([batch], 1);
  for (const slot of new Set(slots.filter((of) => of >= 0))) {
    reference[slot] += logRatios[slot] - ratio - 2 * random.normal();
  }
  engine.clearGradients();
}

describe("the loss of comparisons", () => {
  it.each(Object.entries(cases))(
    "agrees with TensorFlow.js on %s",
    async (_, { method, importance, choice, ratio }) => {
      const beta = 0.2;
      const part = trainedPart(config, choice);
      const batch = chanceBatch(random, config, importance);
      const stepLoss = comparedLoss({ method, beta });
      const engine = await tinyEngine(config, { microRows: 2, part, stepLoss });
      await placeReference(engine, batch, ratio);
      const lossOf = { dpo, kto }[method](beta);
      const weights = weightsOf(engine.weights);
      const truth = lossAndGradients(tensorFlow, config, weights, batch, { part, lossOf });

      const loss = await engine.accumulate([batch], 1);
      expect(Math.abs(loss - truth.loss) / truth.loss).toBeLessThan(1e-5);
      for (const [name, gradient] of weightsOf(engine.gradients)) {
        const found = truth.gradients.get(name)!;
        expect(relativeError(gradient, found), name).toBeLessThan(1e-4);
        expect(
          found.some((value) => value !== 0),
          name,
        ).toBe(true);
      }
      const figures = preferenceFigures([batch], { method, beta });
      expect(figures.loss * importance.length).toBeCloseTo(loss, 5);
    },
  );

  it("tells good replies from bad by the reference point, and rewards by their mean", () => {
    const batch = chanceBatch(random, config, [1, -1]);
    batch.comparisons.logRatios.set([1, 3, -1, 5]);
    const { loss, accuracy, margin } = preferenceFigures([batch], { method: "kto", beta: 1 });
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    expect(loss).toBeCloseTo((1 - sigmoid(1 - 4) + 1 - sigmoid(4 + 1)) / 2, 6);
    expect(accuracy).toBe(0.5);
    expect(margin).toBe(2);
  });

  it("stays finite where the reference and the model are worlds apart", async () => {
    const batch = chanceBatch(random, config, [1, 1]);
    batch.comparisons.reference.set([-5000, 5000, 5000, -5000]);
    const stepLoss = comparedLoss({ method: "dpo", beta: 1 });
    const engine = await tinyEngine(config, { microRows: 2, stepLoss });
    const loss = await engine.accumulate([batch], 1);
    expect(loss).toBeGreaterThan(9000);
    expect(loss).toBeLessThan(11000);
    expect(Number.isFinite(await engine.gradientNorm())).toBe(true);
    expect(preferenceFigures([batch], { method: "dpo", beta: 1 }).loss * 2).toBeCloseTo(loss, 0);
  });
});
