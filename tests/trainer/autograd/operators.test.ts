import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { OnnxGraph, type Tensor } from "../../../src/core/onnx/graph.ts";
import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { gemm, transpose, transposedCopy } from "../../../trainer/autograd/operators.ts";
import { readProfile } from "../../../trainer/bench/operator-profile.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

type Transposition = (graph: OnnxGraph, matrix: Tensor) => Tensor;

/** aᵀ b, and the operators that ONNX Runtime really ran for it. */
async function productWith(turned: Transposition) {
  const runtime = await openRuntime();
  const graph = new OnnxGraph();
  const [a, b] = ["a", "b"].map((name) => graph.input(name, "float32", [2, 2]));
  graph.output(gemm(graph, turned(graph, a), b), "product");
  const value = (numbers: readonly number[]) => {
    const memory = runtime.allocate("float32", 4);
    memory.data.set(numbers);
    return runtime.value(memory, [2, 2]);
  };
  const product = value([0, 0, 0, 0]);
  const prefix = join(temporaryFolder(), "trace");
  const session = await runtime.session(graph.toBytes(), { threads: 1, profilePrefix: prefix });
  await session.bind({ a: value([1, 2, 3, 4]), b: value([5, 6, 7, 8]) }, { product }).run();
  const { operators } = await readProfile(session.endProfiling() ?? "");
  const numbers = [...product.data];
  session.release();
  runtime.dispose();
  return { numbers, operators: operators.map(({ operator }) => operator) };
}

describe("a transposed copy", () => {
  it("is the transposed matrix, and is not folded into the product", async () => {
    const { numbers, operators } = await productWith(transposedCopy);
    expect(numbers).toEqual([26, 30, 38, 44]);
    expect(operators).toContain("Transpose");
  });

  it("would be folded without further ado", async () => {
    const { numbers, operators } = await productWith((graph, a) => transpose(graph, a, [1, 0]));
    expect(numbers).toEqual([26, 30, 38, 44]);
    expect(operators).not.toContain("Transpose");
  });
});
