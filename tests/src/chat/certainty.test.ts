import { describe, expect, it } from "vitest";

import { certaintyOf, leastSureOf, wordsOf } from "../../../src/chat/certainty.ts";
import type { SaidToken } from "../../../src/generate/types.ts";

const token = (text: string, probability: number): SaidToken => ({
  bytes: Buffer.from(text),
  logProbability: Math.log(probability),
});

describe("how sure a model was", () => {
  it("is the mean of its tokens, and their perplexity", () => {
    const { meanProbability, perplexity } = certaintyOf([token("a", 0.5), token("b", 0.125)]) ?? {};
    expect(meanProbability).toBeCloseTo(0.3125);
    expect(perplexity).toBeCloseTo(4); // as unsure as between four each time
    expect(certaintyOf([])).toBeUndefined();
  });

  it("of a word is all its tokens together, and spaces between words are nobody's", () => {
    const said = [token("In", 0.5), token(" Par", 0.5), token("is", 0.24), token("\n\n", 0.1)];
    expect(wordsOf([...said, token("yes", 0.9)])).toEqual([
      { text: "In", probability: expect.closeTo(0.5) as number },
      { text: "Paris", probability: expect.closeTo(0.12) as number },
      { text: "yes", probability: expect.closeTo(0.9) as number },
    ]);
  });

  it("of a letter that is cut between two tokens is one word's all the same", () => {
    const [first = 0, ...rest] = Buffer.from("é");
    const half = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), logProbability: -1 });
    expect(wordsOf([token("caf", 1), half(first), half(...rest)])).toEqual([
      { text: "café", probability: expect.closeTo(Math.exp(-2)) as number },
    ]);
  });

  it("was least where the probability is", () => {
    const words = wordsOf([token("a", 0.9), token(" b", 0.1), token(" c", 0.5)]);
    expect(leastSureOf(words, 2).map(({ text }) => text)).toEqual(["b", "c"]);
  });
});
