/**
 * `lineage.json`: whose words a run learns from, so that somebody who asks to
 * be forgotten can be told which models saw what they gave.
 *
 * Knows pseudonyms and hashes of rows, and no word of anybody. The file stays
 * in the experiment folder: it is no part of the model, and no export of it.
 */

import { join } from "node:path";

import { z } from "zod";

import { HintedError } from "../errors.ts";
import { readIfThere, toJsonText, writeFileAtomic } from "../files.ts";
import { readRunRecord, type RunRecord } from "./run-record.ts";

const LINEAGE_FILE = "lineage.json";

/** Whose rows, and which; both sorted, each once. */
export const People = z
  .strictObject({
    /** Pseudonyms of all whose words are in the rows. */
    authors: z.array(z.string()).readonly(),
    /** SHA-256 of each row that has an author. */
    rows: z.array(z.string()).readonly(),
  })
  .readonly();

export type People = z.infer<typeof People>;

const Lineage = z
  .strictObject({
    schema: z.literal(1),
    /** The name of the model it began as. */
    base: z.string().nullable(),
    ...People.unwrap().shape,
  })
  .readonly();

export type Lineage = z.infer<typeof Lineage>;

export async function writeLineage(
  folder: string,
  { authors, rows, base }: People & Pick<Lineage, "base">,
): Promise<void> {
  const lineage: Lineage = { schema: 1, base, authors, rows };
  await writeFileAtomic(join(folder, LINEAGE_FILE), toJsonText(lineage));
}

/** Nothing where the run is older than lineages, or comes from elsewhere. */
export async function readLineage(folder: string): Promise<Lineage | undefined> {
  const path = join(folder, LINEAGE_FILE);
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return Lineage.parse(JSON.parse(text));
  } catch (cause) {
    throw new HintedError(`${path} is damaged: whose words the model learnt is not known.`, {
      hint: "Restore the file from a backup, or remove the experiment.",
      cause,
    });
  }
}

/** Several as one. */
export function joinPeople(parts: readonly People[]): People {
  return {
    authors: sortedOnce(parts.flatMap(({ authors }) => authors)),
    rows: sortedOnce(parts.flatMap(({ rows }) => rows)),
  };
}

function sortedOnce(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

export interface Ancestor {
  readonly name: string;
  readonly authors: readonly string[];
  /** What it began as, and what it is the mean of. */
  readonly parents: readonly string[];
}

export interface Ancestry {
  /** The experiment itself, what it came from, what that came from, and so on; nearest first. */
  readonly ancestors: readonly Ancestor[];
  /** Models it came from that do not lie here (any more): nobody knows whose words they saw. */
  readonly missing: readonly string[];
}

export async function ancestryOf(root: string, name: string): Promise<Ancestry> {
  const ancestors: Ancestor[] = [];
  const missing: string[] = [];
  const queue: Link[] = [{ name }];
  const seen = new Set<string>();
  for (const link of queue) {
    if (seen.has(link.name)) continue;
    seen.add(link.name);
    const found = await readAncestor(root, link);
    if (!found) {
      missing.push(link.name);
      continue;
    }
    ancestors.push(found.ancestor);
    queue.push(...found.parents);
  }
  return { ancestors, missing };
}

export interface LineageFound {
  readonly authors: readonly string[];
  /** As in an ancestry. */
  readonly missing: readonly string[];
}

/** All whose words an experiment has seen, through whatever it came from. */
export async function lineageOf(root: string, name: string): Promise<LineageFound> {
  const { ancestors, missing } = await ancestryOf(root, name);
  return { authors: sortedOnce(ancestors.flatMap(({ authors }) => authors)), missing };
}

/** The weights that are meant: another model may have taken the name since. */
interface Link {
  readonly name: string;
  readonly sha256?: string;
}

async function readAncestor(root: string, { name, sha256 }: Link) {
  const folder = join(root, name);
  const run = await readRunRecord(folder).catch((error: unknown) => {
    if (error instanceof HintedError) return undefined; // it is not there, or not one of ours
    throw error;
  });
  if (!run || (sha256 !== undefined && !hasWeights(run, sha256))) return undefined;
  const parents: Link[] = [...(run.averaged ?? []), ...(run.base ? [run.base] : [])];
  const authors = (await readLineage(folder))?.authors ?? [];
  return { ancestor: { name, authors, parents: parents.map((parent) => parent.name) }, parents };
}

function hasWeights({ files }: RunRecord, sha256: string): boolean {
  const weights = files["model.safetensors"];
  return weights === undefined || weights.sha256 === sha256; // a run in progress has none yet
}
