import { describe, expect, it, onTestFinished } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import { proveDevice } from "../../../../src/core/onnxruntime/prove-device.ts";
import { openRuntime, type Session } from "../../../../src/core/onnxruntime/runtime.ts";

/** A CPU that calls itself a card, its sessions changed. */
async function card(change: (session: Session) => Session) {
  const runtime = await openRuntime();
  onTestFinished(() => runtime.dispose());
  return {
    ...runtime,
    session: async (model: Uint8Array) => change(await runtime.session(model)),
  };
}

describe("the proof of a device", () => {
  it("is a product that comes out right", async () => {
    await expect(proveDevice(await card((session) => session), "webgpu")).resolves.toBeUndefined();
  });

  it("fails where the result is wrong", async () => {
    const idle = await card((session) => ({
      ...session,
      bind: () => ({ setInput() {}, setOutput() {}, run: () => Promise.resolve() }),
    }));
    await expect(proveDevice(idle, "webgpu")).rejects.toThrow(
      /product of two matrices is wrong: 0/,
    );
  });

  it("fails where the CPU computes in the device's place", async () => {
    const idle = await card((session) => ({ ...session, leftToCpu: new Map([["MatMul", 1]]) }));
    await expect(proveDevice(idle, "webgpu")).rejects.toThrow(/leaves matrix products to the CPU/);
  });

  it("gives the provider's own reason, not what the session says about the model", async () => {
    const broken = await card(() => {
      throw new HintedError("ONNX Runtime refuses the model", {
        hint: "The file is damaged.",
        cause: new Error("CUDA failure 35: the driver is too old\nat somewhere"),
      });
    });
    await expect(proveDevice(broken, "cuda", true)).rejects.toThrow(
      /^--device cuda cannot be used here: CUDA failure 35: the driver is too old\.$/,
    );
  });

  it("does not ask ONNX Runtime for CUDA whose libraries are not there", async () => {
    const unused = await card(() => {
      throw new Error("asked");
    });
    await expect(proveDevice(unused, "cuda", false)).rejects.toThrow(/libraries are not installed/);
  });
});
