/** Runs a graph of one input and one output on numbers. */

import type { Tensor } from "../../../src/core/onnx/graph.ts";
import { OnnxGraph } from "../../../src/core/onnx/graph.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";

export async function runGraph(
  shape: readonly [number, number],
  input: ArrayLike<number>,
  build: (graph: OnnxGraph, input: Tensor) => Tensor,
): Promise<Float32Array> {
  const runtime = await openRuntime();
  const graph = new OnnxGraph();
  const output = build(graph, graph.input("input", "float32", shape));
  graph.output(output, "output");
  const size = (tensor: readonly number[]) => tensor.reduce((a, b) => a * b, 1);
  const of = (dimensions: readonly number[]) =>
    runtime.value(runtime.allocate("float32", size(dimensions)), dimensions);
  const values = { input: of(shape), output: of(output.shape.map(Number)) };
  values.input.data.set(input);
  const session = await runtime.session(graph.toBytes(), { threads: 1 });
  await session.bind({ input: values.input }, { output: values.output }).run();
  const found = values.output.data.slice();
  session.release();
  runtime.dispose();
  return found;
}
