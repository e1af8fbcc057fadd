/** Rows of a table by token id; the gradient adds each row back where it came from. */

import type { Tensor } from "../../src/core/onnx/graph.ts";
import { reshape } from "./operators.ts";
import type { Tape } from "./tape.ts";

/** table [vocabulary, width], tokens [n] int64 → [n, width]. The table's gradient must have been started. */
export function embedding(tape: Tape, table: Tensor, tokens: Tensor): Tensor {
  const { graph } = tape;
  const rows = Number(tokens.shape[0]);
  const found = graph.node("Gather", [table, tokens], [rows, table.shape[1]], { axis: 0 });
  return tape.record([table], found, (dFound, [dTable]) => {
    if (!dTable) return [null]; // frozen, and not the head either
    const indices = reshape(graph, tokens, [rows, 1]);
    const total = graph.node("ScatterND", [dTable, indices, dFound], table.shape, {
      reduction: "add",
    });
    return [{ total }];
  });
}
