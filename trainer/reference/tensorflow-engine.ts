/**
 * Training with TensorFlow.js in place of ONNX Runtime: `--engine tfjs`.
 *
 * One micro-batch after the other, nothing shared with the default engine but
 * the memory where weights and moments lie and the chance of dropout. Two
 * engines that agree step by step are how each is known to be right.
 */

import { setImmediate } from "node:timers/promises";

import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import type { Batch } from "../data/batch.ts";
import {
  allocateBlock,
  parameterLayout,
  weightsOf,
  type ParameterBlock,
} from "../model/parameter-store.ts";
import { allSpecs, trainedPart, WHOLE_MODEL, type TrainedPart } from "../model/trained-part.ts";
import { allocateDropout, fillDropout, type DropoutValues } from "../train/dropout-masks.ts";
import type {
  EngineOptions,
  OptimizerName,
  OptimizerStep,
  TrainingEngine,
} from "../train/engine.ts";
import { lossAndGradients } from "./llama.ts";
import type { TensorFlow } from "./open-tensorflow.ts";
import { updateParameter } from "./optimizer.ts";

export class TensorFlowEngine implements TrainingEngine {
  readonly weights: ParameterBlock;
  readonly gradients: ParameterBlock;
  readonly firstMoment: ParameterBlock;
  readonly secondMoment: ParameterBlock;
  readonly microTokens: number;
  readonly #tf: TensorFlow;
  readonly #config: ModelConfig;
  readonly #part: TrainedPart;
  readonly #optimizer: OptimizerName;
  readonly #masks: DropoutValues;

  constructor(tensorFlow: TensorFlow, runtime: Runtime, options: EngineOptions) {
    const { config, microRows, optimizer, dropout = 0 } = options;
    const { part = trainedPart(config, WHOLE_MODEL) } = options;
    const layout = parameterLayout(config, part.specs);
    this.weights = allocateBlock(runtime, parameterLayout(config, allSpecs(config, part)));
    this.gradients = allocateBlock(runtime, layout);
    this.firstMoment = allocateBlock(runtime, layout);
    this.secondMoment = allocateBlock(runtime, layout);
    this.microTokens = microRows * config.context;
    this.#tf = tensorFlow;
    this.#config = config;
    this.#part = part;
    this.#optimizer = optimizer;
    this.#masks = allocateDropout(runtime, config, this.microTokens, dropout);
  }

  clearGradients(): void {
    this.gradients.memory.data.fill(0);
  }

  async accumulate(batches: readonly Batch[], targets: number, seed = 0): Promise<number> {
    let sum = 0;
    for (const [i, batch] of batches.entries()) {
      fillDropout(this.#masks, seed + i);
      sum += this.#addGradients({ ...batch, weights: batch.weights.map((w) => w / targets) });
      await setImmediate(); // TensorFlow.js holds the thread: Ctrl-C is heard in between
    }
    return sum;
  }

  /** Returns the loss. */
  #addGradients(batch: Batch): number {
    const masks = new Map(
      Object.entries(this.#masks.values).map(([name, { data }]) => [name, data]),
    );
    const options = { part: this.#part, masks };
    const weights = weightsOf(this.weights);
    const { loss, gradients } = lossAndGradients(this.#tf, this.#config, weights, batch, options);
    for (const [name, { data }] of this.gradients.values) {
      gradients.get(name)!.forEach((value, i) => (data[i] += value));
    }
    return loss;
  }

  async gradientNorm(): Promise<number> {
    return Math.sqrt(this.gradients.memory.data.reduce((sum, value) => sum + value * value, 0));
  }

  async update(step: OptimizerStep): Promise<void> {
    const [weights, gradients, firstMoment, secondMoment] = [
      this.weights,
      this.gradients,
      this.firstMoment,
      this.secondMoment,
    ].map(({ values }) => values);
    for (const { name, shape } of this.#part.specs) {
      const parameter = {
        name,
        shape,
        weight: weights.get(name)!.data,
        gradient: gradients.get(name)!.data,
        firstMoment: firstMoment.get(name)!.data,
        secondMoment: secondMoment.get(name)!.data,
      };
      updateParameter(this.#tf, this.#optimizer, parameter, step);
    }
  }

  /** Nothing is held between steps but memory that is the runtime's. */
  release(): void {}
}
