/** Why a device cannot be used here, in words, and what would help on this machine. */

import { EXIT_FAILURE, HintedError, reasonOf } from "../errors.ts";
import type { Device } from "../onnx/device.ts";
import type { Machine } from "./library.ts";

/** A device that not every machine has. */
export type Accelerator = Exclude<Device, "cpu">;

/** Where onnxruntime-node 1.30 brings the provider along, or downloads it when it is rebuilt. */
const BUILT_FOR: Readonly<Record<Accelerator, readonly string[]>> = {
  webgpu: ["linux x64", "darwin arm64", "win32 x64", "win32 arm64"],
  cuda: ["linux x64"],
};

const REBUILD = "npm rebuild onnxruntime-node --ignore-scripts=false";

/** Why the device cannot be used, and what would help on this machine. */
export function missingDevice(
  device: Accelerator,
  cause: unknown,
  { machine = process, hasCuda }: { readonly machine?: Machine; readonly hasCuda: boolean },
): HintedError {
  return new HintedError(`--device ${device} cannot be used here: ${plainReason(cause)}.`, {
    hint: `${remedy(device, machine, hasCuda)}, or leave --device out to use the CPU.`,
    cause,
    exitCode: EXIT_FAILURE,
  });
}

function remedy(device: Accelerator, { platform, arch }: Machine, hasCuda: boolean): string {
  if (!BUILT_FOR[device].includes(`${platform} ${arch}`)) {
    return `ONNX Runtime's package has it for ${BUILT_FOR[device].join(", ")}: take another device`;
  }
  if (device === "cuda") {
    return hasCuda
      ? "Install NVIDIA's driver (nvidia-smi shows it), CUDA 12 and cuDNN 9"
      : `Download its libraries with: ${REBUILD}`;
  }
  return platform === "linux"
    ? "Install the card's Vulkan driver (Debian: mesa-vulkan-drivers, or NVIDIA's)"
    : "Update the driver of the graphics card";
}

/**
 * ONNX Runtime's complaint without the file, function and condition before it.
 *
 * `/src/webgpu_context.cc:136 Init() status == Success was false. Failed to get a WebGPU adapter:
 * No supported adapters` becomes `Failed to get a WebGPU adapter: No supported adapters`.
 */
function plainReason(cause: unknown): string {
  const [line = ""] = reasonOf(cause)
    .replace(/^.* was false\. /s, "")
    .trim()
    .split("\n");
  return line.replace(/\.$/, "");
}
