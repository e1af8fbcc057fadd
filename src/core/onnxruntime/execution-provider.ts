/** A device as an execution provider of the C API, and which nodes it leaves to the CPU. */

import type { Device } from "../onnx/device.ts";
import type { CApi, Placement, Pointer } from "./c-api.ts";

const CPU_PROVIDER = "CPUExecutionProvider";

type ProviderCalls = Pick<CApi, "addSessionConfigEntry" | "appendCuda" | "appendProvider">;

/** The device will run the nodes that it has kernels for, the CPU all others. */
export function appendDevice(api: ProviderCalls, settings: Pointer, device: Device): void {
  if (device === "cpu") return;
  api.addSessionConfigEntry(settings, "session.record_ep_graph_assignment_info", "1");
  if (device === "cuda") api.appendCuda(settings);
  else api.appendProvider(settings, "WebGPU");
}

/** The operators that the CPU runs, with the number of their nodes. */
export function leftToCpu(placements: readonly Placement[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { provider, operators } of placements) {
    if (provider !== CPU_PROVIDER) continue;
    for (const name of operators) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
