/** Models small enough to be trained in a test, and both engines over them. */

import { onTestFinished } from "vitest";

import { ModelConfig } from "../../../src/core/model/config.ts";
import type { Device } from "../../../src/core/onnx/device.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../../src/core/random.ts";
import type { ParameterBlock } from "../../../trainer/model/parameter-store.ts";
import { openPureTensorFlow } from "../../../trainer/reference/open-tensorflow.ts";
import { TensorFlowEngine } from "../../../trainer/reference/tensorflow-engine.ts";
import { USUAL_BETAS, type OptimizerStep } from "../../../trainer/train/engine.ts";
import { StepEngine, type StepEngineOptions } from "../../../trainer/train/step-engine.ts";

const TINY_SHAPE = {
  vocabSize: 262,
  width: 32,
  layers: 2,
  heads: 2,
  kvHeads: 2,
  ffnWidth: 48,
  context: 16,
} as const;

/** What sets a model apart from a plain Llama, all of it together. */
export const EVERYTHING_UNUSUAL = {
  width: 64,
  layers: 3,
  heads: 4,
  kvHeads: 2,
  ffnWidth: [48, 20, 33],
  activation: ["swiglu", "gelu", "relu2"],
  ropeBase: 700,
  tiedEmbeddings: false,
} as const satisfies Partial<ModelConfig>;

export function tinyConfig(changes: Partial<ModelConfig> = {}): ModelConfig {
  return ModelConfig.parse({ ...TINY_SHAPE, ...changes });
}

/** A step in which everything learns alike and nothing decays, but for what is given. */
export function optimizerStep(
  given: Pick<OptimizerStep, "step" | "learningRate"> & Partial<OptimizerStep>,
): OptimizerStep {
  const plain = { embeddingRate: 1, embeddingBetas: USUAL_BETAS, weightDecay: 0, clip: 1 };
  return { ...plain, ...given };
}

/** Weights large enough that every gradient matters; norms differ from one. */
export function fillWithChance({ values }: ParameterBlock, random: Random): void {
  for (const { data, shape } of values.values()) {
    const [middle, spread] = shape.length === 1 ? [1, 0.3] : [0, 0.2];
    for (let i = 0; i < data.length; i++) data[i] = middle + spread * random.normal();
  }
}

export async function tinyEngine(
  config: ModelConfig,
  {
    device,
    ...options
  }: Partial<Omit<StepEngineOptions, "config">> & { readonly device?: Device } = {},
): Promise<StepEngine> {
  const runtime = await openRuntime({ device });
  const defaults = { microRows: 1, optimizer: "adamw", threads: 1 } as const;
  const engine = await StepEngine.open(runtime, { config, ...defaults, ...options });
  onTestFinished(() => {
    engine.release();
    runtime.dispose();
  });
  fillWithChance(engine.weights, new Random(1));
  return engine;
}

/** The same with TensorFlow.js; it begins with the same weights. */
export async function tinyReference(
  config: ModelConfig,
  options: Partial<Omit<StepEngineOptions, "config">> = {},
): Promise<TensorFlowEngine> {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  const tensorFlow = await openPureTensorFlow();
  const defaults = { microRows: 1, optimizer: "adamw" } as const;
  const engine = new TensorFlowEngine(tensorFlow, runtime, { config, ...defaults, ...options });
  fillWithChance(engine.weights, new Random(1));
  return engine;
}
