/** Asks a device for a product whose result is known, before anything is built on it. */

import { OnnxGraph } from "../onnx/graph.ts";
import { holdsCuda } from "./library.ts";
import { missingDevice, type Accelerator } from "./missing-device.ts";
import type { Runtime } from "./runtime.ts";

type Prover = Pick<Runtime, "allocate" | "session" | "value">;

/** @throws HintedError if the device does not compute it, or leaves it to the CPU. */
export async function proveDevice(
  runtime: Prover,
  device: Accelerator,
  hasCuda: boolean = holdsCuda(),
): Promise<void> {
  if (device === "cuda" && !hasCuda) {
    // Asked for itself, ONNX Runtime says the same on many lines.
    throw missingDevice(device, new Error("its libraries are not installed"), { hasCuda });
  }
  try {
    await multiply(runtime);
  } catch (error) {
    // A session complains about the model, which is ours; the cause is the provider's own word.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw missingDevice(device, cause, { hasCuda });
  }
}

/** [1 2; 3 4] [5 6; 7 8] = [19 22; 43 50]. */
async function multiply(runtime: Prover): Promise<void> {
  const graph = new OnnxGraph();
  const left = graph.input("left", "float32", [2, 2]);
  const right = graph.input("right", "float32", [2, 2]);
  graph.output(graph.node("MatMul", [left, right], [2, 2]), "product");
  const session = await runtime.session(graph.toBytes(), { threads: 1 });
  try {
    const memory = runtime.allocate("float32", 3 * 4);
    const value = (offset: number) => runtime.value(memory, [2, 2], offset);
    const product = value(8);
    memory.data.set([1, 2, 3, 4, 5, 6, 7, 8]);
    await session.bind({ left: value(0), right: value(4) }, { product }).run();
    if (session.leftToCpu?.has("MatMul")) throw new Error("it leaves matrix products to the CPU");
    if (String(product.data) !== "19,22,43,50") {
      throw new Error(`its product of two matrices is wrong: ${String(product.data)}`);
    }
  } finally {
    session.release();
  }
}
