/**
 * Cooks a recipe and checks whether it reaches its figure:
 *
 *     npm run recipe -- NAME --data PATH
 */

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { runProcess } from "../../src/core/cli/process.ts";
import { EXIT_FAILURE, HintedError } from "../../src/core/errors.ts";
import { dialogueRecipes } from "./dialogue.ts";
import type { Figure, Recipe } from "./recipe.ts";
import { tinyshakespeareRecipes } from "./tinyshakespeare.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const RECIPES: readonly Recipe[] = [...tinyshakespeareRecipes, ...dialogueRecipes];

const recipe = defineCommand({
  name: "recipe",
  summary: "Train as written down, and hold the result to its figure",
  usage: "NAME --data PATH",
  positionals: { name: "NAME", min: 1, max: 1 },
  flags: z.strictObject({ data: z.string().describe("what the recipe learns from") }),
  examples: RECIPES.map(({ name, data }) => `npm run recipe -- ${name} --data ...    ${data}`),
  async run({ positionals: [name], data }, { console }) {
    process.chdir(ROOT);
    const chosen = requireRecipe(name);
    const folder = join("var/recipes", chosen.name);
    await mkdir(folder, { recursive: true });
    const figures = await chosen.cook({ data, folder });
    for (const figure of figures) console.print(sentenceOf(figure));
    requireFigures(chosen, figures);
    return { recipe: chosen.name, figures };
  },
});

function requireRecipe(name: string): Recipe {
  const found = RECIPES.find((one) => one.name === name);
  if (found) return found;
  const list = RECIPES.map((one) => `${one.name} (${one.summary})`).join("; ");
  throw new HintedError(`There is no recipe "${name}".`, { hint: `Recipes: ${list}.` });
}

function sentenceOf({ name, value, most }: Figure): string {
  const bound = Number.isFinite(most) ? `, at most ${most} are wanted` : "";
  return `${name}: ${value.toFixed(3)}${bound}`;
}

function requireFigures({ name }: Recipe, figures: readonly Figure[]): void {
  const missed = figures.filter(({ value, most }) => !(value <= most));
  if (missed.length === 0) return;
  throw new HintedError(`${name} missed its figure: ${missed.map(sentenceOf).join("; ")}.`, {
    hint: "Was anything else running? The minutes are those of the clock. Else look at its report.html.",
    exitCode: EXIT_FAILURE,
  });
}

await runProcess(
  [{ name: recipe.name, load: () => Promise.resolve(recipe) }],
  [recipe.name, ...process.argv.slice(2)],
);
