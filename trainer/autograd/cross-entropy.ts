/**
 * The head and its loss in one step: logits, softmax, negative log-likelihood
 * of the targets, and of those the loss. What each target counts scales the
 * small [n, width] products, never the large [n, vocabulary] ones.
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import { gemm, multiply, softmax, subtract, sumOver, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** Below this a probability counts as this: keeps one hopeless token from making the loss infinite. */
const SMALLEST_PROBABILITY = 1e-30;

/** A loss of the nats of the targets, and its derivative. */
export interface Counted {
  /** [1, 1] */
  readonly loss: Tensor;
  /** [n, 1]: d loss / d nll */
  readonly slopes: Tensor;
}

/**
 * x [n, width], head [vocabulary, width], ids [n, 1] int64 → the loss [1, 1] that `count` makes of
 * nll = −log p(target) [n, 1]. Starts the backward pass: the gradients of x and of the head are set.
 */
export function crossEntropyLoss(
  tape: Tape,
  x: Tensor,
  head: Tensor,
  ids: Tensor,
  count: (nll: Tensor) => Counted,
): Tensor {
  const { graph } = tape;
  const probabilities = softmax(graph, logitsOf(graph, x, head));
  const chosen = probabilityOfTarget(graph, probabilities, ids);
  const nll = unary(graph, "Neg", unary(graph, "Log", atLeast(graph, chosen)));
  const { loss, slopes } = count(nll);

  // d nll / d logits = p − onehot(target); the slope comes in below
  const difference = graph.node(
    "ScatterElements",
    [probabilities, ids, subtract(graph, chosen, graph.scalar(1))],
    probabilities.shape,
    { axis: 1 },
  );
  const dHead = gemm(graph, difference, multiply(graph, x, slopes), {
    transA: true,
    plus: tape.gradientOf(head),
  });
  tape.startGradient(head, dHead);
  tape.startGradient(x, multiply(graph, gemm(graph, difference, head), slopes));
  return loss;
}

/** Σ weight · nll; weights [n, 1], 0 leaves a target out. */
export function weightedSum(graph: OnnxGraph, nll: Tensor, weights: Tensor): Counted {
  return { loss: sumOver(graph, multiply(graph, nll, weights), 0), slopes: weights };
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
