/**
 * The nearest (semi-)orthogonal matrix, approximately, by matrix products
 * only: five Newton-Schulz iterations of a quintic whose coefficients drive
 * all singular values into about [0.7, 1.2] (Jordan, 2024).
 *
 *   X ← G / ‖G‖;   A = X Xᵀ;   X ← a X + (b A + c A²) X
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import { add, divide, gemm } from "../autograd/operators.ts";

const ITERATIONS = 5;
const [A, B, C] = [3.4445, -4.775, 2.0315];
const SMALLEST_NORM = 1e-7;

/** matrix [rows, columns] → the same shape. The smaller side is the one that is squared. */
export function orthogonalised(graph: OnnxGraph, matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape.map(Number);
  const tall = rows > columns;
  let x = divide(graph, matrix, add(graph, norm(graph, matrix), graph.scalar(SMALLEST_NORM)));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const square = gemm(graph, x, x, tall ? { transA: true } : { transB: true });
    const polynomial = gemm(graph, square, square, { alpha: C, plus: square, beta: B });
    const [left, right] = tall ? [x, polynomial] : [polynomial, x];
    x = gemm(graph, left, right, { plus: x, beta: A });
  }
  return x;
}

/** Floating-point operations of `orthogonalised`. */
export function orthogonalisingFlops(shape: readonly number[]): number {
  const [small, large] = [Math.min(...shape), Math.max(...shape)];
  return ITERATIONS * 2 * small * small * (2 * large + small);
}

/** The Frobenius norm as [1, 1]. */
function norm(graph: OnnxGraph, matrix: Tensor): Tensor {
  return graph.node("ReduceL2", [matrix, graph.integers([0, 1])], [1, 1], { keepdims: 1 });
}
