/** Dropout (Srivastava et al., 2014): numbers are left out at random while the model learns. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { multiply } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** mask of the shape of x: 0 where x is left out, 1 / (1 − rate) elsewhere. It is an input: chance comes from outside. */
export function dropout(tape: Tape, x: Tensor, mask: Tensor): Tensor {
  const { graph } = tape;
  return tape.record([x], multiply(graph, x, mask), (dy) => [multiply(graph, dy, mask)]);
}
