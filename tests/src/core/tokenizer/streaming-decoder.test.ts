import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { StreamingDecoder } from "../../../../src/core/tokenizer/streaming-decoder.ts";
import { HARD_TEXTS, tinyTokenizer } from "../../../support/tiny-tokenizer.ts";

function stream(ids: readonly number[]): string[] {
  const decoder = new StreamingDecoder(tinyTokenizer);
  return [...ids.map((id) => decoder.push(id)), decoder.end()];
}

describe("StreamingDecoder", () => {
  it("holds a character back until all its bytes are there", () => {
    expect(stream(tinyTokenizer.encode("é!"))).toEqual(["", "é", "!", ""]);
    expect(stream(tinyTokenizer.encode("👍"))).toEqual(["", "", "", "👍", ""]);
  });

  it("ends with U+FFFD where a character was cut off", () => {
    expect(stream(tinyTokenizer.encode("a👍").slice(0, 3))).toEqual(["a", "", "", "\ufffd"]);
  });

  it("keeps a byte order mark, which is part of the text", () => {
    expect(stream(tinyTokenizer.encode("\ufeffa")).join("")).toBe("\ufeffa");
  });

  it("gives in pieces what decode gives at once", () => {
    const anyIds = fc.array(fc.nat(tinyTokenizer.vocabSize - 1));
    const textIds = fc.constantFrom(...HARD_TEXTS).map((text) => tinyTokenizer.encode(text));
    fc.assert(
      fc.property(fc.oneof(anyIds, textIds), (ids) => {
        expect(stream(ids).join("")).toBe(tinyTokenizer.decode(ids));
      }),
    );
  });
});
