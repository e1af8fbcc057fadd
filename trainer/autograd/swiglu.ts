/** SwiGLU (Shazeer, 2020): silu(gate) ⊙ up. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { add, multiply, subtract, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** silu'(g) = σ(g) (1 + g − silu(g)). Both inputs [n, ffn width]. */
export function swiglu(tape: Tape, gate: Tensor, up: Tensor): Tensor {
  const { graph } = tape;
  const sigmoid = unary(graph, "Sigmoid", gate);
  const silu = multiply(graph, gate, sigmoid);
  return tape.record([gate, up], multiply(graph, silu, up), (dy) => {
    const one = graph.scalar(1);
    const slope = multiply(graph, sigmoid, add(graph, subtract(graph, gate, silu), one));
    return [multiply(graph, multiply(graph, dy, up), slope), multiply(graph, dy, silu)];
  });
}
