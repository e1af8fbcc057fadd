/**
 * The forward pass alone: for each position the loss of its target and the
 * target's rank, or all logits for comparisons with other engines.
 */

import type { ModelConfig } from "../../src/core/model/config.ts";
import { ONNX_TYPE, OnnxGraph, type GraphOptions, type Tensor } from "../../src/core/onnx/graph.ts";
import { logitsOf } from "../autograd/cross-entropy.ts";
import { cast, sumOver, unary } from "../autograd/operators.ts";
import { Tape } from "../autograd/tape.ts";
import {
  batchInputs,
  headOf,
  parameterInputs,
  transformer,
  type BatchShape,
} from "./transformer.ts";

/**
 * Inputs: tokens, segments, targets as in training, every parameter.
 * Outputs: nll [n, 1] in nats; rank [n, 1]: how many tokens are likelier than the target.
 */
export function buildEvaluationGraph(
  config: ModelConfig,
  shape: BatchShape,
  options: GraphOptions = {},
): Uint8Array {
  const { graph, logits } = forward(config, shape, options);
  const targets = graph.input("targets", "int64", [shape.rows * shape.context, 1]);
  const ofTarget = (values: Tensor) =>
    graph.node("GatherElements", [values, targets], targets.shape, { axis: 1 });
  const logProbabilities = graph.node("LogSoftmax", [logits], logits.shape, { axis: -1 });
  const likelier = graph.node(
    "Greater",
    [logits, ofTarget(logits)],
    logits.shape,
    {},
    { type: "bool" },
  );
  graph.output(unary(graph, "Neg", ofTarget(logProbabilities)), "nll");
  graph.output(sumOver(graph, cast(graph, likelier, ONNX_TYPE.float32, "float32"), 1), "rank");
  return graph.toBytes();
}

/** Inputs: tokens, segments, every parameter. Output: logits [rows * context, vocabulary]. */
export function buildLogitsGraph(
  config: ModelConfig,
  shape: BatchShape,
  options: GraphOptions = {},
): Uint8Array {
  const { graph, logits } = forward(config, shape, options);
  graph.output(logits, "logits");
  return graph.toBytes();
}

function forward(config: ModelConfig, shape: BatchShape, options: GraphOptions) {
  const graph = new OnnxGraph(options);
  const inputs = batchInputs(graph, shape);
  const parameters = parameterInputs(graph, config);
  const hidden = transformer(new Tape(graph), config, parameters, inputs);
  return { graph, logits: logitsOf(graph, hidden, headOf(parameters, config)) };
}
