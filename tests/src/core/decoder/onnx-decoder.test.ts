import { describe, expect, it } from "vitest";

import {
  RUNTIMES,
  someIds,
  TINY,
  tinyDecoder,
  type RuntimeKind,
} from "../../../support/tiny-model.ts";

describe.each(RUNTIMES)("the ONNX decoder, %s", (kind) => {
  it("gives the same logits read at once, in pieces and token by token", async () => {
    const decoder = await tinyDecoder({ kind });
    const ids = someIds(50);
    const whole = Float32Array.from(await decoder.read(0, 0, ids));
    await decoder.read(1, 0, ids.slice(0, 20));
    const pieces = Float32Array.from(await decoder.read(1, 20, ids.slice(20)));
    for (let position = 0; position < 49; position++) {
      await decoder.read(2, position, [ids[position]!]);
    }
    const single = Float32Array.from(await decoder.read(2, 49, [ids[49]!]));
    expect(largestDifference(whole, pieces)).toBeLessThan(1e-5);
    expect(largestDifference(whole, single)).toBeLessThan(1e-5);
  });

  it("decodes chats of different length together, bit for bit as alone", async () => {
    const decoder = await tinyDecoder({ kind });
    const prompts = [someIds(5), someIds(37, 100), someIds(70, 200)];
    const alone: Float32Array[] = [];
    for (const [index, prompt] of prompts.entries()) {
      await decoder.read(0, 0, prompt);
      const step = await decoder.step([50 + index], [prompt.length]);
      alone.push(Float32Array.from(step[0]!));
    }
    for (const [slot, prompt] of prompts.entries()) await decoder.read(slot, 0, prompt);
    const together = await decoder.step(
      prompts.map((_, index) => 50 + index),
      prompts.map(({ length }) => length),
    );
    alone.forEach((logits, slot) =>
      expect(Array.from(together[slot]!)).toEqual(Array.from(logits)),
    );
  });

  it("moves a chat to another slot without a trace", async () => {
    const decoder = await tinyDecoder({ kind });
    const prompts = [someIds(30), someIds(12, 50)];
    for (const [slot, prompt] of prompts.entries()) await decoder.read(slot, 0, prompt);
    const before = (await decoder.step([9, 10], [30, 12])).map((row) => Float32Array.from(row));
    decoder.swap([0, 1], [30, 12]);
    const after = await decoder.step([10, 9], [12, 30]);
    expect(Array.from(after[0]!)).toEqual(Array.from(before[1]!));
    expect(Array.from(after[1]!)).toEqual(Array.from(before[0]!));
  });

  it("never goes beyond the context", async () => {
    const decoder = await tinyDecoder({ kind });
    await decoder.read(0, 0, someIds(TINY.context));
    await expect(decoder.step([7], [TINY.context])).rejects.toThrow(/outside a context of 96/);
  });
});

it("gives the same logits in place and through the official binding", async () => {
  const logitsOf = async (kind: RuntimeKind) => {
    const decoder = await tinyDecoder({ kind });
    await decoder.read(0, 0, someIds(40));
    return Array.from((await decoder.step([11], [40]))[0]!);
  };
  expect(await logitsOf("binding")).toEqual(await logitsOf("in-place"));
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
