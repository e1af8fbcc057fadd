/**
 * Causal attention within segments, forward and backward as one step.
 *
 * The queries are taken in chunks; a chunk multiplies only with the keys up to
 * its own end, which skips nearly half of the work that the causal mask throws
 * away. Heads of one row see only positions of their own segment, so packed
 * conversations never meet.
 */

import type { OnnxGraph, Tensor } from "../../src/core/onnx/graph.ts";
import {
  add,
  batchedProduct,
  concat,
  multiply,
  padTo,
  reshape,
  slice,
  softmax,
  sumOver,
  transpose,
  unary,
} from "./operators.ts";
import type { Tape } from "./tape.ts";

/** Added to scores that must not count; exp of it is exactly 0. */
const MASKED = -1e9;
const TIME = 2;

/** The additive masks, one a chunk of queries: [rows, 1, chunk, keys]. */
export interface AttentionMask {
  readonly chunks: readonly {
    readonly start: number;
    readonly end: number;
    readonly mask: Tensor;
  }[];
}

/** segments [rows, context] int32. */
export function attentionMask(
  graph: OnnxGraph,
  segments: Tensor,
  chunkCount: number,
): AttentionMask {
  const [rows, context] = segments.shape.map(Number);
  const chunk = context / chunkCount;
  if (!Number.isInteger(chunk)) throw new Error(`${chunkCount} chunks do not divide ${context}`);
  const chunks = Array.from({ length: chunkCount }, (_, index) => {
    const [start, end] = [index * chunk, (index + 1) * chunk];
    const ofQueries = reshape(graph, slice(graph, segments, 1, start, end), [rows, 1, chunk, 1]);
    const ofKeys = reshape(graph, slice(graph, segments, 1, 0, end), [rows, 1, 1, end]);
    const shape = [rows, 1, chunk, end];
    const same = graph.node("Equal", [ofQueries, ofKeys], shape, {}, { type: "bool" });
    const within = graph.node("Where", [same, graph.scalar(0), graph.scalar(MASKED)], shape);
    return { start, end, mask: add(graph, within, causal(graph, start, end)) };
  });
  return { chunks };
}

/** q, k, v [rows, heads, context, head size] → the same shape. */
export function attention(
  tape: Tape,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { chunks }: AttentionMask,
): Tensor {
  const { graph } = tape;
  const [rows, heads, context, size] = query.shape.map(Number);
  const scale = 1 / Math.sqrt(size);

  const parts = chunks.map(({ start, end, mask }) => {
    const q = slice(graph, query, TIME, start, end);
    const k = slice(graph, key, TIME, 0, end);
    const v = slice(graph, value, TIME, 0, end);
    const scores = batchedProduct(graph, q, k, { transB: true, alpha: scale });
    const p = softmax(graph, add(graph, scores, mask));
    return { start, end, q, k, p, output: batchedProduct(graph, p, v) };
  });
  const output = concat(
    graph,
    parts.map((part) => part.output),
    TIME,
  );

  return tape.record([query, key, value], output, (dOutput) => {
    // rowsum(dP ⊙ P) = rowsum(dO ⊙ O) (Dao, FlashAttention-2, 2023, section 2.3.2). With
    // −rowsum appended to dO and a 1 to V, their product is already dP − rowsum.
    const rowSum = unary(graph, "Neg", sumOver(graph, multiply(graph, dOutput, output), 3));
    const ones = graph.floats(new Float32Array(rows * heads * context).fill(1), [
      rows,
      heads,
      context,
      1,
    ]);
    const dOutputExtended = concat(graph, [dOutput, rowSum], 3);
    const valueExtended = concat(graph, [value, ones], 3);

    const dQueries: Tensor[] = [];
    let dKey: Tensor | undefined;
    let dValue: Tensor | undefined;
    for (const { start, end, q, k, p } of parts) {
      const dOut = slice(graph, dOutputExtended, TIME, start, end);
      const v = slice(graph, valueExtended, TIME, 0, end);
      const dScores = multiply(graph, p, batchedProduct(graph, dOut, v, { transB: true }));
      dQueries.push(batchedProduct(graph, dScores, k, { alpha: scale }));
      // Transposed, [.., size, keys]: so the small factor is the one that the product transposes.
      const dK = batchedProduct(graph, q, dScores, { transA: true, alpha: scale });
      const dV = batchedProduct(graph, slice(graph, dOutput, TIME, start, end), p, {
        transA: true,
      });
      dKey = sumPadded(graph, dKey, dK, context);
      dValue = sumPadded(graph, dValue, dV, context);
    }
    return [
      concat(graph, dQueries, TIME),
      transpose(graph, dKey!, [0, 1, 3, 2]),
      transpose(graph, dValue!, [0, 1, 3, 2]),
    ];
  });
}

/** [rows * context, heads * size] → [rows, heads, context, size] */
export function splitHeads(
  tape: Tape,
  x: Tensor,
  rows: number,
  context: number,
  heads: number,
): Tensor {
  const { graph } = tape;
  const flat = x.shape.map(Number);
  const split = [rows, context, heads, flat[1] / heads];
  const y = transpose(graph, reshape(graph, x, split), [0, 2, 1, 3]);
  return tape.record([x], y, (dy) => [reshape(graph, transpose(graph, dy, [0, 2, 1, 3]), flat)]);
}

/** The inverse of `splitHeads`. */
export function joinHeads(tape: Tape, x: Tensor): Tensor {
  const { graph } = tape;
  const [rows, heads, context, size] = x.shape.map(Number);
  const y = reshape(graph, transpose(graph, x, [0, 2, 1, 3]), [rows * context, heads * size]);
  return tape.record([x], y, (dy) => [
    transpose(graph, reshape(graph, dy, [rows, context, heads, size]), [0, 2, 1, 3]),
  ]);
}

/** Each key/value head stands for a group of query heads: [r, kv, t, d] → [r, kv * group, t, d]. */
export function repeatHeads(tape: Tape, x: Tensor, group: number): Tensor {
  if (group === 1) return x;
  const { graph } = tape;
  const [rows, heads, context, size] = x.shape.map(Number);
  const grouped = [rows, heads, group, context, size];
  const single = reshape(graph, x, [rows, heads, 1, context, size]);
  const expanded = graph.node("Expand", [single, graph.integers(grouped)], grouped);
  const y = reshape(graph, expanded, [rows, heads * group, context, size]);
  return tape.record([x], y, (dy) => [
    reshape(graph, sumOver(graph, reshape(graph, dy, grouped), 2), [rows, heads, context, size]),
  ]);
}

function causal(graph: OnnxGraph, start: number, end: number): Tensor {
  const chunk = end - start;
  const mask = new Float32Array(chunk * end);
  for (let query = 0; query < chunk; query++) {
    mask.fill(MASKED, query * end + start + query + 1, (query + 1) * end);
  }
  return graph.floats(mask, [chunk, end]);
}

/** part [.., size, keys up to some place], the rest of the keys counting nothing. */
function sumPadded(
  graph: OnnxGraph,
  sum: Tensor | undefined,
  part: Tensor,
  context: number,
): Tensor {
  const padded = padTo(graph, part, 3, context);
  return sum ? add(graph, sum, padded) : padded;
}
