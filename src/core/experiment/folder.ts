/**
 * Opens an experiment folder as a model, or says in words why not.
 *
 * The one gate between files and a running model: schema, hashes, shape and
 * vocabulary are checked here, and everybody behind it may trust them.
 */

import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { HintedError, reasonOf } from "../errors.ts";
import type { ModelConfig } from "../model/config.ts";
import { fromHuggingFace } from "../model/hugging-face.ts";
import { readTokenizerFile } from "../tokenizer/tokenizer-file.ts";
import { requireChatTokenizer, type ChatTokenizer } from "../tokenizer/tokenizer.ts";
import { fromGenerationConfig, type GenerationDefaults } from "./config-files.ts";
import { verifyManifest } from "./manifest.ts";
import { experimentPaths, type ExperimentPaths } from "./paths.ts";
import { readRunRecord, type RunRecord } from "./run-record.ts";

export interface ModelFolder {
  readonly name: string;
  readonly folder: string;
  readonly config: ModelConfig;
  readonly tokenizer: ChatTokenizer;
  readonly generation: GenerationDefaults;
  readonly run: RunRecord;
  readonly onnxPath: string;
}

/** @throws HintedError if the folder is not a whole, unaltered model of this version. */
export async function openModelFolder(folder: string): Promise<ModelFolder> {
  await requireFolder(folder);
  const run = await readRunRecord(folder);
  const paths = experimentPaths(folder);
  await requireExport(folder, paths, run);
  await verifyManifest(folder, run.files);
  const config = fromHuggingFace(await readJson(paths.config), paths.config);
  requireSameShape(config, run, paths);
  const tokenizer = requireChatTokenizer(await readTokenizerFile(paths.tokenizer), paths.tokenizer);
  requireVocabulary(tokenizer, config, run, paths);
  return {
    name: basename(resolve(folder)),
    folder,
    config,
    tokenizer,
    generation: fromGenerationConfig(
      await readJson(paths.generationConfig),
      paths.generationConfig,
    ),
    run,
    onnxPath: paths.onnx,
  };
}

/** @throws HintedError if there is no such folder. */
export async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT" && cause.code !== "ENOTDIR") throw cause;
    throw new HintedError(`There is no model folder ${folder}.`, {
      hint: "`lfz experiments list` shows the ones there are; `lfz train` makes one.",
      cause,
    });
  });
  if (!found.isDirectory()) {
    throw new HintedError(`${folder} is a file, not a model folder.`, {
      hint: "Name the folder that has run.json in it.",
    });
  }
}

/** A file that was there once is damage, which `verifyManifest` names. */
async function requireExport(
  folder: string,
  paths: ExperimentPaths,
  run: RunRecord,
): Promise<void> {
  const exported = await stat(paths.onnx).catch(() => undefined);
  if (exported || run.files["onnx/model.onnx"]) return;
  const state = run.status === "finished" ? "" : ` (it is ${run.status})`;
  throw new HintedError(`${folder}: this run has no onnx/model.onnx yet${state}.`, {
    hint:
      run.status === "running"
        ? "Wait until the training ends, or resume it with `lfz train --resume NAME` if it was cut off."
        : `Write it with \`lfz export ${folder}\`.`,
  });
}

function requireSameShape(config: ModelConfig, run: RunRecord, paths: ExperimentPaths): void {
  const keys = Object.keys(config) as (keyof ModelConfig)[]; // a zod object: its keys are exactly these
  for (const key of keys) {
    if (isDeepStrictEqual(config[key], run.model[key])) continue;
    throw new HintedError(
      `${paths.config} and run.json disagree: ${key} is ${String(config[key])} and ${String(run.model[key])}.`,
      { hint: "The files come from two different runs; copy the folder again as a whole." },
    );
  }
}

function requireVocabulary(
  tokenizer: ChatTokenizer,
  config: ModelConfig,
  run: RunRecord,
  paths: ExperimentPaths,
): void {
  const hint = "The tokenizer comes from another run; copy the folder again as a whole.";
  if (tokenizer.vocabSize !== config.vocabSize) {
    throw new HintedError(
      `${paths.tokenizer} has ${tokenizer.vocabSize} tokens, the model knows ${config.vocabSize}.`,
      { hint },
    );
  }
  if (tokenizer.hash !== run.tokenizerHash) {
    throw new HintedError(`${paths.tokenizer} is not the tokenizer this model was trained with.`, {
      hint,
    });
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new HintedError(`${path} is not JSON (${reasonOf(cause)}).`, {
      hint: "Restore the file from a backup, or export the model again.",
      cause,
    });
  }
}
