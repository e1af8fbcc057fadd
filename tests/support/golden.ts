/** The golden prompts of the starter model. */

import { fileURLToPath } from "node:url";

import { readGoldenPrompts } from "../../trainer/eval/golden.ts";

const GOLDEN_FILE = fileURLToPath(new URL("../../data/golden.json", import.meta.url));

export const goldenPrompts = await readGoldenPrompts(GOLDEN_FILE);
