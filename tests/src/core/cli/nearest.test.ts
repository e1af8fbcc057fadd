import { describe, expect, it } from "vitest";

import { nearestWord } from "../../../../src/core/cli/nearest.ts";

describe("nearestWord", () => {
  const known = ["train", "chat", "export", "eval"];

  it.each([
    ["tran", "train"],
    ["chatt", "chat"],
    ["exprot", "export"],
    ["trains", "train"],
  ])("takes %s for %s", (typed, word) => {
    expect(nearestWord(typed, known)).toBe(word);
  });

  it("does not guess when nothing is near, or two are alike", () => {
    expect(nearestWord("banana", known)).toBeUndefined();
    expect(nearestWord("rain", ["train", "brain"])).toBeUndefined();
  });
});
