import { describe, expect, it } from "vitest";

import { measureDecoder } from "../../../../src/generate/benchmark/decoder-speed.ts";
import { ScriptedDecoder } from "../../../support/scripted-decoder.ts";

describe("the speed of a decoder", () => {
  it("is measured for reading, for two contexts and for chats together", async () => {
    const decoder = new FilledDecoder(() => 7, { slots: 8, context: 512 });
    const { prefill, decode, batch } = await measureDecoder(decoder);
    expect(prefill).toBeGreaterThan(0);
    expect(Object.keys(decode)).toEqual(["64", "256"]);
    expect(Object.keys(batch)).toEqual(["1", "4", "8"]);
  });

  it("leaves out what the model is too small for", async () => {
    const decoder = new FilledDecoder(() => 7, { slots: 2, context: 128 });
    const { decode, batch } = await measureDecoder(decoder);
    expect(Object.keys(decode)).toEqual(["64"]);
    expect(Object.keys(batch)).toEqual(["1"]);
  });
});

/** Steps may begin anywhere: what a cache holds does not change how long a step takes. */
class FilledDecoder extends ScriptedDecoder {
  override async step(tokens: readonly number[], positions: readonly number[]) {
    for (const [slot, position] of positions.entries()) {
      await this.read(
        slot,
        0,
        Array.from({ length: position }, () => 7),
      );
    }
    return super.step(tokens, positions);
  }
}
