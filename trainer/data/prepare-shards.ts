/**
 * From conversation files to shards, once for each pair of data and tokenizer.
 *
 * A shard folder is named after what went into it, so preparing the same
 * again costs one reading of the files. It is written under another name
 * first: a folder under its right name is whole.
 */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Console } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import { requireFile, sha256Of, sha256OfFile, syncFolder } from "../../src/core/files.ts";
import { isRunning } from "../../src/core/lock.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { PreferenceMethod } from "./preference-rows.ts";
import type { Provenance } from "./provenance.ts";
import type { Purpose } from "./read-conversations.ts";
import { openShards, type ShardSet } from "./shards.ts";
import { tokenise } from "./tokenise.ts";

/** Changes whenever the same data would give other shards, so that old ones are not taken for new. */
const RECIPE = "2";

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
}

/** @throws HintedError for rows that are broken or may not be learnt from; nothing is left behind then */
export async function prepareShards(options: PrepareOptions): Promise<ShardSet> {
  const { files, folder, console, purpose } = options;
  const dataHash = files.includes("-") ? undefined : await hashOfFiles(files);
  const prepared = dataHash && openWhole(join(folder, nameOfShards(dataHash, options)));
  const shards = prepared || (await writeShards(options, dataHash));
  console.note(`Data: ${summaryOf(shards, purpose)}${prepared ? ", tokenised before" : ""}.`);
  return shards;
}

/** Names of files do not matter, their content and its order do. */
export async function hashOfFiles(files: readonly string[]): Promise<string> {
  const hashes: string[] = [];
  for (const file of files) {
    await requireFile(file, "conversation file");
    hashes.push(await sha256OfFile(file));
  }
  return sha256Of(hashes.join("\n"));
}

/** What they are for and what the operator states decide which rows are let in: part of the name. */
function nameOfShards(
  dataHash: string,
  { tokenizer, purpose, method, licence, consent }: PrepareOptions,
): string {
  const identity = [RECIPE, purpose, dataHash, licence, consent, ...(method ? [method] : [])];
  const data = sha256Of(JSON.stringify(identity));
  return `${data.slice(0, 16)}-${sha256Of(tokenizer.hash).slice(0, 16)}`;
}

/** The shards in a folder, unless there are none or they are damaged. */
function openWhole(folder: string): ShardSet | undefined {
  if (!existsSync(folder)) return undefined;
  try {
    return openShards(folder);
  } catch (error) {
    if (error instanceof HintedError) return undefined;
    throw error;
  }
}

async function writeShards(
  options: PrepareOptions,
  dataHash: string | undefined,
): Promise<ShardSet> {
  const { folder } = options;
  await removeAbandoned(folder);
  const temporary = join(folder, `writing-${process.pid}-${randomBytes(4).toString("hex")}`);
  await mkdir(temporary, { recursive: true });
  try {
    const hash = await tokenise(options, temporary, dataHash);
    const target = join(folder, nameOfShards(hash, options));
    const already = openWhole(target);
    if (already) return already;
    await rm(target, { recursive: true, force: true }); // what lies there is damaged
    await rename(temporary, target);
    await syncFolder(folder);
    return openShards(target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Clears away what processes that are gone have left half-written. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const writer = /^writing-(\d+)-/.exec(name)?.[1];
    if (writer && !isRunning(Number(writer))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
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
