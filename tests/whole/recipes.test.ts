/** What `npm run recipe` says and how it ends; the recipes themselves take minutes to hours. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { recipeCommand } from "../../experiments/recipes/command.ts";
import { dialogueRecipes } from "../../experiments/recipes/dialogue.ts";
import type { Recipe } from "../../experiments/recipes/recipe.ts";
import { tinyshakespeareRecipes } from "../../experiments/recipes/tinyshakespeare.ts";
import { runCommand } from "../../src/core/cli/run-command.ts";
import { memoryStreams } from "../support/memory-streams.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const RECIPES = [...tinyshakespeareRecipes, ...dialogueRecipes];

const cooked = (values: readonly number[]): Recipe => ({
  name: "soup",
  summary: "a soup",
  data: "a folder",
  cook: ({ folder }) => {
    expect(existsSync(folder)).toBe(true);
    const figures = values.map((value, i) => ({ name: `spoon ${i}`, value, most: 1.5 - i }));
    return Promise.resolve(figures);
  },
});

async function run(recipes: readonly Recipe[], ...args: string[]) {
  const streams = memoryStreams();
  const command = recipeCommand(recipes, join(temporaryFolder(), "work"));
  const code = await runCommand(command, args, streams, new AbortController().signal);
  return { code, out: streams.stdout.text, err: streams.stderr.text };
}

describe("npm run recipe", () => {
  it("shows the figures of a recipe that reaches all of them", async () => {
    const { code, out } = await run([cooked([1.5, 0.25])], "soup", "--data", "x");
    expect(code).toBe(0);
    expect(out).toBe(
      "spoon 0: 1.500, at most 1.5 are wanted\nspoon 1: 0.250, at most 0.5 are wanted\n",
    );
  });

  it.each([[[1.4, 0.51]], [[1.4, NaN]]])("fails where one of %s is missed", async (values) => {
    const { code, err } = await run([cooked(values)], "soup", "--data", "x");
    expect(code).toBe(1);
    expect(err).toContain("soup missed its figure: spoon 1:");
  });

  it("lists the recipes to somebody who asks for another", async () => {
    const { code, err } = await run(RECIPES, "stew", "--data", "x");
    expect(code).toBe(2);
    expect(err).toContain('There is no recipe "stew".');
    for (const { name } of RECIPES) expect(err).toContain(name);
  });

  it("says which data is missing before it trains anything", async () => {
    for (const name of ["tinyshakespeare-3-minutes", "dialogue-10-minutes"]) {
      const { code, err } = await run(RECIPES, name, "--data", "/nowhere");
      expect(code, name).not.toBe(0);
      expect(err, name).toContain("/nowhere");
    }
  });
});
