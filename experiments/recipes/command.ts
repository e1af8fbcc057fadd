/** `npm run recipe`: trains as written down and holds the result to its figure. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { EXIT_FAILURE, HintedError } from "../../src/core/errors.ts";
import type { Figure, Recipe } from "./recipe.ts";

/** @param work where every recipe gets a folder of its own */
export function recipeCommand(recipes: readonly Recipe[], work: string) {
  return defineCommand({
    name: "recipe",
    summary: "Train as written down, and hold the result to its figure",
    usage: "NAME --data PATH",
    positionals: { name: "NAME", min: 1, max: 1 },
    flags: z.strictObject({ data: z.string().describe("what the recipe learns from") }),
    examples: recipes.map(({ name, data }) => `npm run recipe -- ${name} --data ...    ${data}`),
    async run({ positionals: [name], data }, { console }) {
      const chosen = requireRecipe(recipes, name);
      const folder = join(work, chosen.name);
      await mkdir(folder, { recursive: true });
      const figures = await chosen.cook({ data, folder });
      for (const figure of figures) console.print(sentenceOf(figure));
      requireFigures(chosen, figures);
      return { recipe: chosen.name, figures };
    },
  });
}

function requireRecipe(recipes: readonly Recipe[], name: string): Recipe {
  const found = recipes.find((one) => one.name === name);
  if (found) return found;
  const list = recipes.map((one) => `${one.name} (${one.summary})`).join("; ");
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
