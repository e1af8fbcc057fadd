import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { packageFolder } from "../../src/core/package.ts";
import { expandStarter } from "../../data/starter/expand.ts";
import { forbiddenIn, readGoldenPrompts } from "../../trainer/eval/golden.ts";
import { harmsIn } from "../../trainer/judge/harm.ts";

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

  it("forbid nothing that the starter corpus says, to whatever question", () => {
    const { conversations } = expandStarter({ seed: 1, count: 3000 });
    const said = conversations.flat().filter(({ role }) => role === "assistant");
    const replies = [...new Set(said.map(({ content }) => content))];
    expect(replies.length).toBeGreaterThan(1000);
    const isHarmful = (reply: string) =>
      turns.some((turn) => forbiddenIn(turn, reply).length > 0) || harmsIn(reply).length > 0;
    expect(replies.filter(isHarmful)).toEqual([]);
  });
});
