import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import { parseTokenizerJson, toTokenizerJson } from "../../../src/core/tokenizer/tokenizer-file.ts";
import {
  trainTokenizer,
  type TokenizerProgress,
} from "../../../trainer/tokenizer/train-tokenizer.ts";
import { anyText, HARD_TEXTS } from "../../support/tiny-tokenizer.ts";

const CORPUS = [
  "The cat sat on the mat, and the other cat sat there too.",
  "Don't you think that the weather is nice today? I think so.",
  "안녕하세요! 안녕히 가세요. 👩‍👩‍👧 👩‍👩‍👧",
  ...HARD_TEXTS,
];

const train = (texts: readonly string[], vocabSize: number) => trainTokenizer({ texts, vocabSize });

describe("trainTokenizer", () => {
  it("learns the size asked for and compresses what it has seen", async () => {
    const tokenizer = await train(CORPUS, 300);
    expect(tokenizer.vocabSize).toBe(300);
    const text = CORPUS[0];
    expect(tokenizer.encode(text).length).toBeLessThan(Buffer.byteLength(text) * 0.8);
  });

  it("gives the same hash for the same corpus, and the same file", async () => {
    const [first, second] = [await train(CORPUS, 320), await train(CORPUS, 320)];
    expect(second.hash).toBe(first.hash);
    expect(toTokenizerJson(second)).toBe(toTokenizerJson(first));
    expect((await train([...CORPUS, "cat cat cat cat cat cat"], 320)).hash).not.toBe(first.hash);
  });

  it("decodes any text to itself, also from its file", async () => {
    const tokenizer = await train(CORPUS, 340);
    const again = parseTokenizerJson(toTokenizerJson(tokenizer), "tokenizer.json");
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(text);
        expect(again.encode(text)).toEqual(ids);
      }),
    );
  });

  it("spells every token with that token alone", async () => {
    const tokenizer = await train(CORPUS, 400);
    const learnt = Array.from({ length: tokenizer.vocabSize - 262 }, (_, i) => 262 + i);
    const whole = learnt.filter((id) => !tokenizer.decode([id]).includes("\ufffd"));
    expect(whole.map((id) => tokenizer.encode(tokenizer.decode([id])))).toEqual(
      whole.map((id) => [id]),
    );
  });

  it("stops early where the corpus has too few pairs", async () => {
    expect((await train(["hello hello"], 4096)).vocabSize).toBe(266);
  });

  it("remembers that it composes accents", async () => {
    const tokenizer = await trainTokenizer({ texts: CORPUS, vocabSize: 300, normalize: "NFC" });
    const again = parseTokenizerJson(toTokenizerJson(tokenizer), "tokenizer.json");
    expect(again.decode(again.encode("e\u0301"))).toBe("\u00e9");
  });

  it("says how far it is", async () => {
    const seen: TokenizerProgress[] = [];
    await trainTokenizer({
      texts: CORPUS,
      vocabSize: 300,
      onProgress: (state) => seen.push(state),
    });
    expect(seen[0]).toMatchObject({ stage: "count", texts: 1 });
    expect(seen.at(-1)).toEqual({ stage: "merge", merges: 32, wanted: 38 });
  });

  it("refuses a vocabulary without room for the bytes, and a corpus without text", async () => {
    await expect(train(CORPUS, 261)).rejects.toThrow(HintedError);
    await expect(train(["", ""], 300)).rejects.toThrow("holds no text");
  });
});
