/**
 * From conversation files to shards, once for each pair of data and tokenizer.
 *
 * A shard folder is named after what went into it, so preparing the same
 * again costs one reading of the files. Words of people are not kept a second
 * time: shards of those have no name any more as soon as they are open, and
 * are gone with the process.
 */

import { basename } from "node:path";

import type { Console } from "../../src/core/cli/console.ts";
import { keepStandardInput, requireFile, sha256Of, sha256OfFile } from "../../src/core/files.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { PreferenceMethod } from "./preference-rows.ts";
import type { Provenance } from "./provenance.ts";
import type { Purpose } from "./read-conversations.ts";
import {
  keepShards,
  makeWritingFolder,
  openKept,
  pathInCache,
  removeWritten,
  tidyCache,
} from "./shard-cache.ts";
import { openShards, type ShardSet } from "./shards.ts";
import { tokenise } from "./tokenise.ts";

export interface PrepareOptions extends Provenance {
  /** JSONL, plain or `.gz`; `-` is standard input. */
  readonly files: readonly string[];
  readonly tokenizer: ChatTokenizer;
  readonly purpose: Purpose;
  /** How the rows are to be learnt from, where they are preferences and not conversations. */
  readonly method?: PreferenceMethod;
  /** Holds the shards of all data sets, each in a folder of its own. */
  readonly folder: string;
  readonly console: Console;
  readonly signal?: AbortSignal;
  readonly now: Date;
}

/** @throws HintedError for rows that are broken or may not be learnt from; nothing is left behind then */
export async function prepareShards(options: PrepareOptions): Promise<ShardSet> {
  const { files, folder, console, purpose, signal, now } = options;
  await tidyCache(folder, now);
  if (files.includes("-")) await keepStandardInput(signal); // it is read more than once
  const dataHash = await hashOfFiles(files);
  const prepared = await openKept(pathOfShards(dataHash, options), now);
  const shards = prepared ?? (await writeShards(options, dataHash));
  console.note(`Data: ${summaryOf(shards, purpose)}${prepared ? ", tokenised before" : ""}.`);
  return shards;
}

/** Of their content in its order; what they are called is left out. */
export async function hashOfFiles(files: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  for (const file of files) {
    if (file !== "-") await requireFile(file, "conversation file");
    hashes.push(await sha256OfFile(file));
  }
  return sha256Of(hashes.join("\n"));
}

/**
 * What they are for and what the operator states decide which rows are let in,
 * and a row that names no source is said to come from its file: all part of
 * the name.
 */
function pathOfShards(
  dataHash: string,
  { folder, files, tokenizer, purpose, method, licence, consent }: PrepareOptions,
): string {
  const names = files.map((file) => basename(file));
  const data = [dataHash, names, licence, consent];
  return pathInCache(folder, [purpose, method, ...data, tokenizer.hash]);
}

async function writeShards(options: PrepareOptions, dataHash: string): Promise<ShardSet> {
  const written = await makeWritingFolder(options.folder);
  try {
    await tokenise(options, written, dataHash);
    const shards = openShards(written);
    if (!mayBeKept(shards, options)) return shards;
    shards.close(); // Windows renames no folder of open files
    return await keepShards(written, pathOfShards(dataHash, options), options.now);
  } finally {
    await removeWritten(written);
  }
}

/** Preferences and what models are judged by are mostly what people said, also where no row says whose it is. */
function mayBeKept({ people }: ShardSet, { purpose, method }: PrepareOptions): boolean {
  return purpose === "training" && method === undefined && people.authors.length === 0;
}

function summaryOf({ manifest: { splits } }: ShardSet, purpose: Purpose): string {
  const { train, validation, test } = splits;
  const sum = (key: "conversations" | "tokens") => count(train[key] + validation[key] + test[key]);
  const conversations =
    purpose === "judging"
      ? `${sum("conversations")} conversations`
      : `${count(train.conversations)} conversations to learn from, ` +
        `${count(validation.conversations)} to validate, ${count(test.conversations)} to test`;
  return `${conversations}; ${sum("tokens")} tokens`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
