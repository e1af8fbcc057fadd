/**
 * Losses of how much likelier replies have become, and their derivatives.
 *
 * Everything is in log-ratios, log π(reply) − log π_ref(reply), a row of two
 * for each comparison. The models are far away: what comes out is what each
 * reply's log-probability counts.
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import { concat, divide, multiply, slice, subtract, sumOver, unary } from "./operators.ts";

export interface ComparedLoss {
  /** [1, 1], summed over the comparisons. */
  readonly loss: Tensor;
  /** [comparisons, 2]: d loss / d log-ratio. */
  readonly slopes: Tensor;
}

/** logRatios [comparisons, 2]; importance [comparisons, 1], 0 for an empty place. */
type PreferenceLoss = (
  graph: OnnxGraph,
  logRatios: Tensor,
  importance: Tensor,
  beta: number,
) => ComparedLoss;

/**
 * Σ importance · −log σ(β (chosen − rejected)): direct preference optimisation
 * (Rafailov et al., 2023, equation 7).
 */
export const dpoLoss: PreferenceLoss = (graph, logRatios, importance, beta) => {
  const [chosen, rejected] = columnsOf(graph, logRatios);
  const margin = multiply(graph, subtract(graph, chosen, rejected), graph.scalar(beta));
  const wrong = unary(graph, "Neg", margin);
  const losses = multiply(graph, importance, unary(graph, "Softplus", wrong));
  const pull = multiply(graph, importance, unary(graph, "Sigmoid", wrong));
  const up = multiply(graph, pull, graph.scalar(-beta));
  return {
    loss: sumOver(graph, losses, 0),
    slopes: concat(graph, [up, unary(graph, "Neg", up)], 1),
  };
};

/**
 * Σ |importance| · (1 − σ(±β (rated − z))), + where the reply is wanted:
 * Kahneman-Tversky optimisation (Ethayarajh et al., 2024, equation 8), where
 * |importance| is λ_D or λ_U. The reference point z = max(0, mean of the
 * mismatched log-ratios) stands for the KL divergence and gets no gradient
 * (section 4.1).
 */
export const ktoLoss: PreferenceLoss = (graph, logRatios, importance, beta) => {
  const [rated, mismatched] = columnsOf(graph, logRatios);
  const sign = unary(graph, "Sign", importance);
  const count = sumOver(graph, unary(graph, "Abs", sign), 0);
  const drift = divide(graph, sumOver(graph, mismatched, 0), count); // empty places add 0
  const reference = unary(graph, "Relu", drift);
  const scaled = multiply(graph, sign, graph.scalar(beta));
  const right = multiply(graph, scaled, subtract(graph, rated, reference));
  const gain = unary(graph, "Sigmoid", right);
  const miss = unary(graph, "Sigmoid", unary(graph, "Neg", right));
  const pull = multiply(graph, importance, multiply(graph, gain, miss));
  const slope = multiply(graph, pull, graph.scalar(-beta));
  const losses = multiply(graph, unary(graph, "Abs", importance), miss);
  const still = graph.floats(new Float32Array(Number(slope.shape[0])), slope.shape.map(Number));
  return { loss: sumOver(graph, losses, 0), slopes: concat(graph, [slope, still], 1) };
};

function columnsOf(graph: OnnxGraph, pairs: Tensor): [Tensor, Tensor] {
  return [slice(graph, pairs, 1, 0, 1), slice(graph, pairs, 1, 1, 2)];
}
