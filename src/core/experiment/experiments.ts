/**
 * The experiments of a root folder: making a new one, and listing them.
 *
 * A name is taken by making its folder, which either happens or fails, so two
 * runs started at once can never write into the same place.
 */

import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

import { HintedError } from "../errors.ts";
import { EXPERIMENT_NAME, readRunRecord, type RunRecord } from "./run-record.ts";

/** Lies beside the runs and is none: the recipes that some of them are made by. */
const RECIPES = "recipes";

const isName = (name: string) => EXPERIMENT_NAME.test(name) && name !== RECIPES;

/** @returns the new, empty folder. */
export async function createExperiment(root: string, name: string): Promise<string> {
  requireExperimentName(name);
  const folder = join(root, name);
  if (await makeFolder(root, folder)) return folder;
  throw nameTaken(folder, name);
}

/** Refuses a name that is taken before any work is done for it; only making the folder settles it. */
export function requireFreeName(root: string, name: string): void {
  requireExperimentName(name);
  const folder = join(root, name);
  if (existsSync(folder)) throw nameTaken(folder, name);
}

function nameTaken(folder: string, name: string): HintedError {
  return new HintedError(`There is already an experiment ${folder}.`, {
    hint: `Continue it with --resume ${name}, or choose another --name.`,
  });
}

/** The same under the first free name of the day: `2026-11-23-mini-1`, `-2`, and so on. */
export async function createNextExperiment(
  root: string,
  { date, preset }: { readonly date: Date; readonly preset: string },
): Promise<{ name: string; folder: string }> {
  const day = date.toISOString().slice(0, 10);
  for (let number = 1; ; number++) {
    const name = `${day}-${preset}-${number}`;
    requireExperimentName(name);
    const folder = join(root, name);
    if (await makeFolder(root, folder)) return { name, folder };
  }
}

/** @throws HintedError if the name could not be a folder of its own. */
function requireExperimentName(name: string): void {
  if (isName(name)) return;
  throw new HintedError(`"${name}" cannot be the name of an experiment.`, {
    hint:
      name === RECIPES
        ? "The folder of that name holds something else: choose another."
        : "Use letters, digits, dots, dashes and underscores, beginning with a letter or digit.",
  });
}

export interface ListedExperiment {
  readonly name: string;
  readonly folder: string;
  /** The record, or why it cannot be read. */
  readonly run: RunRecord | HintedError;
}

/** Every folder under `root` that has a name of ours, oldest name first; no root is no experiments. */
export async function listExperiments(root: string): Promise<ListedExperiment[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const names = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && isName(entry.name))
    .map((entry) => entry.name)
    .sort();
  return Promise.all(names.map((name) => readListed(name, join(root, name))));
}

async function readListed(name: string, folder: string): Promise<ListedExperiment> {
  try {
    return { name, folder, run: await readRunRecord(folder) };
  } catch (error) {
    if (error instanceof HintedError) return { name, folder, run: error };
    throw error;
  }
}

/** The folder of an experiment that is there. */
export async function requireExperiment(root: string, name: string): Promise<string> {
  requireExperimentName(name);
  const names = (await listExperiments(root)).map((experiment) => experiment.name);
  if (names.includes(name)) return join(root, name);
  throw new HintedError(`There is no experiment ${join(root, name)}.`, {
    hint:
      names.length > 0
        ? `There are: ${names.slice(-10).join(", ")}.`
        : "There is none yet: `lfz train` makes one.",
  });
}

/** False if the folder is there already. */
async function makeFolder(root: string, folder: string): Promise<boolean> {
  await mkdir(root, { recursive: true });
  try {
    await mkdir(folder); // not recursive: this is the moment the name is taken
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
