/** y = x Wᵀ (+ residual), with the weight as [out, in] like every file format has it. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { gemm, transpose } from "./operators.ts";
import type { Tape } from "./tape.ts";

/**
 * y = x Wᵀ + (x Aᵀ) Bᵀ (+ residual): a weight with a low-rank adapter beside it (Hu et al.,
 * 2021). down A [rank, in], up B [out, rank].
 */
export function linearWithAdapter(
  tape: Tape,
  x: Tensor,
  weight: Tensor,
  { down, up }: { readonly down: Tensor; readonly up: Tensor },
  residual?: Tensor,
): Tensor {
  return linear(tape, linear(tape, x, down), up, linear(tape, x, weight, residual));
}

/**
 * x [n, in], weight [out, in], residual [n, out]. The products of the backward
 * pass take the gradients so far as their C operand: accumulation over uses and
 * over micro-batches costs nothing extra.
 */
export function linear(tape: Tape, x: Tensor, weight: Tensor, residual?: Tensor): Tensor {
  const { graph } = tape;
  const y = gemm(graph, x, weight, { transB: true, plus: residual });
  const inputs = residual ? [x, weight, residual] : [x, weight];
  return tape.record(inputs, y, (dy, [dx, dWeight]) => [
    { total: gemm(graph, dy, weight, { plus: dx }) },
    // A transposed copy costs less than Gemm's transA, which transposes the same rows once for
    // every 128 columns of x, element by element: 2.5 % of a training step.
    { total: gemm(graph, transpose(graph, dy, [1, 0]), x, { plus: dWeight }) },
    dy,
  ]);
}
