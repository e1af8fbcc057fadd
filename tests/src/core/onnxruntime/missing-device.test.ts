import { describe, expect, it } from "vitest";

import { EXIT_FAILURE } from "../../../../src/core/errors.ts";
import { missingDevice } from "../../../../src/core/onnxruntime/missing-device.ts";

const NO_ADAPTER = new Error(
  "/src/core/providers/webgpu/webgpu_context.cc:136 WebGpuContext::Initialize()::<lambda()> " +
    "adapter_result.status == wgpu::RequestAdapterStatus::Success was false. " +
    "Failed to get a WebGPU adapter: No supported adapters\n\n",
);
const linux = { platform: "linux", arch: "x64" };
const none = { hasCuda: false };

describe("a device that is missing", () => {
  it("is said in ONNX Runtime's words, without its file names, on one line", () => {
    const error = missingDevice("webgpu", NO_ADAPTER, { ...none, machine: linux });
    expect(error.message).toBe(
      "--device webgpu cannot be used here: Failed to get a WebGPU adapter: No supported adapters.",
    );
    expect(error.exitCode).toBe(EXIT_FAILURE);
    expect(error.cause).toBe(NO_ADAPTER);
  });

  it.each([
    ["webgpu", "linux", "x64", false, /^Install the card's Vulkan driver/],
    ["webgpu", "darwin", "arm64", false, /^Update the driver of the graphics card/],
    ["webgpu", "win32", "x64", false, /^Update the driver of the graphics card/],
    ["webgpu", "linux", "arm64", false, /package has it for linux x64, darwin arm64/],
    ["cuda", "linux", "x64", false, /npm rebuild onnxruntime-node --ignore-scripts=false/],
    ["cuda", "linux", "x64", true, /^Install NVIDIA's driver .*CUDA 12 and cuDNN 9/],
    ["cuda", "darwin", "arm64", false, /package has it for linux x64: take another device/],
    ["cuda", "win32", "x64", false, /package has it for linux x64: take another device/],
  ] as const)("%s on %s %s (libraries there: %s): %s", (device, platform, arch, hasCuda, hint) => {
    const machine = { platform, arch };
    expect(missingDevice(device, new Error("no"), { machine, hasCuda }).hint).toMatch(hint);
  });

  it("always says how to go on without it", () => {
    const { hint } = missingDevice("webgpu", NO_ADAPTER, { ...none, machine: linux });
    expect(hint).toMatch(/leave --device out to use the CPU\.$/);
  });
});
