/**
 * The nearest (semi-)orthogonal matrix, approximately, by matrix products
 * only: five Newton-Schulz iterations of a quintic whose coefficients drive
 * all singular values into about [0.7, 1.2] (Jordan, 2024).
 *
 *   X ← G / ‖G‖;   X ← Z X five times, with A = X Xᵀ and Z = a I + b A + c A²
 *
 * Z is made of A alone, and A of the next iteration is Z A Z: for a matrix that
 * is much longer on one side all iterations can be done on the small square A,
 * and only the product of the five Z meets the matrix itself.
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import { add, divide, gemm, multiply, transposedCopy } from "../autograd/operators.ts";

const ITERATIONS = 5;
const [A, B, C] = [3.4445, -4.775, 2.0315];
const SMALLEST_NORM = 1e-7;
/** Four an iteration; the first has its factor as it is, and nothing comes after the last. */
const PRODUCTS_OF_SQUARES = 4 * ITERATIONS - 3;

/** matrix [rows, columns] → the same shape. */
export function orthogonalised(graph: OnnxGraph, matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape.map(Number);
  const x = divide(graph, matrix, add(graph, norm(graph, matrix), graph.scalar(SMALLEST_NORM)));
  if (flopsOnSquares([rows, columns]) > flopsOnMatrix([rows, columns])) {
    return iterateOnMatrix(graph, x);
  }
  if (rows <= columns) return gemm(graph, factorOf(graph, x), x);
  return gemm(graph, x, factorOf(graph, transposedCopy(graph, x)));
}

/** Floating-point operations of `orthogonalised`. */
export function orthogonalisingFlops(shape: readonly number[]): number {
  return Math.min(flopsOnSquares(shape), flopsOnMatrix(shape));
}

function flopsOnMatrix(shape: readonly number[]): number {
  const [small, large] = sidesOf(shape);
  return ITERATIONS * 2 * small * small * (2 * large + small);
}

function flopsOnSquares(shape: readonly number[]): number {
  const [small, large] = sidesOf(shape);
  return 2 * small * small * (2 * large + PRODUCTS_OF_SQUARES * small);
}

function sidesOf(shape: readonly number[]): [small: number, large: number] {
  return [Math.min(...shape), Math.max(...shape)];
}

/** For matrices that are nearly square. The smaller side is the one that is squared. */
function iterateOnMatrix(graph: OnnxGraph, x: Tensor): Tensor {
  const [rows, columns] = x.shape.map(Number);
  const tall = rows > columns;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const square = gemm(graph, x, x, tall ? { transA: true } : { transB: true });
    const polynomial = polynomialOf(graph, square);
    const [left, right] = tall ? [x, polynomial] : [polynomial, x];
    x = gemm(graph, left, right, { plus: x, beta: A });
  }
  return x;
}

/** The product of the five Z of a matrix x that is wider than tall: what x is to be multiplied with. */
function factorOf(graph: OnnxGraph, x: Tensor): Tensor {
  let square = gemm(graph, x, x, { transB: true });
  let polynomial = polynomialOf(graph, square);
  const timesZ = (matrix: Tensor) => gemm(graph, polynomial, matrix, { plus: matrix, beta: A });
  const identity = graph.node("EyeLike", [square], square.shape);
  let factor = add(graph, polynomial, multiply(graph, identity, graph.scalar(A)));
  for (let iteration = 1; iteration < ITERATIONS; iteration++) {
    square = timesZ(timesZ(square)); // all of them commute
    polynomial = polynomialOf(graph, square);
    factor = timesZ(factor);
  }
  return factor;
}

/** Z − a I */
function polynomialOf(graph: OnnxGraph, square: Tensor): Tensor {
  return gemm(graph, square, square, { alpha: C, plus: square, beta: B });
}

/** The Frobenius norm as [1, 1]. */
function norm(graph: OnnxGraph, matrix: Tensor): Tensor {
  return graph.node("ReduceL2", [matrix, graph.integers([0, 1])], [1, 1], { keepdims: 1 });
}
