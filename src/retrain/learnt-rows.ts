/** Which rows that somebody in particular gave a version has seen, by their hashes: its own, and those of whatever it came from. */

import { basename, dirname, join } from "node:path";

import { ancestryOf, readLineage } from "../core/experiment/lineage.ts";

/** @throws HintedError if a lineage is damaged */
export async function learntRows(folder: string): Promise<ReadonlySet<string>> {
  const root = dirname(folder);
  const { ancestors } = await ancestryOf(root, basename(folder));
  const lineages = await Promise.all(ancestors.map(({ name }) => readLineage(join(root, name))));
  return new Set(lineages.flatMap((lineage) => lineage?.rows ?? []));
}
