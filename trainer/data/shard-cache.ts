/**
 * The folder that keeps shards for the next run on the same data.
 *
 * Several processes use it at once: what lies under its right name is whole
 * and comes and goes by being renamed, and whoever has it open reads on. What
 * nobody has used for a month is removed, and so is what processes that are
 * gone or older versions have left.
 */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";

import { HintedError } from "../../src/core/errors.ts";
import { sha256Of, syncFolder } from "../../src/core/files.ts";
import { isRunning } from "../../src/core/lock.ts";
import { openShards, type ShardSet } from "./shards.ts";

/** Changes whenever the same data would give other shards, so that old ones are not taken for new. */
const RECIPE = "4";

const DAY = 24 * 60 * 60 * 1000;
/** How long shards are kept that nobody uses. */
const KEPT_FOR = 30 * DAY;
/** No data takes longer to write; a process of the same number may live for ever. */
const WRITTEN_WITHIN = DAY;

/** @param identity whatever decides what the shards hold */
export function pathInCache(cache: string, identity: readonly unknown[]): string {
  return join(cache, `${RECIPE}-${sha256Of(JSON.stringify(identity)).slice(0, 32)}`);
}

/** Removes what is of no use any more. */
export async function tidyCache(cache: string, now: Date): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    if (await isOfNoUse(join(cache, name), name, now)) await removeWhole(join(cache, name));
  }
}

async function isOfNoUse(path: string, name: string, now: Date): Promise<boolean> {
  const writer = /^writing-(\d+)-/.exec(name)?.[1];
  if (writer !== undefined && !isRunning(Number(writer))) return true;
  if (writer === undefined && !name.startsWith(`${RECIPE}-`)) return true;
  const found = await stat(path).catch(() => undefined);
  const limit = writer === undefined ? KEPT_FOR : WRITTEN_WITHIN;
  return found !== undefined && now.getTime() - found.mtimeMs > limit;
}

/** The shards that are kept there, if there are any; damaged ones are removed. */
export async function openKept(path: string, now: Date): Promise<ShardSet | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    const shards = openShards(path);
    await utimes(path, now, now).catch(() => undefined); // removed in this moment, but open
    return shards;
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    await removeWhole(path);
    return undefined;
  }
}

/** A folder to write shards into, which no other process takes for finished ones. */
export async function makeWritingFolder(cache: string): Promise<string> {
  const folder = writingPath(cache);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Puts what was written where it is found again. */
export async function keepShards(written: string, path: string, now: Date): Promise<ShardSet> {
  const already = await openKept(path, now);
  if (already) return already;
  await rename(written, path).catch((error: unknown) => {
    if (!existsSync(path)) throw error; // else another process was quicker
  });
  await syncFolder(dirname(path));
  return openShards(path);
}

/** Under another name first, so that nobody finds a half of it. */
async function removeWhole(path: string): Promise<void> {
  const leaving = writingPath(dirname(path));
  try {
    await rename(path, leaving);
  } catch {
    return; // another process was quicker, or Windows keeps it while it is open
  }
  await removeWritten(leaving);
}

/** What cannot be removed now is by the next command, when this process is gone. */
export async function removeWritten(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

function writingPath(cache: string): string {
  return join(cache, `writing-${process.pid}-${randomBytes(4).toString("hex")}`);
}
