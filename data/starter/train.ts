/**
 * Trains the model that ships with the repository: `npm run starter`.
 *
 *     npm run starter -- [--corpora DIR] [--minutes N] [--finetune-minutes N] [--seed N]
 *
 * First all text of everyday dialogues (the corpora of `data/sources.json`,
 * where DIR has them) and of the starter corpus, then replies of the starter
 * corpus alone. Every step is a command that anybody can type; this file only
 * strings them together and adds what the model card must say.
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { z } from "zod";

import { HintedError } from "../../src/core/errors.ts";
import { sha256OfFile } from "../../src/core/files.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const WORK = join(ROOT, "var", "starter");
const BASE = "starter-base";
const FINAL = "starter";

/** 3.5 M parameters: two float16 copies (safetensors and ONNX) stay below 16 MB. */
const SHAPE = ["layers=5", "width=224", "heads=7", "kvHeads=7", "ffnWidth=608"];
const VOCABULARY = 2048;

const Sources = z.array(
  z.looseObject({ name: z.string(), file: z.string(), sha256: z.string(), licence: z.string() }),
);
