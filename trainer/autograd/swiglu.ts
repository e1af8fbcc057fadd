/** SwiGLU (Shazeer, 2020): silu(gate) ⊙ up. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { add, multiply, subtract, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";

/**
 * Both inputs [n, ffn width]. silu'(g) = σ(g) (1 + g − silu(g)), so
 * silu'(g) · up = σ(g) · (up − y) + y with y = silu(g) ⊙ up.
 */
export function swiglu(tape: Tape, gate: Tensor, up: Tensor): Tensor {
  const { graph } = tape;
  const sigmoid = unary(graph, "Sigmoid", gate);
  const silu = multiply(graph, gate, sigmoid);
  const y = multiply(graph, silu, up);
  return tape.record([gate, up], y, (dy) => {
    const slope = add(graph, multiply(graph, sigmoid, subtract(graph, up, y)), y);
    return [multiply(graph, dy, slope), multiply(graph, dy, silu)];
  });
}
