/** Which rows a version was taught that somebody in particular gave, by their hashes. */

import { join } from "node:path";

import { z } from "zod";

import { readIfThere } from "../core/files.ts";

const LINEAGE_FILE = "lineage.json";

const Lineage = z.object({ rows: z.array(z.string()) });

export async function learntRows(folder: string): Promise<ReadonlySet<string>> {
  const text = await readIfThere(join(folder, LINEAGE_FILE));
  return new Set(text === undefined ? [] : Lineage.parse(JSON.parse(text)).rows);
}
