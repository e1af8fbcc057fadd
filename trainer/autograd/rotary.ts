/** Rotary position embedding (Su et al., 2021), rotate-half order as in Hugging Face's Llama. */

import { MICROSOFT, type Tensor } from "../../src/core/onnx/graph.ts";
import { ropeTables } from "../../src/core/model/rope.ts";
import { reshape } from "./operators.ts";
import type { Tape } from "./tape.ts";

export interface RotaryShape {
  readonly rows: number;
  readonly context: number;
  readonly heads: number;
  readonly ropeBase: number;
}

/** x [rows * context, heads * head size]; position is the place in the row. The gradient rotates back. */
export function rotary(tape: Tape, x: Tensor, shape: RotaryShape): Tensor {
  const { graph } = tape;
  const width = Number(x.shape[1]);
  const half = width / shape.heads / 2;
  const tables = ropeTables(shape.context, half * 2, shape.ropeBase);
  const rotate = (input: Tensor, sine: Float32Array) => {
    const sequence = [shape.rows, shape.context, width];
    const rotated = graph.node(
      "RotaryEmbedding",
      [
        reshape(graph, input, sequence),
        graph.integers([0]), // the first position of every row
        graph.floats(tables.cosine, [shape.context, half]),
        graph.floats(sine, [shape.context, half]),
      ],
      sequence,
      { num_heads: shape.heads, interleaved: 0 },
      { domain: MICROSOFT },
    );
    return reshape(graph, rotated, x.shape.map(Number));
  };
  return tape.record([x], rotate(x, tables.sine), (dy) => [
    rotate(
      dy,
      tables.sine.map((value) => -value),
    ),
  ]);
}
