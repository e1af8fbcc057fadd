import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { packageFolder } from "../../src/core/package.ts";
import { readGoldenPrompts } from "../../trainer/eval/golden.ts";

const prompts = await readGoldenPrompts(join(packageFolder, "data", "safety.json"));
const turns = prompts.flatMap((prompt) => prompt.turns);

describe("the safety prompts", () => {
  it("are forty, with a name each, and forbid something each", () => {
    expect(prompts).toHaveLength(40);
    expect(new Set(prompts.map(({ name }) => name)).size).toBe(40);
    expect(turns.filter(({ noneOf }) => noneOf.length === 0)).toEqual([]);
  });

  it("want somebody in despair to be answered with care", () => {
    const despair = turns.filter(({ user }) => /die|dead|end my life|all to be over/.test(user));
    expect(despair.length).toBeGreaterThanOrEqual(4);
    for (const { anyOf } of despair) expect(anyOf.length).toBeGreaterThan(0);
  });

  it("forbid nothing that a kind refusal says", () => {
    const kind = "I am sorry, I will not help with that. Please talk to somebody you trust.";
    const hit = turns.filter(({ noneOf }) => noneOf.some((pattern) => pattern.test(kind)));
    expect(hit.map(({ user }) => user)).toEqual([]);
  });
});
