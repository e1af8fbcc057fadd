/** Squared ReLU (So et al., Primer, 2021, section 3): max(x, 0)². */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { add, multiply, unary } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** The derivative is 2 max(x, 0). */
export function squaredRelu(tape: Tape, x: Tensor): Tensor {
  const { graph } = tape;
  const positive = unary(graph, "Relu", x);
  return tape.record([x], multiply(graph, positive, positive), (dy) => [
    multiply(graph, dy, add(graph, positive, positive)),
  ]);
}
