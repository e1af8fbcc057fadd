/** The same numbers on a graphics card, where there is one; and the graphs written for it, everywhere. */

import { describe, expect, it } from "vitest";

import type { Device } from "../../../src/core/onnx/device.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../../src/core/random.ts";
import { evaluate } from "../../../trainer/commands/eval.ts";
import { weightsOf } from "../../../trainer/model/parameter-store.ts";
import { lossAndGradients } from "../../../trainer/reference/llama.ts";
import { openPureTensorFlow } from "../../../trainer/reference/open-tensorflow.ts";
import { trainedPart, WHOLE_MODEL } from "../../../trainer/model/trained-part.ts";
import { noteDevice } from "../../../trainer/train/device-note.ts";
import { StepEngine } from "../../../trainer/train/step-engine.ts";
import { hasGraphicsCard } from "../../support/graphics-card.ts";
import { randomBatch } from "../support/random-batch.ts";
import { relativeError } from "../support/relative-error.ts";
import { tinyTraining, writeTinyCorpus } from "../support/tiny-corpus.ts";
import { fillWithChance, tinyConfig, tinyEngine } from "../support/tiny-training.ts";
import { runHere, trainHere, workInTemporaryFolder } from "../support/train-here.ts";

const STEPS = 5;
/** A driver compiles every shader when it first meets it: seconds each on a processor. */
const COMPILING_MS = 300_000;

/** Two chunks of attention, key heads that are shared, packed conversations. */
const config = tinyConfig({ layers: 1, kvHeads: 1, context: 128 });
const layout = { rows: 2, segments: [50, 40, 30], counted: 0.7 };
const batch = randomBatch(new Random(7), { ...config, ...layout });

const tensorFlow = await openPureTensorFlow();

/** The largest relative error of the loss and of any weight's gradient. */
async function largestError(engine: StepEngine): Promise<number> {
  const part = trainedPart(config, WHOLE_MODEL);
  const truth = lossAndGradients(tensorFlow, config, weightsOf(engine.weights), batch, { part });
  const loss = await engine.accumulate([batch], 1);
  const errors = [...weightsOf(engine.gradients)].map(([name, gradient]) =>
    relativeError(gradient, truth.gradients.get(name)!),
  );
  return Math.max(Math.abs(loss - truth.loss) / truth.loss, ...errors);
}

/** Losses of a few steps, and the weights after them. */
async function trainOn(device: Device) {
  const engine = await tinyEngine(config, { microRows: 2, optimizer: "muon", device });
  const random = new Random(3);
  const losses: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    engine.clearGradients();
    losses.push(await engine.accumulate([randomBatch(random, { ...config, ...layout })], 100));
    const clip = 1 / (await engine.gradientNorm());
    await engine.update({
      step,
      learningRate: 1e-2,
      embeddingRate: 2,
      embeddingBetas: [0.6, 0.99],
      weightDecay: 0.1,
      clip,
    });
  }
  return { losses, weights: weightsOf(engine.weights) };
}

describe("a graph written for webgpu", () => {
  it("has the gradients of TensorFlow.js on the CPU too", async () => {
    const runtime = await openRuntime();
    const written = { ...runtime, device: "webgpu" } as const;
    const engine = await StepEngine.open(written, { config, microRows: 2, optimizer: "adamw" });
    fillWithChance(engine.weights, new Random(1));
    expect(await largestError(engine)).toBeLessThan(1e-4);
    engine.release();
    runtime.dispose();
  });
});

describe.skipIf(!hasGraphicsCard())(
  "a graphics card through webgpu",
  { timeout: COMPILING_MS },
  () => {
    it("gives the gradients of TensorFlow.js", async () => {
      const engine = await tinyEngine(config, { microRows: 2, device: "webgpu" });
      expect(await largestError(engine)).toBeLessThan(1e-4);
    });

    it("computes all products itself", async () => {
      const engine = await tinyEngine(config, {
        microRows: 2,
        device: "webgpu",
        optimizer: "muon",
      });
      const notes: string[] = [];
      noteDevice({ device: "webgpu" }, engine.sessions, { note: (text) => void notes.push(text) });
      expect(notes).toEqual([expect.stringMatching(/^Computing on webgpu/)]);
    });

    it("learns as the CPU does", async () => {
      const [card, processor] = [await trainOn("webgpu"), await trainOn("cpu")];
      card.losses.forEach((loss, step) => expect(loss / processor.losses[step]).toBeCloseTo(1, 4));
      for (const [name, weights] of card.weights) {
        expect(relativeError(weights, processor.weights.get(name)!), name).toBeLessThan(1e-3);
      }
    });

    it("trains, exports and judges a model with --device webgpu", async () => {
      const data = writeTinyCorpus(workInTemporaryFolder(), 40);
      const words = [...tinyTraining(data, "it"), "--steps", "3", "--device", "webgpu"];
      const { code, said } = await trainHere(words);
      expect(code, said).toBe(0);
      expect(said).toContain("Computing on webgpu");
      const judged = async (...flags: string[]) => {
        const { said } = await runHere(evaluate, [
          "experiments/it",
          "--data",
          data,
          "--json",
          ...flags,
        ]);
        return JSON.parse(said.trim().split("\n").at(-1) ?? "").loss;
      };
      expect(await judged("--device", "webgpu")).toBeCloseTo(await judged(), 4);
    });
  },
);
