/**
 * The head and its loss in one step: logits, softmax, weighted negative
 * log-likelihood. The weights scale the small [n, width] products, never the
 * large [n, vocabulary] ones.
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import { gemm, multiply, softmax, subtract, sumOver, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** Below this a probability counts as this: keeps one hopeless token from making the loss infinite. */
const SMALLEST_PROBABILITY = 1e-30;

export interface Targets {
  /** [n, 1] int64 */
  readonly ids: Tensor;
  /** [n, 1] float32: what each target counts; 0 leaves it out. */
  readonly weights: Tensor;
}

/**
 * x [n, width], head [vocabulary, width] → the loss [1, 1]: Σ weight · −log p(target).
 * Starts the backward pass: the gradients of x and of the head are set.
 */
export function crossEntropyLoss(tape: Tape, x: Tensor, head: Tensor, targets: Targets): Tensor {
  const { graph } = tape;
  const probabilities = softmax(graph, logitsOf(graph, x, head));
  const chosen = probabilityOfTarget(graph, probabilities, targets.ids);
  const nll = unary(graph, "Neg", unary(graph, "Log", atLeast(graph, chosen)));
  const loss = sumOver(graph, multiply(graph, nll, targets.weights), 0);

  // d loss / d logits = weight · (p − onehot(target)); the weight comes in below
  const difference = graph.node(
    "ScatterElements",
    [probabilities, targets.ids, subtract(graph, chosen, graph.scalar(1))],
    probabilities.shape,
    { axis: 1 },
  );
  const dHead = gemm(graph, difference, multiply(graph, x, targets.weights), {
    transA: true,
    plus: tape.gradientOf(head),
  });
  tape.startGradient(head, dHead);
  tape.startGradient(x, multiply(graph, gemm(graph, difference, head), targets.weights));
  return loss;
}

/** [n, vocabulary] */
export function logitsOf(graph: OnnxGraph, x: Tensor, head: Tensor): Tensor {
  return gemm(graph, x, head, { transB: true });
}

function probabilityOfTarget(graph: OnnxGraph, probabilities: Tensor, ids: Tensor): Tensor {
  return graph.node("GatherElements", [probabilities, ids], ids.shape, { axis: 1 });
}

function atLeast(graph: OnnxGraph, probability: Tensor): Tensor {
  const floor = graph.scalar(SMALLEST_PROBABILITY);
  return graph.node("Max", [probability, floor], probability.shape);
}
