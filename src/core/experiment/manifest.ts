/**
 * The SHA-256 manifest of a model's files.
 *
 * Covers what the model is (shape, tokenizer, weights), not what was written
 * about it: a person may correct the model card without making the model
 * unreadable.
 */

import { stat } from "node:fs/promises";
import { join } from "node:path";

import { HintedError } from "../errors.ts";
import { sha256Of, sha256OfFile } from "../files.ts";
import { OTHER_FORMATS, SERVED_FILES } from "./paths.ts";
import type { FileManifest } from "./run-record.ts";

/** The manifest of the model files that are in a folder now, or of some of them. */
export async function readManifest(
  folder: string,
  files: readonly string[] = [...SERVED_FILES, ...OTHER_FORMATS],
): Promise<FileManifest> {
  const manifest: FileManifest = {};
  for (const file of files) {
    const path = join(folder, file);
    const bytes = await sizeOfFile(path);
    if (bytes !== undefined) manifest[file] = { sha256: await sha256OfFile(path), bytes };
  }
  return manifest;
}

/** One hash for all that is served; other formats come and go without making it another model. */
export function hashOfManifest(manifest: FileManifest): string {
  return sha256Of(SERVED_FILES.map((file) => `${manifest[file]?.sha256} ${file}\n`).join(""));
}

/**
 * Every file that serving needs is listed, and every listed file is what it
 * was when it was written; other formats may have been deleted.
 *
 * @throws HintedError naming the file that is missing or altered.
 */
export async function verifyManifest(folder: string, manifest: FileManifest): Promise<void> {
  for (const file of SERVED_FILES) {
    if (manifest[file]) continue;
    throw new HintedError(`${folder}: run.json does not list ${file}, so it cannot be trusted.`, {
      hint: `Its export did not finish: run \`lfz export ${folder}\`.`,
    });
  }
  await Promise.all(Object.keys(manifest).map((file) => verifyFile(folder, file, manifest)));
}

async function verifyFile(folder: string, file: string, manifest: FileManifest): Promise<void> {
  const path = join(folder, file);
  const listed = manifest[file]!; // `file` is one of its keys
  const bytes = await sizeOfFile(path);
  const hint = `Restore the file from a backup, or write it again with \`lfz export ${folder}\`.`;
  if (bytes === undefined) {
    if (isOptional(file)) return;
    throw new HintedError(`${path} is missing, though run.json lists it.`, { hint });
  }
  if (bytes !== listed.bytes) {
    throw new HintedError(
      `${path} is damaged: it has ${bytes} bytes, run.json says ${listed.bytes}.`,
      { hint },
    );
  }
  if ((await sha256OfFile(path)) !== listed.sha256) {
    throw new HintedError(`${path} is damaged: its SHA-256 is not the one in run.json.`, { hint });
  }
}

function isOptional(file: string): boolean {
  return OTHER_FORMATS.some((other) => other === file);
}

async function sizeOfFile(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
