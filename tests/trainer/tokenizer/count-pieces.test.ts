import { describe, expect, it } from "vitest";

import { countPieces } from "../../../trainer/tokenizer/count-pieces.ts";

describe("countPieces", () => {
  it("counts words with the space before them, and bytes as UTF-8", async () => {
    const { counts, texts, bytes, dropped } = await countPieces(["go go é", "go"]);
    expect(Object.fromEntries(counts)).toEqual({ go: 2, " go": 1, " é": 1 });
    expect({ texts, bytes, dropped }).toEqual({ texts: 2, bytes: 10, dropped: 0 });
  });

  it("passes over runs that no reply says", async () => {
    const { counts, dropped } = await countPieces(["a".repeat(1000), "ok"]);
    expect([...counts.keys()]).toEqual(["ok"]);
    expect(dropped).toBe(1);
  });

  it("forgets the rarest when it holds too many", async () => {
    const texts = ["a a a b b c", "d e f g h i j"];
    const { counts, dropped } = await countPieces(texts, { most: 6 });
    expect(Object.fromEntries(counts)).toEqual({ " a": 2, " b": 2 });
    expect(dropped).toBe(9);
  });

  it("composes accents if told to", async () => {
    const { counts } = await countPieces(["e\u0301"], { normalize: "NFC" });
    expect([...counts.keys()]).toEqual(["\u00e9"]);
  });
});
