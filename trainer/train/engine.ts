/**
 * The arithmetic of a training run, as the loop asks for it: gradients, their
 * size, a step of the optimizer. Knows nothing of data, schedules or files.
 *
 * Whatever computes it, the numbers of the model lie in the same blocks of
 * memory: checkpoints, evaluation and export read them there, and a run may
 * go on with another engine than it began with.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Batch } from "../data/batch.ts";
import type { TrainedPart } from "../model/trained-part.ts";
import type { TrainedBlocks } from "./checkpoint.ts";

/** `tfjs` is TensorFlow.js: the reference that the default engine is held against. */
export const ENGINES = ["onnxruntime", "tfjs"] as const;

export type EngineName = (typeof ENGINES)[number];

export const DEFAULT_ENGINE: EngineName = "onnxruntime";

export type OptimizerName = "adamw" | "muon";

/** What every engine is opened with. */
export interface EngineOptions {
  readonly config: ModelConfig;
  readonly microRows: number;
  readonly optimizer: OptimizerName;
  /** The whole model by default. */
  readonly part?: TrainedPart;
  /** The share of what layers add to the residual stream that is left out; 0 by default. */
  readonly dropout?: number;
}

/** How much of a mean, of gradients and of their squares, a step of Adam keeps. */
export type Betas = readonly [first: number, second: number];

/** Of everything but the embedding, unless it is told to have these too. */
export const USUAL_BETAS: Betas = [0.9, 0.95];

/** One step of the optimizer. */
export interface OptimizerStep {
  /** From 1: Adam's bias corrections follow from it. */
  readonly step: number;
  readonly learningRate: number;
  /** What it is multiplied with for the embedding, and for a head of its own. */
  readonly embeddingRate: number;
  /** Adam's first and second for the embedding, and for a head of its own. */
  readonly embeddingBetas: Betas;
  readonly weightDecay: number;
  /** What the gradient is multiplied with first. */
  readonly clip: number;
}

export interface TrainingEngine extends TrainedBlocks {
  /** Tokens of one micro-batch. */
  readonly microTokens: number;
  clearGradients(): void;
  /**
   * Adds the micro-batches' gradients of the loss divided by `count` to the sums.
   * Returns that loss, in nats. The same batches and seed give the same bits.
   *
   * @param count of what the loss sums up: targets, or comparisons
   * @param seed what dropout leaves out follows from it; 0 by default
   */
  accumulate(batches: readonly Batch[], count: number, seed?: number): Promise<number>;
  /** The global L2 norm of the accumulated gradient. */
  gradientNorm(): Promise<number>;
  /** Changes weights and moments by the accumulated gradient. */
  update(step: OptimizerStep): Promise<void>;
  release(): void;
}
