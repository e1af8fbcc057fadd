/**
 * How fast this machine reads memory: the limit of decoding, which reads every
 * weight once for every token.
 *
 * Measured as ONNX Runtime sums an array far larger than the caches with all
 * its threads; a sum does nothing but read.
 */

import { OnnxGraph } from "../../core/onnx/graph.ts";
import type { Runtime } from "../../core/onnxruntime/runtime.ts";

const ROWS = 64;
const COLUMNS = 1 << 20;
const REPEATS = 10;

/** What is measured, for whoever reads the figure. */
export const BANDWIDTH_PROBE = `ONNX Runtime sums ${(ROWS * COLUMNS * 4) / 2 ** 20} MiB`;

/** The best of several, in bytes a second. */
export async function measureBandwidth(runtime: Runtime): Promise<number> {
  const graph = new OnnxGraph();
  const input = graph.input("values", "float32", [ROWS, COLUMNS]);
  graph.output(
    graph.node("ReduceSum", [input, graph.integers([1])], [ROWS], { keepdims: 0 }),
    "sums",
  );
  const session = await runtime.session(graph.toBytes());
  const values = runtime.allocate("float32", ROWS * COLUMNS);
  values.data.fill(1); // pages that nobody wrote would all be the same one
  const run = session.bind(
    { values: runtime.value(values, [ROWS, COLUMNS]) },
    { sums: runtime.value(runtime.allocate("float32", ROWS), [ROWS]) },
  );
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    await run.run("blocking");
    best = Math.min(best, performance.now() - start);
  }
  session.release();
  return values.data.byteLength / (best / 1000);
}
