/**
 * The folder in which a bot keeps all that must survive it.
 *
 * Knows who may use it: one process, and no version older than what wrote
 * there last. What lies inside is the business of whoever asks for a path.
 */

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import { readIfThere, removeUnfinished, writeFileAtomic } from "../core/files.ts";
import { lockFolder, lockOwner, type Lock } from "../core/lock.ts";

/** Grows when an older bot could no longer read what a newer one wrote. */
export const HOME_SCHEMA = 1;

const SCHEMA_FILE = "schema";

export interface Home {
  readonly folder: string;
  /** A place inside: `path("slack", "seen")`. */
  path(...names: string[]): string;
  /** Lets the next process in. */
  close(): Promise<void>;
}

/** @throws HintedError if another bot runs here, or a newer version has written here. */
export async function openHome(folder: string): Promise<Home> {
  const absolute = resolve(folder);
  await mkdir(absolute, { recursive: true, mode: 0o700 }); // what people said lies here
  const lock = await lockHome(absolute);
  try {
    await agreeOnSchema(absolute);
    await removeUnfinished(absolute);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return {
    folder: absolute,
    path: (...names) => join(absolute, ...names),
    close: () => lock.release(),
  };
}

async function lockHome(folder: string): Promise<Lock> {
  const owner = await lockOwner(folder);
  if (owner === undefined) return lockFolder(folder);
  throw new HintedError(`The bot already runs in ${folder}: process ${owner}.`, {
    hint: `Stop it (kill ${owner}), or set LFZ_HOME to another folder.`,
    exitCode: EXIT_FAILURE,
  });
}

async function agreeOnSchema(folder: string): Promise<void> {
  const written = await readHomeSchema(folder);
  if (written === undefined) return writeFileAtomic(join(folder, SCHEMA_FILE), `${HOME_SCHEMA}\n`);
  if (written <= HOME_SCHEMA) return;
  throw new HintedError(
    `${folder} was written by a newer version: its schema is ${written}, this one knows ${HOME_SCHEMA}.`,
    { hint: "Update the bot, or set LFZ_HOME to another folder.", exitCode: EXIT_FAILURE },
  );
}

/** Which schema a folder was written with; nothing if none was. */
export async function readHomeSchema(folder: string): Promise<number | undefined> {
  const path = join(folder, SCHEMA_FILE);
  const text = await readIfThere(path);
  if (text === undefined || text.trim() === "") return undefined;
  if (/^\d+\s*$/.test(text)) return Number(text);
  throw new HintedError(`${path} holds no number: "${text.trim().slice(0, 20)}".`, {
    hint: `If this is the bot's folder, write ${HOME_SCHEMA} into that file; else set LFZ_HOME to another folder.`,
    exitCode: EXIT_FAILURE,
  });
}
