/** y = x Wᵀ (+ residual), with the weight as [out, in] like every file format has it. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { gemm, transposedCopy } from "./operators.ts";
import type { Tape } from "./tape.ts";

/**
 * x [n, in], weight [out, in], residual [n, out]. The products of the backward
 * pass take the gradients so far as their C operand: accumulation over uses and
 * over micro-batches costs nothing extra. dyᵀ is copied once: a product that
 * transposes by itself does so anew for every 128 columns, and is a tenth slower.
 */
export function linear(tape: Tape, x: Tensor, weight: Tensor, residual?: Tensor): Tensor {
  const { graph } = tape;
  const y = gemm(graph, x, weight, { transB: true, plus: residual });
  const inputs = residual ? [x, weight, residual] : [x, weight];
  return tape.record(inputs, y, (dy, [dx, dWeight]) => [
    { total: gemm(graph, dy, weight, { plus: dx }) },
    { total: gemm(graph, transposedCopy(graph, dy), x, { plus: dWeight }) },
    dy,
  ]);
}

/**
 * y = x (W + Bᵀ A)ᵀ (+ residual): a frozen weight with a low-rank adapter (Hu et al., 2021).
 * merged W + Bᵀ A [out, in], down A [rank, in], up B [rank, out].
 *
 * The sum is made once a step, which costs less than adding (x Aᵀ) Bᵀ to y and its counterpart
 * to the gradient of x. In every product it is a matrix with `rank` rows or columns that is
 * transposed, never a large one.
 */
export function linearWithAdapter(
  tape: Tape,
  x: Tensor,
  merged: Tensor,
  { down, up }: { readonly down: Tensor; readonly up: Tensor },
  residual?: Tensor,
): Tensor {
  const { graph } = tape;
  const y = gemm(graph, x, merged, { transB: true, plus: residual });
  const inputs = residual ? [x, down, up, residual] : [x, down, up];
  return tape.record(inputs, y, (dy, [dx, dDown, dUp]) => {
    const low = gemm(graph, x, down, { transB: true });
    const dLow = gemm(graph, dy, up, { transB: true });
    return [
      { total: gemm(graph, dy, merged, { plus: dx }) },
      { total: gemm(graph, dLow, x, { transA: true, plus: dDown }) },
      { total: gemm(graph, low, dy, { transA: true, plus: dUp }) },
      dy,
    ];
  });
}
