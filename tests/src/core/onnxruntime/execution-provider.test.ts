import { describe, expect, it } from "vitest";

import type { Device } from "../../../../src/core/onnx/device.ts";
import { appendDevice, leftToCpu } from "../../../../src/core/onnxruntime/execution-provider.ts";

function callsFor(device: Device): string[] {
  const calls: string[] = [];
  const api = {
    addSessionConfigEntry: (_: unknown, key: unknown) => void calls.push(String(key)),
    appendCuda: () => void calls.push("CUDA"),
    appendProvider: (_: unknown, name: string) => void calls.push(name),
  };
  appendDevice(api, 0n, device);
  return calls;
}

describe("an execution provider", () => {
  it("is asked for by its own way, and who runs what is recorded", () => {
    expect(callsFor("webgpu")).toEqual(["session.record_ep_graph_assignment_info", "WebGPU"]);
    expect(callsFor("cuda")).toEqual(["session.record_ep_graph_assignment_info", "CUDA"]);
    expect(callsFor("cpu")).toEqual([]);
  });

  it("leaves to the CPU what another provider did not take", () => {
    const left = leftToCpu([
      { provider: "WebGpuExecutionProvider", operators: ["Gemm", "Add"] },
      { provider: "CPUExecutionProvider", operators: ["Slice", "Reshape"] },
      { provider: "CPUExecutionProvider", operators: ["Slice"] },
    ]);
    expect(left).toEqual(
      new Map([
        ["Slice", 2],
        ["Reshape", 1],
      ]),
    );
  });
});
