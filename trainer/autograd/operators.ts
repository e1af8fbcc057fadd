/**
 * ONNX operators with their output shapes worked out: the vocabulary that
 * forward and backward passes are written in. Nothing here is differentiable
 * by itself. All shapes are static.
 */

import {
  float,
  MICROSOFT,
  type DataType,
  type OnnxGraph,
  type Tensor,
} from "../../src/core/onnx/graph.ts";

/** The static shape of a tensor. */
function shapeOf(tensor: Tensor): number[] {
  return tensor.shape.map(Number);
}

export const add = (graph: OnnxGraph, a: Tensor, b: Tensor) => elementwise(graph, "Add", a, b);
export const subtract = (graph: OnnxGraph, a: Tensor, b: Tensor) => elementwise(graph, "Sub", a, b);
export const multiply = (graph: OnnxGraph, a: Tensor, b: Tensor) => elementwise(graph, "Mul", a, b);
export const divide = (graph: OnnxGraph, a: Tensor, b: Tensor) => elementwise(graph, "Div", a, b);

export function unary(graph: OnnxGraph, operator: string, a: Tensor): Tensor {
  return graph.node(operator, [a], a.shape);
}

export function reshape(graph: OnnxGraph, a: Tensor, shape: readonly number[]): Tensor {
  return graph.node("Reshape", [a, graph.integers(shape)], shape, {}, { type: a.type });
}

export function transpose(graph: OnnxGraph, a: Tensor, order: readonly number[]): Tensor {
  const shape = order.map((axis) => a.shape[axis]);
  return graph.node("Transpose", [a], shape, { perm: order });
}

/**
 * The transposed matrix, really written down: ONNX Runtime folds a plain Transpose before a Gemm
 * into it, and one behind a Reshape it does not.
 */
export function transposedCopy(graph: OnnxGraph, a: Tensor): Tensor {
  const [rows, columns] = shapeOf(a);
  const turned = transpose(graph, reshape(graph, a, [rows, columns, 1]), [1, 0, 2]);
  return reshape(graph, turned, [columns, rows]);
}

/** Sum over one axis, kept as a dimension of 1. */
export function sumOver(graph: OnnxGraph, a: Tensor, axis: number): Tensor {
  const shape = a.shape.map((dimension, index) => (index === axis ? 1 : dimension));
  return graph.node("ReduceSum", [a, graph.integers([axis])], shape, { keepdims: 1 });
}

/** Elements `start` to `end` (exclusive) along one axis; the tensor itself if that is all of it. */
export function slice(
  graph: OnnxGraph,
  a: Tensor,
  axis: number,
  start: number,
  end: number,
): Tensor {
  if (start === 0 && end === a.shape[axis]) return a;
  const shape = a.shape.map((dimension, index) => (index === axis ? end - start : dimension));
  const range = [[start], [end], [axis]].map((value) => graph.integers(value));
  return graph.node("Slice", [a, ...range], shape, {}, { type: a.type });
}

export function concat(graph: OnnxGraph, parts: Tensor[], axis: number): Tensor {
  if (parts.length === 1) return parts[0];
  const length = parts.reduce((sum, part) => sum + Number(part.shape[axis]), 0);
  const shape = parts[0].shape.map((dimension, index) => (index === axis ? length : dimension));
  return graph.node("Concat", parts, shape, { axis });
}

/** Zeros appended along one axis until it is `length` long. */
export function padTo(graph: OnnxGraph, a: Tensor, axis: number, length: number): Tensor {
  const shape = shapeOf(a);
  if (shape[axis] === length) return a;
  const after = shape.map((dimension, index) => (index === axis ? length - dimension : 0));
  const pads = graph.integers([...shape.map(() => 0), ...after]);
  return graph.node(
    "Pad",
    [a, pads],
    shape.map((dimension, index) => (index === axis ? length : dimension)),
  );
}

export function softmax(graph: OnnxGraph, a: Tensor): Tensor {
  return graph.node("Softmax", [a], a.shape, { axis: -1 });
}

export interface ProductOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
}

export interface GemmOptions extends ProductOptions {
  readonly plus?: Tensor;
  readonly beta?: number;
}

/** alpha * op(a) op(b) + beta * plus for matrices: one Gemm, no transposed copies, the sum for free. */
export function gemm(
  graph: OnnxGraph,
  a: Tensor,
  b: Tensor,
  { transA = false, transB = false, alpha = 1, plus, beta = 1 }: GemmOptions = {},
): Tensor {
  const shape = [a.shape[transA ? 1 : 0], b.shape[transB ? 0 : 1]];
  return graph.node("Gemm", plus ? [a, b, plus] : [a, b], shape, {
    transA: Number(transA),
    transB: Number(transB),
    alpha: float(alpha),
    beta: float(beta),
  });
}

/** alpha * op(a) op(b) over equal leading dimensions. */
export function batchedProduct(
  graph: OnnxGraph,
  a: Tensor,
  b: Tensor,
  { transA = false, transB = false, alpha = 1 }: ProductOptions = {},
): Tensor {
  if (graph.device === "webgpu") return plainProduct(graph, a, b, { transA, transB, alpha });
  const rows = a.shape.at(transA ? -1 : -2)!;
  const columns = b.shape.at(transB ? -2 : -1)!;
  const shape = [...a.shape.slice(0, -2), rows, columns];
  const attributes = { transA: Number(transA), transB: Number(transB), alpha: float(alpha) };
  return graph.node("FusedMatMul", [a, b], shape, attributes, { domain: MICROSOFT });
}

/** The same with transposed copies, for devices without FusedMatMul. */
function plainProduct(
  graph: OnnxGraph,
  a: Tensor,
  b: Tensor,
  { transA, transB, alpha = 1 }: ProductOptions,
): Tensor {
  const left = transA ? transposeMatrices(graph, a) : a;
  const right = transB ? transposeMatrices(graph, b) : b;
  const shape = [...left.shape.slice(0, -1), right.shape.at(-1)!];
  const product = graph.node("MatMul", [left, right], shape);
  return alpha === 1 ? product : multiply(graph, product, graph.scalar(alpha));
}

function transposeMatrices(graph: OnnxGraph, a: Tensor): Tensor {
  const axes = a.shape.map((_, axis) => axis);
  return transpose(graph, a, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

function elementwise(graph: OnnxGraph, operator: string, a: Tensor, b: Tensor): Tensor {
  return graph.node(operator, [a, b], broadcast(a, b));
}

function broadcast(a: Tensor, b: Tensor): number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = Number(a.shape[a.shape.length - rank + index] ?? 1);
    const right = Number(b.shape[b.shape.length - rank + index] ?? 1);
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`[${a.shape.join()}] and [${b.shape.join()}] do not broadcast`);
    }
    return Math.max(left, right);
  });
}

export function cast(graph: OnnxGraph, a: Tensor, to: number, type: DataType): Tensor {
  return graph.node("Cast", [a], a.shape, { to }, { type });
}
