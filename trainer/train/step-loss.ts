/** What a training step minimises: a part of the training graph, and the memory that part reads. */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import type { Runtime, Value } from "../../src/core/onnxruntime/runtime.ts";
import { weightedSum, type Counted } from "../autograd/cross-entropy.ts";
import type { Batch } from "../data/batch.ts";
import type { BatchShape } from "../model/transformer.ts";

export interface StepLoss {
  /** Makes the loss of the targets' nats, with inputs and outputs of its own. nll [rows * context, 1] */
  build(graph: OnnxGraph, nll: Tensor, shape: BatchShape): Counted;
  /** What those inputs and outputs lie in. */
  allocate(runtime: Runtime, shape: BatchShape): StepLossValues;
}

export interface StepLossValues {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  /** @param scale what the loss of this batch is multiplied by */
  fill(batch: Batch, scale: number): void;
  /** Called when the batch has run. */
  read(batch: Batch): void;
}

/** Σ weight · −log p(target). Input: weights [rows * context, 1] float32. */
export const likelihoodLoss: StepLoss = {
  build: (graph, nll) => weightedSum(graph, nll, graph.input("weights", "float32", nll.shape)),
  allocate(runtime, { rows, context }) {
    const count = rows * context;
    const weights = runtime.value(runtime.allocate("float32", count), [count, 1]);
    return {
      inputs: { weights },
      outputs: {},
      fill(batch, scale) {
        for (let i = 0; i < count; i++) weights.data[i] = batch.weights[i] * scale;
      },
      read() {},
    };
  },
};
