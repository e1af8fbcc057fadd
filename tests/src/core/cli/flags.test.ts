import { describe, expect, it } from "vitest";
import { z } from "zod";

import { defineCommand } from "../../../../src/core/cli/command.ts";
import { parseFlags } from "../../../../src/core/cli/flags.ts";
import { HintedError } from "../../../../src/core/errors.ts";

const bake = defineCommand({
  name: "bake",
  summary: "Bake bread",
  usage: "OVEN... --data FILE...",
  flags: z.strictObject({
    data: z.array(z.string()).min(1).describe("recipes"),
    set: z.array(z.string()).default([]),
    prompt: z.string().optional(),
    kind: z.enum(["rye", "wheat"]).default("rye"),
    maxTokens: z.coerce.number().int().min(1).max(99).default(5),
    seed: z.coerce.number().int().optional(),
    allTurns: z.boolean().default(false),
  }),
  short: { p: "prompt", d: "data" },
  positionals: { name: "OVEN", min: 0, max: 2 },
  run: async () => {},
});

const read = (...args: string[]) => parseFlags(bake, args).input;

function refusal(...args: string[]): string {
  try {
    parseFlags(bake, args);
  } catch (error) {
    if (error instanceof HintedError) return `${error.message} | ${error.hint}`;
  }
  throw new Error(`accepted ${args.join(" ")}`);
}

describe("parseFlags", () => {
  it("fills in defaults", () => {
    expect(read("--data", "a")).toEqual({
      positionals: [],
      data: ["a"],
      set: [],
      kind: "rye",
      maxTokens: 5,
      allTurns: false,
    });
  });

  it("reads kebab-case flags, numbers and switches", () => {
    expect(read("--data", "a", "--max-tokens", "7", "--all-turns")).toMatchObject({
      maxTokens: 7,
      allTurns: true,
    });
  });

  it("gives a list everything up to the next flag, and more when it is repeated", () => {
    expect(read("--data", "a", "b", "--set", "x=1", "--data", "c", "-")).toMatchObject({
      data: ["a", "b", "c", "-"],
      set: ["x=1"],
      positionals: [],
    });
  });

  it("takes values after =, under a letter, and beginning with a dash", () => {
    expect(read("-d=a", "-p", "- what?")).toMatchObject({ prompt: "- what?" });
    expect(read("-d", "a", "b", "--prompt=--really", "--seed", "-1")).toMatchObject({
      data: ["a", "b"],
      prompt: "--really",
      seed: -1,
    });
  });

  it("leaves everything after -- to the positionals", () => {
    expect(read("oven", "--data", "a", "--", "--data").positionals).toEqual(["oven", "--data"]);
  });

  it("sees --json and --help, and asks for nothing else when it helps", () => {
    expect(parseFlags(bake, ["--data", "a", "--json"]).json).toBe(true);
    expect(parseFlags(bake, ["-h"]).help).toBe(true);
    expect(parseFlags(bake, ["--data", "a"])).toMatchObject({ json: false, help: false });
  });

  it.each([
    [[], "--data is missing."],
    [["--data"], "argument missing"],
    [["--data", "a", "--max-tokens", "many"], "--max-tokens many: must be a number."],
    [["--data", "a", "--max-tokens", ""], '--max-tokens "": must be a number.'],
    [["--data", "a", "--max-tokens", "1.5"], "--max-tokens 1.5: must be a whole number."],
    [["--data", "a", "--max-tokens", "0"], "--max-tokens 0: must be at least 1."],
    [["--data", "a", "--max-tokens", "100"], "--max-tokens 100: must be at most 99."],
    [["--data", "a", "--kind", "oat"], "--kind oat: must be one of rye, wheat."],
    [["--data", "a", "--max-token", "5"], "lfz bake has no flag --max-token."],
    [["--data", "a", "--max-token", "5"], "Did you mean --max-tokens?"],
    [["--data", "a", "--all-turns=no"], "does not take an argument"],
    [["1", "2", "3", "--data", "a"], 'lfz bake does not take "3".'],
  ])("refuses %j, saying why", (args, sentence) => {
    expect(refusal(...args)).toContain(sentence);
    expect(refusal(...args)).toContain("Run `lfz bake --help` for what it takes.");
  });

  it("asks for positionals by name", () => {
    const needy = { ...bake, positionals: { name: "OVEN", min: 1, max: 1 } };
    expect(() => parseFlags(needy, ["--data", "a"])).toThrow("lfz bake needs OVEN.");
  });
});
