/**
 * The conversations that the model was first taught with. A part of them is
 * repeated whenever it learns something new, so that it forgets nothing, and
 * new models are judged by those of them that no model ever learns from.
 *
 * The operator names them; the starter model's are in the package, written
 * out at first use.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { nodeArguments } from "../core/entry.ts";
import { HintedError } from "../core/errors.ts";
import { packageFolder } from "../core/package.ts";

const STARTER_CORPUS = "data/starter/expand.ts";

export interface OriginalDataOptions {
  /** Files that the operator names. */
  readonly named: readonly string[];
  /** Where the starter corpus is written to. */
  readonly home: string;
}

/** @throws HintedError if a named file is not there, or nothing is named and the package has no corpus. */
export async function originalData(options: OriginalDataOptions): Promise<readonly string[]> {
  const { named } = options;
  if (named.length > 0) return named.map(requireFile);
  const paths = originalPaths(options);
  for (const path of paths) if (!existsSync(path)) await writeStarterCorpus(path);
  return paths;
}

/** Where they lie, or will. */
export function originalPaths({ named, home }: OriginalDataOptions): readonly string[] {
  return named.length > 0 ? named : [join(home, "starter-corpus.jsonl")];
}

function requireFile(path: string): string {
  if (existsSync(path)) return resolve(path);
  throw new HintedError(`LFZ_ORIGINAL_DATA names ${path}, which is not there.`, {
    hint: "Name the conversations that the model was trained on, separated by commas.",
  });
}

/** The program checks the corpus and writes it whole or not at all. */
async function writeStarterCorpus(path: string): Promise<void> {
  const program = join(packageFolder, STARTER_CORPUS);
  if (!existsSync(program)) throw nothingNamed();
  const words = [...nodeArguments(pathToFileURL(program)), "--out", path];
  const child = spawn(process.execPath, words, { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null]; // Node's own signature of the event
  if (code !== 0) throw nothingNamed();
}

function nothingNamed(): HintedError {
  return new HintedError("The conversations that the model was first taught with are not known.", {
    hint: "Name their files in LFZ_ORIGINAL_DATA, separated by commas.",
  });
}
