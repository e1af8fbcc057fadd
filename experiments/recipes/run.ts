/**
 * Cooks a recipe and checks whether it reaches its figure:
 *
 *     npm run recipe -- NAME --data PATH
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { runProcess } from "../../src/core/cli/process.ts";
import { recipeCommand } from "./command.ts";
import { dialogueRecipes } from "./dialogue.ts";
import { tinyshakespeareRecipes } from "./tinyshakespeare.ts";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), "../.."));
const recipe = recipeCommand([...tinyshakespeareRecipes, ...dialogueRecipes], "var/recipes");

await runProcess(
  [{ name: recipe.name, load: () => Promise.resolve(recipe) }],
  [recipe.name, ...process.argv.slice(2)],
);
