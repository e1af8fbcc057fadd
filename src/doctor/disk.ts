/** Is there room where the bot and the trainer write? */

import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { formatBytes } from "../core/cli/console.ts";
import { failed, ok, warning, type Check, type CheckResult } from "./check.ts";

/** Journals go on for months with so much; without so much nothing is sure to be written. */
const COMFORTABLE_BYTES = 1e9;
const LEAST_BYTES = 1e8;

export function diskCheck(folder: string, readFree = freeBytesOf): Check {
  return {
    name: `Disk of ${folder}`,
    async run(): Promise<CheckResult> {
      const free = await readFree(nearestFolder(folder));
      const words = `${formatBytes(free)} free`;
      const hint = "Delete what you do not need: `lfz experiments remove` takes old runs away.";
      if (free < LEAST_BYTES) return failed(words, hint);
      return free < COMFORTABLE_BYTES ? warning(words, hint) : ok(words);
    },
  };
}

/** The folder itself, or the nearest one above it that exists. */
export function nearestFolder(folder: string): string {
  const absolute = resolve(folder);
  return existsSync(absolute) ? absolute : nearestFolder(dirname(absolute));
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
