/** What a job collected to learn from: where it lies until the job is over, and whether somebody is in it. */

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { readLines } from "../../core/files.ts";
import { MAX_LINE_BYTES } from "../../state/journal-lines.ts";
import type { Job } from "./job.ts";

/** A folder for each time, in the folder of whatever belongs to the job. */
export function collectedIn({ id, collections }: Job, folder: string): string {
  return join(folder, String(id), `feedback-${collections}`);
}

/** Whether anything there is of this pseudonym. What cannot be read may well be. */
export async function isNamedIn(folder: string, person: string): Promise<boolean> {
  try {
    return existsSync(folder) && (await isInAnyFile(folder, person));
  } catch {
    return true;
  }
}

async function isInAnyFile(folder: string, person: string): Promise<boolean> {
  const name = JSON.stringify(person); // as it stands in a row: quotes in what was said are escaped
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    for await (const { bytes } of readLines(join(entry.parentPath, entry.name), MAX_LINE_BYTES)) {
      if (bytes.includes(name)) return true;
    }
  }
  return false;
}
