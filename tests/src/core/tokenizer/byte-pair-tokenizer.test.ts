import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BytePairTokenizer } from "../../../../src/core/tokenizer/byte-pair-tokenizer.ts";
import { byteLengths, requireChatTokenizer } from "../../../../src/core/tokenizer/tokenizer.ts";
import {
  HARD_TEXTS,
  idOf,
  tinyDefinition,
  tinyTokenizer,
} from "../../../support/tiny-tokenizer.ts";

/** Any UTF-16, lone surrogates included. */
const anyUnits = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

describe("a byte-level BPE tokenizer", () => {
  it("numbers specials, bytes and merges as everybody expects", () => {
    expect(tinyTokenizer.specials).toEqual({ sos: 0, sep: 1, eos: 2, pad: 3, unk: 4, stop: 5 });
    expect(tinyTokenizer.vocabSize).toBe(268);
    expect([...tinyTokenizer.bytesOf(6)]).toEqual([0]);
    expect([...tinyTokenizer.bytesOf(261)]).toEqual([255]);
    expect(Buffer.from(tinyTokenizer.bytesOf(264)).toString()).toBe("hell");
  });

  it("merges in the order learnt, within words only", () => {
    expect(tinyTokenizer.encode("hello world")).toEqual([
      264,
      idOf("o"),
      265,
      ...["o", "r", "l", "d"].map(idOf),
    ]);
    expect(tinyTokenizer.encode("h ell")).toEqual([idOf("h"), idOf(" "), idOf("e"), 263]);
    expect(tinyTokenizer.encode("aaaaaaa")).toEqual([267, 266, idOf("a")]);
  });

  it.each(HARD_TEXTS)("decodes %j to itself", (text) => {
    expect(tinyTokenizer.decode(tinyTokenizer.encode(text))).toBe(text);
  });

  it("decodes any text to itself, a lone surrogate to U+FFFD", () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        expect(tinyTokenizer.decode(tinyTokenizer.encode(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it("spells any bytes, though they are no text", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const spelled = Array.from(bytes, (byte) => [...tinyTokenizer.bytesOf(6 + byte)]).flat();
        expect(spelled).toEqual([...bytes]);
      }),
    );
  });

  it("never makes a special token of what people write", () => {
    const names = fc.constantFrom("<sos>", "<sep>", "<eos>", "<pad>", "<unk>", "<stop>");
    fc.assert(
      fc.property(fc.array(fc.oneof(names, anyUnits)), (parts) => {
        const ids = tinyTokenizer.encode(parts.join(""));
        expect(ids.some((id) => tinyTokenizer.isSpecial(id))).toBe(false);
      }),
    );
  });

  it("makes special tokens of the names it is allowed to", () => {
    const text = "<sos>aa<sep>";
    expect(tinyTokenizer.encode(text, { allowedSpecial: "all" })).toEqual([0, 266, 1]);
    const some = tinyTokenizer.encode(text, { allowedSpecial: new Set(["<sep>"]) });
    expect(some.at(-1)).toBe(1);
    expect(some).not.toContain(0);
  });

  it("spells nothing for special tokens and counts the bytes of the others", () => {
    expect(tinyTokenizer.decode([0, 264, 1, 2])).toBe("hell");
    const lengths = byteLengths(tinyTokenizer);
    expect([...lengths.subarray(0, 7)]).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect([...lengths.subarray(262)]).toEqual([2, 2, 4, 2, 2, 4]);
  });

  it("composes accents first if told to, and has another hash then", () => {
    const composing = new BytePairTokenizer({ ...tinyDefinition, normalize: "NFC" });
    expect(composing.decode(composing.encode("cafe\u0301"))).toBe("caf\u00e9");
    expect(composing.hash).not.toBe(tinyTokenizer.hash);
  });

  it("remembers words without mixing them up", () => {
    const words = ["hello", "hell", "aaa"];
    const first = words.map((word) => tinyTokenizer.encode(word));
    for (let i = 0; i < 70_000; i++) tinyTokenizer.encode(`${i}x`);
    expect(words.map((word) => tinyTokenizer.encode(word))).toEqual(first);
  });

  it("encodes a long run of one letter without going quadratic", () => {
    expect(tinyTokenizer.encode("a".repeat(200_000))).toHaveLength(50_000);
  });

  it("is none to chat with where it lacks our special tokens", () => {
    const foreign = new BytePairTokenizer({ ...tinyDefinition, added: [] });
    expect(() => requireChatTokenizer(foreign, "x/tokenizer.json")).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^x\/tokenizer\.json lacks special tokens of the chat template/,
        ),
        hint: "Name a folder that `lfz train` or `lfz tokenizer train` made.",
      }),
    );
  });
});
