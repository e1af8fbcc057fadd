/**
 * The machine's own limit: how fast ONNX Runtime multiplies plain fp32
 * matrices of the shapes that a model trains with.
 */

import { widestFeedForward, type ModelConfig } from "../../src/core/model/config.ts";
import { OnnxGraph } from "../../src/core/onnx/graph.ts";
import type { Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { gemm } from "../autograd/operators.ts";

interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** The forward products of a micro-batch: projections, feed-forward, head. */
function gemmShapes(config: ModelConfig, microTokens: number): GemmShape[] {
  const { width, vocabSize } = config;
  const ffnWidth = widestFeedForward(config);
  return [
    { m: microTokens, n: width, k: width },
    { m: microTokens, n: ffnWidth, k: width },
    { m: microTokens, n: width, k: ffnWidth },
    { m: microTokens, n: vocabSize, k: width },
  ];
}

/** Floating-point operations a second of the best of `repeats` runs. */
async function measureGemm(
  runtime: Runtime,
  { m, n, k }: GemmShape,
  { repeats, threads }: { readonly repeats: number; readonly threads?: number },
): Promise<number> {
  const graph = new OnnxGraph();
  const a = graph.input("a", "float32", [m, k]);
  const b = graph.input("b", "float32", [n, k]);
  graph.output(gemm(graph, a, b, { transB: true }), "c");
  const session = await runtime.session(graph.toBytes(), { threads });
  const random = (shape: [number, number]) => {
    const value = runtime.value(runtime.allocate("float32", shape[0] * shape[1]), shape);
    value.data.forEach((_, i, data) => (data[i] = Math.sin(i))); // denormals or zeros would flatter
    return value;
  };
  const run = session.bind({ a: random([m, k]), b: random([n, k]) }, { c: random([m, n]) });
  let best = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const started = performance.now();
    await run.run("blocking");
    best = Math.min(best, performance.now() - started);
  }
  session.release();
  return (2 * m * n * k) / (best / 1000);
}

/** The best rate over the model's shapes. */
export async function bestGemmRate(
  runtime: Runtime,
  config: ModelConfig,
  microTokens: number,
  options: { readonly repeats: number; readonly threads?: number },
): Promise<number> {
  let best = 0;
  for (const shape of gemmShapes(config, microTokens)) {
    best = Math.max(best, await measureGemm(runtime, shape, options));
  }
  return best;
}
