/**
 * How fast this machine trains, beside how fast it multiplies matrices: both
 * in turn and as medians, because machines change from minute to minute.
 */

import { medianOf } from "../../src/core/median.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../src/core/random.ts";
import type { Batch } from "../data/batch.ts";
import { fullBatch } from "../data/full-batch.ts";
import { initialiseAdapters } from "../model/adapters.ts";
import { initialiseWeights } from "../model/initialise.ts";
import { LORA_TARGETS, trainedPart, type TrainedPart } from "../model/trained-part.ts";
import { trainingFlopsPerToken } from "../train/cost.ts";
import { PlainProducts } from "../train/gemm-rate.ts";
import type { OptimizerName } from "../train/engine.ts";
import { StepEngine } from "../train/step-engine.ts";

/** The first steps are slower: memory is laid out. */
const WARMUP_STEPS = 2;
/** Products of each shape after every step. */
const GEMM_REPEATS = 8;
const SEED = 1;

export interface SpeedOptions {
  readonly steps: number;
  /** Rows of `config.context` tokens in a micro-batch, and micro-batches in a step. */
  readonly microRows: number;
  readonly lanes: number;
  readonly microBatches: number;
  readonly optimizer: OptimizerName;
  /** The rank of adapters, which are trained in place of the model. */
  readonly lora?: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
  /** Writes an operator profile of the training graph to a path that starts like this. */
  readonly profilePrefix?: string;
  onOpen?(engine: StepEngine): void;
  onStep(step: number, milliseconds: number): void;
}

export interface TrainingSpeed {
  readonly tokensPerSecond: number;
  readonly gflops: number;
  /** Plain fp32 products between the steps: the median of the model's best shape. */
  readonly gemmGflops: number;
  /** The fastest of those products. */
  readonly fastestGemmGflops: number;
  readonly shareOfGemm: number;
  /** The most memory the process has had. */
  readonly rssMb: number;
  /** Median. */
  readonly stepMs: number;
  readonly stepTokens: number;
  readonly parameters: number;
  readonly profile?: string;
}

export async function measureTraining(
  runtime: Runtime,
  config: ModelConfig,
  options: SpeedOptions,
): Promise<TrainingSpeed> {
  const part = trainedPart(config, {
    freeze: [],
    lora: options.lora ? { rank: options.lora, targets: [...LORA_TARGETS] } : null,
  });
  const microTokens = options.microRows * config.context;
  const tokens = microTokens * options.lanes;
  const products = new PlainProducts(runtime, config, { tokens, threads: options.threads });
  const { durations, profile } = await timeSteps(runtime, config, part, products, options);

  const stepMs = medianOf(durations) ?? NaN;
  const stepTokens = microTokens * options.microBatches;
  const tokensPerSecond = (stepTokens / stepMs) * 1000;
  const gflops = (tokensPerSecond * trainingFlopsPerToken(config, part)) / 1e9;
  const gemmGflops = products.medianRate / 1e9;
  return {
    tokensPerSecond,
    gflops,
    gemmGflops,
    fastestGemmGflops: products.bestRate / 1e9,
    shareOfGemm: gflops / gemmGflops,
    rssMb: process.resourceUsage().maxRSS / 1000, // kilobytes
    stepMs,
    stepTokens,
    parameters: parameterCount(config),
    ...(profile && { profile }),
  };
}

async function timeSteps(
  runtime: Runtime,
  config: ModelConfig,
  part: TrainedPart,
  products: PlainProducts,
  options: SpeedOptions,
): Promise<{ durations: number[]; profile?: string }> {
  const { microRows, lanes, microBatches, optimizer, threads, profilePrefix, signal } = options;
  const engine = await StepEngine.open(runtime, {
    config,
    part,
    microRows,
    lanes,
    optimizer,
    threads,
    profilePrefix,
  });
  const random = new Random(SEED);
  initialiseWeights(engine.weights, config, random);
  initialiseAdapters(engine.weights, part, random);
  const durations: number[] = [];
  try {
    options.onOpen?.(engine);
    for (let step = 1; step <= WARMUP_STEPS + options.steps; step++) {
      signal.throwIfAborted();
      const batches = Array.from({ length: microBatches }, () =>
        fullBatch(random, { ...config, rows: microRows }),
      );
      const started = performance.now();
      await trainOn(engine, batches, step);
      const milliseconds = performance.now() - started;
      if (step <= WARMUP_STEPS) continue;
      durations.push(milliseconds);
      options.onStep(step - WARMUP_STEPS, milliseconds);
      await products.measure(GEMM_REPEATS);
    }
    return { durations, profile: engine.endProfiling() };
  } finally {
    engine.release();
  }
}

/** One step as in the training loop. */
async function trainOn(engine: StepEngine, batches: readonly Batch[], step: number): Promise<void> {
  const targets = batches.reduce((sum, { weights }) => sum + weights.length, 0);
  engine.clearGradients();
  await engine.accumulate(batches, targets);
  const norm = await engine.gradientNorm();
  await engine.update({
    step,
    learningRate: 1e-3,
    embeddingRate: 1,
    embeddingBetas: [0.9, 0.95],
    weightDecay: 0.1,
    clip: Math.min(1, 1 / norm),
  });
}
