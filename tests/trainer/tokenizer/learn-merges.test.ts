import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { learnMerges } from "../../../trainer/tokenizer/learn-merges.ts";

const idOf = (character: string) => 6 + character.charCodeAt(0);

describe("learnMerges", () => {
  it("finds the merges of the textbook", async () => {
    // Gage's "aaabdaaabac", 1994: aa, then of ab and Za (twice each) the lower ids, and so on.
    const { pairs, tokensAfter } = await learnMerges(new Map([["aaabdaaabac", 1]]), {
      vocabSize: 265,
    });
    expect(pairs).toEqual([
      [idOf("a"), idOf("a")],
      [idOf("a"), idOf("b")],
      [262, 263],
    ]);
    expect(tokensAfter).toEqual([11, 9, 7, 5]);
  });

  it("prefers frequent words to long ones", async () => {
    const counts = new Map([
      ["low", 5],
      ["lower", 2],
      ["newest", 6],
      ["widest", 3],
    ]);
    const { pairs, rarest } = await learnMerges(counts, { vocabSize: 265 });
    expect(pairs).toEqual([
      [idOf("e"), idOf("s")],
      [262, idOf("t")],
      [idOf("l"), idOf("o")],
    ]);
    expect(rarest).toBe(7);
  });

  it("stops where no pair comes twice", async () => {
    const { pairs, rarest } = await learnMerges(
      new Map([
        ["ab", 1],
        ["cd", 1],
      ]),
      { vocabSize: 300 },
    );
    expect(pairs).toEqual([]);
    expect(rarest).toBe(Infinity);
  });

  it("learns what counting everything anew before each merge learns", async () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 9 });
    const corpus = fc.uniqueArray(fc.tuple(word, fc.integer({ min: 1, max: 9 })), {
      selector: ([text]) => text,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(corpus, async (entries) => {
        const learnt = await learnMerges(new Map(entries), { vocabSize: 272 });
        expect(learnt.pairs).toEqual(learnByTheBook(entries, 10));
      }),
    );
  });

  it("does not depend on the order of the words", async () => {
    const words = ["hello", "yellow", "help", "low", "lower", "well"].map(
      (text, i) => [text, i + 1] as const,
    );
    const forward = await learnMerges(new Map(words), { vocabSize: 280 });
    const backward = await learnMerges(new Map([...words].reverse()), { vocabSize: 280 });
    expect(backward).toEqual(forward);
  });

  it("ends when it is told to", async () => {
    const counts = new Map([["abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", 3]]);
    const learning = learnMerges(counts, { vocabSize: 400, signal: AbortSignal.abort() });
    await expect(learning).rejects.toThrow("aborted");
  });
});

function learnByTheBook(entries: readonly (readonly [string, number])[], merges: number) {
  let words = entries.map(([text, count]) => ({
    ids: [...Buffer.from(text)].map((byte) => 6 + byte),
    count,
  }));
  const learnt: [number, number][] = [];
  while (learnt.length < merges) {
    const counts = new Map<string, number>();
    for (const { ids, count } of words) {
      for (let i = 0; i + 1 < ids.length; i++) {
        const pair = `${ids[i]} ${ids[i + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    }
    const ranked = [...counts].map(([pair, count]) => {
      const [left, right] = pair.split(" ").map(Number);
      return { left, right, count };
    });
    ranked.sort((a, b) => b.count - a.count || a.left - b.left || a.right - b.right);
    const [best] = ranked;
    if (!best || best.count < 2) break;
    words = words.map(({ ids, count }) => ({
      ids: mergeOne(ids, best, 262 + learnt.length),
      count,
    }));
    learnt.push([best.left, best.right]);
  }
  return learnt;
}

function mergeOne(
  ids: readonly number[],
  { left, right }: { left: number; right: number },
  token: number,
) {
  const merged: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      merged.push(token);
      i++;
    } else merged.push(ids[i]);
  }
  return merged;
}
