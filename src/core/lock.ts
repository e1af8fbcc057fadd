/**
 * One writer for a folder: a file that holds the process id of whoever has it.
 *
 * The name is taken in one step, so two processes never both succeed. A lock
 * whose process is gone (kill -9, a power cut) is taken over.
 */

import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { HintedError } from "./errors.ts";

const LOCK_FILE = "lock";

export interface Lock {
  release(): Promise<void>;
}

/** @throws HintedError if another living process has the folder. */
export async function lockFolder(folder: string): Promise<Lock> {
  const path = join(folder, LOCK_FILE);
  if (!(await take(path))) {
    const owner = await lockOwner(folder);
    if (owner !== undefined) {
      throw new HintedError(`Process ${owner} is writing into ${folder}.`, {
        hint: `Wait until it ends, or stop it: kill ${owner}.`,
      });
    }
    await rm(path, { force: true });
    if (!(await take(path))) {
      throw new HintedError(`Another process has just begun to write into ${folder}.`, {
        hint: "Wait until it ends.",
      });
    }
  }
  return { release: () => rm(path, { force: true }) };
}

/** The other process that has the folder, if one is alive: a lock of our own number is left from before a restart. */
export async function lockOwner(folder: string): Promise<number | undefined> {
  const owner = Number(await readFile(join(folder, LOCK_FILE), "utf8").catch(() => ""));
  return owner !== process.pid && isRunning(owner) ? owner : undefined;
}

export function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    return process.kill(processId, 0); // signal 0 asks, and ends nothing
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's, but alive
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
