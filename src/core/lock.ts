/**
 * One writer for a folder: a file that holds the process id of whoever has it.
 *
 * The name is taken in one step, number and all, so two processes never both
 * succeed. A lock whose process is gone (kill -9, a power cut) is taken over, by
 * one process at a time: a second lock says by which.
 */

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { HintedError } from "./errors.ts";

const LOCK_FILE = "lock";

export interface Lock {
  release(): Promise<void>;
}

/** @throws HintedError if another living process has the folder. */
export async function lockFolder(folder: string): Promise<Lock> {
  const path = join(folder, LOCK_FILE);
  if (!(await take(path)) && !(await takeOver(path))) {
    const owner = await ownerOf(path);
    if (owner !== undefined) {
      throw new HintedError(`Process ${owner} is writing into ${folder}.`, {
        hint: `Wait until it ends, or stop it: kill ${owner}.`,
      });
    }
    throw new HintedError(`Another process has just begun to write into ${folder}.`, {
      hint: "Wait until it ends.",
    });
  }
  return { release: () => rm(path, { force: true }) };
}

/** The other process that has the folder, if one is alive: a lock of our own number is left from before a restart. */
export function lockOwner(folder: string): Promise<number | undefined> {
  return ownerOf(join(folder, LOCK_FILE));
}

export function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    return process.kill(processId, 0); // signal 0 asks, and ends nothing
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's, but alive
  }
}

/** False if it was there. The file has its number before it has its name: a lock that names nobody would pass for a dead one. */
async function take(path: string): Promise<boolean> {
  const written = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(written, String(process.pid));
    await nameOnce(written, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(written, { force: true });
  }
}

async function nameOnce(written: string, path: string): Promise<void> {
  try {
    await link(written, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
    await copyFile(written, path, constants.COPYFILE_EXCL); // not every file system has links
  }
}

/** False if its process lives, or if another one is taking it over. */
async function takeOver(path: string): Promise<boolean> {
  const second = `${path}.taking-over`;
  if (!(await take(second))) {
    if ((await ownerOf(second)) === undefined) await rm(second, { force: true }); // for the next try
    return false;
  }
  try {
    if ((await ownerOf(path)) !== undefined) return false;
    await rm(path, { force: true }); // nobody else does: it is still the one that was looked at
    return await take(path);
  } finally {
    await rm(second, { force: true });
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  const owner = Number(await readFile(path, "utf8").catch(() => ""));
  return owner !== process.pid && isRunning(owner) ? owner : undefined;
}
