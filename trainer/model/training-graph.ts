/**
 * One micro-batch as one ONNX graph: forward, backward, and the gradients
 * added onto the sums of the micro-batches before it.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { OnnxGraph, type GraphOptions } from "../../src/core/onnx/graph.ts";
import { crossEntropyLoss } from "../autograd/cross-entropy.ts";
import { Tape } from "../autograd/tape.ts";
import type { StepLoss } from "../train/step-loss.ts";
import {
  batchInputs,
  dropoutInputs,
  headOf,
  parameterInputs,
  transformer,
  type BatchShape,
} from "./transformer.ts";
import type { TrainedPart } from "./trained-part.ts";

/** Inputs and outputs of this name are one value, updated in place. */
export const gradientName = (parameter: string) => `gradient.${parameter}`;
export const newGradientName = (parameter: string) => `new_gradient.${parameter}`;

export interface TrainingGraphOptions extends GraphOptions {
  readonly part: TrainedPart;
  readonly dropout: boolean;
  readonly stepLoss: StepLoss;
}

/**
 * Inputs: tokens [rows * context] int64, segments [rows, context] int32,
 * targets [rows * context, 1] int64, those of the step's loss, every
 * parameter (with its adapter in it), `gradient.*` of those that are trained;
 * with dropout also the masks of `dropoutInputs`. Outputs: loss [1, 1], those of
 * the step's loss, `new_gradient.*`. What only a frozen weight's gradient needs
 * is not computed.
 */
export function buildTrainingGraph(
  config: ModelConfig,
  shape: BatchShape,
  { part, dropout, stepLoss, ...options }: TrainingGraphOptions,
): Uint8Array {
  const graph = new OnnxGraph(options);
  const tape = new Tape(graph);
  const inputs = batchInputs(graph, shape);
  const count = shape.rows * shape.context;
  const targets = graph.input("targets", "int64", [count, 1]);
  const parameters = parameterInputs(graph, config, part);
  for (const { name, shape: size } of part.specs) {
    const tensor = parameters.tensors.get(name)!;
    tape.startGradient(tensor, graph.input(gradientName(name), "float32", size));
  }

  const masks = dropout ? dropoutInputs(graph, config, shape) : [];
  const hidden = transformer(tape, config, parameters, inputs, masks);
  const loss = graph.within("head and loss", () =>
    crossEntropyLoss(tape, hidden, headOf(parameters, config), targets, (nll) =>
      stepLoss.build(graph, nll, shape),
    ),
  );
  tape.backward();

  graph.output(loss, "loss");
  for (const { name } of part.specs) {
    graph.output(tape.gradientOf(parameters.tensors.get(name)!)!, newGradientName(name));
  }
  return graph.toBytes();
}
