import { describe, expect, it } from "vitest";

import { float, OnnxGraph } from "../../../../src/core/onnx/graph.ts";
import { libraryPathInPackage } from "../../../../src/core/onnxruntime/library.ts";
import { openRuntime } from "../../../../src/core/onnxruntime/runtime.ts";

/** y = x W + y, a product that adds onto its own output. */
function accumulatingProduct(): Uint8Array {
  const graph = new OnnxGraph();
  const x = graph.input("x", "float32", [2, 3]);
  const w = graph.input("w", "float32", [3, 2]);
  const before = graph.input("before", "float32", [2, 2]);
  const y = graph.node("Gemm", [x, w, before], [2, 2], { alpha: float(1), beta: float(1) });
  graph.output(y, "after");
  return graph.toBytes();
}

describe.each(["in-place", "binding"])("ONNX Runtime called %s", (kind) => {
  it("updates a tensor in place when it is both input and output", async () => {
    const runtime = await openRuntime({ environment: { LFZ_ORT: kind } });
    const session = await runtime.session(accumulatingProduct(), { threads: 1 });
    const memory = runtime.allocate("float32", 2 * 3 + 3 * 2 + 2 * 2);
    const x = runtime.value(memory, [2, 3], 0);
    const w = runtime.value(memory, [3, 2], 6);
    const y = runtime.value(memory, [2, 2], 12);
    x.data.set([1, 2, 3, 4, 5, 6]);
    w.data.set([1, 0, 0, 1, 1, 1]);
    y.data.fill(10);

    const bound = session.bind({ x, w, before: y }, { after: y });
    await bound.run();
    expect([...y.data]).toEqual([14, 15, 20, 21]);
    await bound.run("blocking");
    expect([...y.data]).toEqual([18, 20, 30, 32]);

    expect(runtime.kind).toBe(kind);
    session.release();
    runtime.dispose();
  });

  it("exchanges an input between runs", async () => {
    const runtime = await openRuntime({ environment: { LFZ_ORT: kind } });
    const session = await runtime.session(accumulatingProduct(), { threads: 1 });
    const fill = (shape: number[], number: number) => {
      const value = runtime.value(runtime.allocate("float32", 6), shape);
      value.data.fill(number);
      return value;
    };
    const after = fill([2, 2], 0);
    const zero = fill([2, 2], 0);
    const w = fill([3, 2], 1);
    const bound = session.bind({ x: fill([2, 3], 1), w, before: zero }, { after });
    await bound.run();
    expect([...after.data]).toEqual([3, 3, 3, 3]);
    bound.setInput("x", fill([2, 3], 2));
    await bound.run();
    expect([...after.data]).toEqual([6, 6, 6, 6]);
    expect(() => bound.setInput("nothing", w)).toThrow('The run has no "nothing"');
    session.release();
    runtime.dispose();
  });

  it("refuses bytes that are no model, in words", async () => {
    const runtime = await openRuntime({ environment: { LFZ_ORT: kind } });
    await expect(runtime.session(new Uint8Array([1, 2, 3]))).rejects.toThrow(/refuses the model/);
  });

  it("refuses a tensor that leaves its memory", async () => {
    const runtime = await openRuntime({ environment: { LFZ_ORT: kind } });
    const memory = runtime.allocate("float32", 4);
    expect(() => runtime.value(memory, [2, 2], 1)).toThrow(RangeError);
  });
});

describe("the library's place", () => {
  it.each([
    ["linux", "x64", "bin/napi-v6/linux/x64/libonnxruntime.so.1"],
    ["linux", "arm64", "bin/napi-v6/linux/arm64/libonnxruntime.so.1"],
    ["darwin", "x64", "bin/napi-v6/darwin/x64/libonnxruntime.1.dylib"],
    ["darwin", "arm64", "bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib"],
    ["win32", "x64", "bin/napi-v6/win32/x64/onnxruntime.dll"],
    ["win32", "arm64", "bin/napi-v6/win32/arm64/onnxruntime.dll"],
  ])("is known for %s on %s", (platform, arch, path) => {
    expect(libraryPathInPackage({ platform, arch }).replaceAll("\\", "/")).toBe(path);
  });

  it("is refused where ONNX Runtime has none", () => {
    expect(() => libraryPathInPackage({ platform: "sunos", arch: "x64" })).toThrow(/sunos/);
  });
});

describe("LFZ_ORT", () => {
  it("refuses a word it does not know", async () => {
    await expect(openRuntime({ environment: { LFZ_ORT: "gpu" } })).rejects.toThrow("LFZ_ORT=gpu");
  });
});
