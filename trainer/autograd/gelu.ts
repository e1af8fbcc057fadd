/** GELU (Hendrycks & Gimpel, 2016): x Φ(x), the exact form with the error function. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { add, multiply, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** The derivative is Φ(x) + x φ(x), φ(x) = exp(−x² / 2) / √2π being the normal density. */
export function gelu(tape: Tape, x: Tensor): Tensor {
  const { graph } = tape;
  const by = (a: Tensor, factor: number) => multiply(graph, a, graph.scalar(factor));
  const erf = unary(graph, "Erf", by(x, Math.SQRT1_2));
  const cumulative = add(graph, by(erf, 0.5), graph.scalar(0.5));
  const y = multiply(graph, x, cumulative);
  return tape.record([x], y, (dy) => {
    const bell = unary(graph, "Exp", by(multiply(graph, x, x), -0.5));
    const density = by(bell, 1 / Math.sqrt(2 * Math.PI));
    const slope = add(graph, cumulative, multiply(graph, x, density));
    return [multiply(graph, dy, slope)];
  });
}
