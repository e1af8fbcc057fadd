import { describe, expect, it } from "vitest";

import { replyFigures } from "../../../trainer/eval/reply-figures.ts";

const said = (text: string, { tokens = 1, ended = true } = {}) => ({ text, tokens, ended });

describe("replyFigures", () => {
  it("counts different words and pairs over all that are said", () => {
    const { distinct1, distinct2 } = replyFigures([said("I like tea."), said("I like it, I do!")]);
    expect(distinct1).toBe(5 / 8); // i like tea it do, of 3 + 5 words
    expect(distinct2).toBe(5 / 6); // "i like" comes twice
  });

  it("makes no pair of words from two replies", () => {
    expect(replyFigures([said("one"), said("two")]).distinct2).toBeNaN();
  });

  it.each([
    ["you are my friend and you are my friend", 1],
    ["You are my friend. YOU ARE, my friend!", 1],
    ["la la la la la", 1],
    ["you are my cat and you are my dog", 0],
  ])("tells whether %j repeats itself", (text, repeating) => {
    expect(replyFigures([said(text)]).repeating).toBe(repeating);
  });

  it("finds words where a script has no spaces", () => {
    const { meanWords } = replyFigures([said("我喜欢喝茶。")]);
    expect(meanWords).toBeGreaterThan(1);
  });

  it("tells how many say nothing, end by themselves, and how long they are", () => {
    const figures = replyFigures([
      said(" \n", { tokens: 0 }),
      said("well, I think", { tokens: 6, ended: false }),
    ]);
    expect(figures).toMatchObject({ replies: 2, empty: 0.5, ended: 0.5 });
    expect(figures).toMatchObject({ meanWords: 1.5, meanTokens: 3 });
  });
});
