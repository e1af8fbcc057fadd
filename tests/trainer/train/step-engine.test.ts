import { describe, expect, it } from "vitest";

import { Random } from "../../../src/core/random.ts";
import { initialiseWeights } from "../../../trainer/model/initialise.ts";
import { randomBatch } from "../support/random-batch.ts";
import { optimizerStep, tinyConfig, tinyEngine } from "../support/tiny-training.ts";

const config = tinyConfig();
const batch = randomBatch(new Random(2), { ...config, rows: 2, segments: [6, 8] });
const targets = batch.weights.reduce((sum, weight) => sum + weight, 0);

describe("the step engine", () => {
  it.each(["adamw", "muon"] as const)("learns one batch by heart with %s", async (optimizer) => {
    const engine = await tinyEngine(config, { microRows: 2, optimizer });
    initialiseWeights(engine.weights, config, new Random(1));
    const first = await engine.accumulate([batch], targets);
    expect(first).toBeCloseTo(Math.log(config.vocabSize), 1); // all tokens equally likely

    let loss = first;
    for (let step = 1; step <= 80 && loss >= 0.1; step++) {
      engine.clearGradients();
      loss = await engine.accumulate([batch], targets);
      const clip = Math.min(1, 1 / (await engine.gradientNorm()));
      await engine.update(optimizerStep({ step, learningRate: 0.02, clip }));
    }
    expect(loss).toBeLessThan(0.1);
  });

  it("measures the gradient over all weights", async () => {
    const engine = await tinyEngine(config, { microRows: 2 });
    await engine.accumulate([batch], targets);
    const truth = Math.hypot(...engine.gradients.memory.data);
    expect((await engine.gradientNorm()) / truth).toBeCloseTo(1, 5);
  });

  it.each([NaN, Infinity])("shows in the norm that a weight has become %d", async (poison) => {
    const engine = await tinyEngine(config, { microRows: 2 });
    engine.weights.values.get("model.layers.1.mlp.up_proj.weight")!.data[5] = poison;
    await engine.accumulate([batch], targets);
    expect(Number.isFinite(await engine.gradientNorm())).toBe(false);
  });

  it("learns nothing from padding", async () => {
    const engine = await tinyEngine(config, { microRows: 2 });
    const loss = await engine.accumulate([batch], targets);
    const changed = { ...batch, tokens: batch.tokens.slice(), targets: batch.targets.slice() };
    batch.segments.forEach((segment, cell) => {
      if (segment === 0) changed.tokens[cell] = changed.targets[cell] = 9;
    });
    const other = await tinyEngine(config, { microRows: 2 });
    expect(await other.accumulate([changed], targets)).toBe(loss);
    expect([...other.gradients.memory.data]).toEqual([...engine.gradients.memory.data]);
  });
});
