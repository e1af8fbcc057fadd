import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Bm25Index } from "../../../src/recall/bm25.ts";

const K1 = 1.2;
const B = 0.75;

/** The formula of the paper, word for word, over all texts. */
function scoreOf(query: readonly string[], text: readonly string[], all: readonly string[][]) {
  const meanLength = all.reduce((sum, one) => sum + one.length, 0) / all.length;
  let score = 0;
  for (const word of new Set(query)) {
    const having = all.filter((one) => one.includes(word)).length;
    const rarity = Math.log(1 + (all.length - having + 0.5) / (having + 0.5));
    const count = text.filter((one) => one === word).length;
    const length = 1 - B + (B * text.length) / meanLength;
    score += (rarity * count * (K1 + 1)) / (count + K1 * length);
  }
  return score;
}

const word = fc.constantFrom("tea", "is", "warm", "cold", "the", "cat");
const text = fc.array(word, { minLength: 1, maxLength: 8 });

describe("BM25", () => {
  it("ranks texts by the formula", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), text, (texts, query) => {
        const index = indexOf(texts);
        const expected = texts
          .map((one, number) => ({ text: number, score: scoreOf(query, one, texts) }))
          .filter(({ score }) => score > 0)
          .sort((a, b) => b.score - a.score || a.text - b.text);
        const found = index.nearest(query, texts.length);
        expect(found.map(({ score }) => score)).toEqual(
          expected.map(({ score }) => expect.closeTo(score, 9) as number),
        );
        expect(found[0]?.score ?? 0).toBeCloseTo(expected[0]?.score ?? 0);
      }),
    );
  });

  it("finds the texts that have all words, in whatever order", () => {
    const index = indexOf([["warm", "tea"], ["tea"], ["tea", "is", "warm"]]);
    expect([...index.withAll(["tea", "warm"])]).toEqual([0, 2]);
    expect([...index.withAll(["tea", "milk"])]).toEqual([]);
  });

  it("finds nothing where nothing is", () => {
    expect(new Bm25Index().nearest(["tea"], 3)).toEqual([]);
    expect([...new Bm25Index().withAll(["tea"])]).toEqual([]);
  });
});

function indexOf(texts: readonly string[][]): Bm25Index {
  const index = new Bm25Index();
  for (const one of texts) index.add(one);
  return index;
}
