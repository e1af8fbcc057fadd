import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { admitsNotKnowing, checkGolden, readGoldenPrompts } from "../../../trainer/eval/golden.ts";
import { goldenPrompts } from "../../support/golden.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function fileOf(text: string): string {
  const path = join(temporaryFolder(), "golden.json");
  writeFileSync(path, text);
  return path;
}

const byName = (name: string) => {
  const prompt = goldenPrompts.find((candidate) => candidate.name === name);
  if (!prompt) throw new Error(`There is no golden prompt "${name}".`);
  return prompt;
};

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

describe("readGoldenPrompts", () => {
  it("takes a prompt of two words and fills in the rest", async () => {
    const path = fileOf('[{ "name": "greets", "turns": [{ "user": "hi", "anyOf": ["^hello"] }] }]');
    const [prompt] = await readGoldenPrompts(path);

    expect(prompt).toMatchObject({ name: "greets", heldOut: false });
    expect(checkGolden(prompt, ["Hello."])).toEqual([]);
    expect(checkGolden(prompt, ["Oh, hello"])).toHaveLength(2);
  });

  it("lets whole sentences be none of its business", async () => {
    const turns = [{ user: "hi", wholeSentences: false }];
    const [prompt] = await readGoldenPrompts(fileOf(JSON.stringify([{ name: "a", turns }])));

    expect(checkGolden(prompt, ["hey you"])).toEqual([]);
  });

  it.each([
    ["[", "is not JSON"],
    ["[]", "must have at least 1 value"],
    ['[{ "name": "a", "turns": [{ "user": "b", "anyOf": ["("] }] }]', "( is no regular expression"],
    ['[{ "name": "a", "turns": [{ "user": "b", "any": [] }] }]', '"any"'],
    ['[{ "name": "a" }]', "0.turns is missing"],
  ])("refuses %s in words", async (text, complaint) => {
    await expect(readGoldenPrompts(fileOf(text))).rejects.toThrow(complaint);
  });

  it("says which file is missing", async () => {
    await expect(readGoldenPrompts("nowhere.json")).rejects.toThrow(
      "Cannot read the file of golden prompts nowhere.json",
    );
  });
});
