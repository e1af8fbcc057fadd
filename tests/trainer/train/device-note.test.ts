import { describe, expect, it } from "vitest";

import type { Device } from "../../../src/core/onnx/device.ts";
import { noteDevice } from "../../../trainer/train/device-note.ts";

type Counts = Readonly<Record<string, number>> | undefined;

function noteOf(device: Device, ...sessions: Counts[]): string[] {
  const notes: string[] = [];
  noteDevice(
    { device },
    sessions.map((counts) => ({ leftToCpu: counts && new Map(Object.entries(counts)) })),
    { note: (text) => void notes.push(text) },
  );
  return notes;
}

describe("what is said about the device", () => {
  it("names what the CPU does in its place, over all sessions", () => {
    expect(noteOf("webgpu", { Slice: 2, Reshape: 1 }, { Slice: 1, LogSoftmax: 1 })).toEqual([
      "Computing on webgpu; the CPU does what it lacks: 3 Slice, 1 Reshape, 1 LogSoftmax.",
    ]);
  });

  it("is short where the device does all, or nobody knows", () => {
    expect(noteOf("cuda", {}, undefined)).toEqual(["Computing on cuda."]);
  });

  it("is nothing on the CPU", () => {
    expect(noteOf("cpu", {})).toEqual([]);
  });

  it("is a refusal where the CPU would do the products", () => {
    expect(() => noteOf("webgpu", { Slice: 1 }, { Gemm: 4 })).toThrow(
      "webgpu leaves matrix products to the CPU: Gemm.",
    );
  });
});
