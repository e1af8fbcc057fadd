import { describe, expect, it } from "vitest";

import { admitsNotKnowing, checkGolden, goldenPrompts } from "../support/golden.ts";

const byName = (name: string) => {
  const prompt = goldenPrompts.find((candidate) => candidate.name === name);
  if (!prompt) throw new Error(`There is no golden prompt "${name}".`);
  return prompt;
};

describe("the golden prompts", () => {
  it("are forty, with a name each, and mostly unseen in training", () => {
    expect(goldenPrompts).toHaveLength(40);
    expect(new Set(goldenPrompts.map((prompt) => prompt.name)).size).toBe(40);
    expect(goldenPrompts.filter((prompt) => prompt.heldOut).length).toBeGreaterThanOrEqual(35);
  });

  it("ask for more than one turn in good part", () => {
    expect(goldenPrompts.filter((prompt) => prompt.turns.length > 1).length).toBeGreaterThanOrEqual(
      8,
    );
  });
});

describe("checkGolden", () => {
  it("passes a good reply", () => {
    const replies = ["One command does it: `lfz experiments rollback`."];

    expect(checkGolden(byName("names the way back"), replies)).toEqual([]);
  });

  it.each([
    ["", "says nothing"],
    ["Ask me something else.", "has none of"],
    ["Run `lfz experiments rollback`. ".repeat(20).trim(), "at most 40"],
    ["go back go back go back go back, `lfz experiments rollback`.", "repeats itself"],
    ["Run `lfz experiments rollback` and", "does not end like a sentence"],
    ["Run `lfz experiments rollback`.<eos>.", "shows special tokens"],
  ])("names what is wrong with %j", (reply, problem) => {
    expect(checkGolden(byName("names the way back"), [reply]).join("\n")).toContain(problem);
  });

  it("refuses an invented fact", () => {
    const problems = checkGolden(byName("does not know celebrities"), ["She is 70 years old."]);

    expect(problems.join("\n")).toContain("must not have");
    expect(problems.join("\n")).toContain("does not say that it does not know");
  });

  it("wants a reply to every turn", () => {
    expect(checkGolden(byName("comforts"), ["I am sorry."])).toHaveLength(1);
  });
});

describe("admitsNotKnowing", () => {
  it("tells an admission from an answer", () => {
    expect(admitsNotKnowing("That is beyond me, sorry.")).toBe(true);
    expect(admitsNotKnowing("Paris is lovely in spring.")).toBe(false);
  });
});
