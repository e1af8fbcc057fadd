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
import { LORA_TARGETS, trainedPart, WHOLE_MODEL, type TrainedPart } from "../model/trained-part.ts";
import { trainingFlopsPerToken } from "../train/cost.ts";
import { PlainProducts } from "../train/gemm-rate.ts";
import { USUAL_BETAS, type OptimizerName } from "../train/engine.ts";
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
  /** The most memory the process had while it trained. */
  readonly rssMb: number;
  /** Median. */
  readonly stepMs: number;
  readonly stepTokens: number;
  readonly parameters: number;
  /** Of adapters: their step beside one that trains all weights, in turn; the median. */
  readonly shareOfFullStep?: number;
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
  const { durations, ofFullSteps, rssMb, products, profile } = await timeSteps(
    runtime,
    config,
    part,
    options,
  );

  const stepMs = medianOf(durations) ?? NaN;
  const stepTokens = options.microRows * config.context * options.microBatches;
  const tokensPerSecond = (stepTokens / stepMs) * 1000;
  const gflops = (tokensPerSecond * trainingFlopsPerToken(config, part)) / 1e9;
  const gemmGflops = products.medianRate / 1e9;
  return {
    tokensPerSecond,
    gflops,
    gemmGflops,
    fastestGemmGflops: products.bestRate / 1e9,
    shareOfGemm: gflops / gemmGflops,
    rssMb,
    stepMs,
    stepTokens,
    parameters: parameterCount(config),
    shareOfFullStep: medianOf(ofFullSteps),
    ...(profile && { profile }),
  };
}

interface Timed {
  readonly durations: readonly number[];
  /** Of each of them, beside a step that trains all weights; none where that is what is timed. */
  readonly ofFullSteps: readonly number[];
  readonly rssMb: number;
  readonly products: PlainProducts;
  readonly profile?: string;
}

async function timeSteps(
  runtime: Runtime,
  config: ModelConfig,
  part: TrainedPart,
  options: SpeedOptions,
): Promise<Timed> {
  const { microRows, lanes, threads, steps } = options;
  const opened: Trial[] = [];
  const open = async (trained: TrainedPart, prefix?: string) => {
    const trial = await Trial.open(runtime, config, trained, { ...options, profilePrefix: prefix });
    opened.push(trial);
    for (let step = 0; step < WARMUP_STEPS; step++) await trial.timeStep();
    return trial;
  };
  try {
    const trial = await open(part, options.profilePrefix);
    options.onOpen?.(trial.engine);
    const rssMb = process.resourceUsage().maxRSS / 1000; // kilobytes; training takes no more from here
    const full = options.lora ? await open(trainedPart(config, WHOLE_MODEL)) : undefined;
    const tokens = microRows * config.context * lanes;
    const products = new PlainProducts(runtime, config, { tokens, threads });
    const durations: number[] = [];
    const ofFullSteps: number[] = [];
    for (let step = 1; step <= steps; step++) {
      const milliseconds = await trial.timeStep();
      durations.push(milliseconds);
      options.onStep(step, milliseconds);
      if (full) ofFullSteps.push(milliseconds / (await full.timeStep()));
      await products.measure(GEMM_REPEATS);
    }
    return { durations, ofFullSteps, rssMb, products, profile: trial.engine.endProfiling() };
  } finally {
    for (const { engine } of opened) engine.release();
  }
}

/** A training whose time is all that is asked of it. */
class Trial {
  readonly engine: StepEngine;
  readonly #nextBatches: () => Batch[];
  readonly #signal: AbortSignal;
  #step = 0;

  static async open(
    runtime: Runtime,
    config: ModelConfig,
    part: TrainedPart,
    options: SpeedOptions,
  ): Promise<Trial> {
    const { microRows, lanes, optimizer, threads, profilePrefix } = options;
    const shape = { config, part, microRows, lanes, optimizer, threads, profilePrefix };
    const engine = await StepEngine.open(runtime, shape);
    const random = new Random(SEED);
    initialiseWeights(engine.weights, config, random);
    initialiseAdapters(engine.weights, part, random);
    const nextBatches = () =>
      Array.from({ length: options.microBatches }, () =>
        fullBatch(random, { ...config, rows: microRows }),
      );
    return new Trial(engine, nextBatches, options.signal);
  }

  private constructor(engine: StepEngine, nextBatches: () => Batch[], signal: AbortSignal) {
    this.engine = engine;
    this.#nextBatches = nextBatches;
    this.#signal = signal;
  }

  /** Milliseconds. */
  async timeStep(): Promise<number> {
    this.#signal.throwIfAborted();
    this.#step++;
    const batches = this.#nextBatches();
    const started = performance.now();
    await trainOn(this.engine, batches, this.#step);
    return performance.now() - started;
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
    embeddingBetas: USUAL_BETAS,
    weightDecay: 0.1,
    clip: Math.min(1, 1 / norm),
  });
}
