/**
 * One micro-batch as one ONNX graph: forward, backward, and the gradients
 * added onto the sums of the micro-batches before it.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { OnnxGraph } from "../../src/core/onnx/graph.ts";
import { crossEntropyLoss } from "../autograd/cross-entropy.ts";
import { Tape } from "../autograd/tape.ts";
import {
  batchInputs,
  headOf,
  parameterInputs,
  transformer,
  type BatchShape,
} from "./transformer.ts";

/** Inputs and outputs of this name are one value, updated in place. */
export const gradientName = (parameter: string) => `gradient.${parameter}`;
export const newGradientName = (parameter: string) => `new_gradient.${parameter}`;

/**
 * Inputs: tokens [rows * context] int64, segments [rows, context] int32,
 * targets [rows * context, 1] int64, weights [rows * context, 1] float32, every
 * parameter, every `gradient.*`. Outputs: loss [1, 1], every `new_gradient.*`.
 */
export function buildTrainingGraph(config: ModelConfig, shape: BatchShape): Uint8Array {
  const graph = new OnnxGraph();
  const tape = new Tape(graph);
  const inputs = batchInputs(graph, shape);
  const count = shape.rows * shape.context;
  const targets = {
    ids: graph.input("targets", "int64", [count, 1]),
    weights: graph.input("weights", "float32", [count, 1]),
  };
  const parameters = parameterInputs(graph, config);
  for (const [name, tensor] of parameters) {
    tape.startGradient(tensor, graph.input(gradientName(name), "float32", tensor.shape));
  }

  const hidden = transformer(tape, config, parameters, inputs);
  const loss = crossEntropyLoss(tape, hidden, headOf(parameters, config), targets);
  tape.backward();

  graph.output(loss, "loss");
  for (const [name, tensor] of parameters) {
    graph.output(tape.gradientOf(tensor)!, newGradientName(name));
  }
  return graph.toBytes();
}
