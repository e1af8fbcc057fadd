import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { verbatimShare } from "../../../trainer/eval/memorisation.ts";

async function* streamOf(texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield text;
}

/** The definition, written down without haste. */
function slowShare(samples: readonly string[], texts: readonly string[], words: number): number {
  const windows = (text: string) => {
    const all = text.split(/\s+/u).filter((word) => word !== "");
    return all
      .slice(0, Math.max(0, all.length - words + 1))
      .map((_, i) => all.slice(i, i + words).join(" "));
  };
  const there = new Set(texts.flatMap(windows));
  const said = samples.flatMap(windows);
  return said.length === 0 ? 0 : said.filter((window) => there.has(window)).length / said.length;
}

describe("verbatimShare", () => {
  it("counts the sequences of a sample that stand in a text", async () => {
    const sample = "one two three four five six seven eight nine";
    const text = "zero  one two three four\nfive six seven eight ten";
    expect(await verbatimShare([sample], streamOf([text]))).toEqual({ share: 0.5, sequences: 2 });
  });

  it("does not read from one text into the next, nor ignore a letter", async () => {
    const texts = ["a b c d", "e f g h", "A b c d e f g h"];
    expect(await verbatimShare(["a b c d e f g h"], streamOf(texts))).toEqual({
      share: 0,
      sequences: 1,
    });
  });

  it("has nothing to say of samples that are too short", async () => {
    expect(await verbatimShare(["a b", ""], streamOf(["a b"]))).toEqual({ share: 0, sequences: 0 });
  });

  it("agrees with the slow way", async () => {
    const text = fc.array(fc.constantFrom("a", "b", "ab", "é"), { maxLength: 20 });
    const texts = fc.array(
      text.map((words) => words.join(" ")),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.integer({ min: 1, max: 4 }), async (a, b, words) => {
        const { share } = await verbatimShare(a, streamOf(b), words);
        expect(share).toBe(slowShare(a, b, words));
      }),
    );
  });
});
