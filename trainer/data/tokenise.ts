/** Reads conversations, turns them into tokens and hands them to a shard writer, telling how far it is. */

import { open, stat } from "node:fs/promises";

import type { Conversation } from "../../src/core/chat/conversation.ts";
import { renderConversation } from "../../src/core/chat/template.ts";
import { formatBytes } from "../../src/core/cli/console.ts";
import type { PrepareOptions } from "./prepare-shards.ts";
import { readConversations } from "./read-conversations.ts";
import { renderPreferences } from "./preference-rows.ts";
import { ShardWriter, type MarkedTokens } from "./write-shards.ts";

const ROWS_A_REPORT = 100;

export interface RenderedRow {
  readonly conversation: Conversation;
  readonly rendered: MarkedTokens;
  /** Of the line it came from. */
  readonly bytes: number;
}

/** @param dataHash names the data */
export async function tokenise(
  options: PrepareOptions,
  folder: string,
  dataHash: string,
): Promise<void> {
  const { files, tokenizer, console, signal } = options;
  const { vocabSize, hash: tokenizerHash, specials } = tokenizer;
  const identity = { tokenizerHash, vocabSize, sos: specials.sos, pad: specials.pad };
  const writer = await ShardWriter.open(folder, identity);
  const total = await unpackedSizeOf(files);
  const progress = console.progress("Tokenising");
  let bytes = 0;
  let conversations = 0;
  try {
    for await (const { conversation, rendered, ...row } of renderRows(options)) {
      signal?.throwIfAborted();
      await writer.append(conversation, rendered);
      bytes += row.bytes;
      if (++conversations % ROWS_A_REPORT !== 0) continue;
      progress.update({
        fraction: total === 0 ? 0 : Math.min(bytes / total, 1),
        text: `${conversations.toLocaleString("en")} conversations, ${formatBytes(bytes)}`,
      });
    }
    await writer.finish(dataHash);
  } finally {
    progress.done();
    await writer.close();
  }
}

async function* renderRows(options: PrepareOptions): AsyncGenerator<RenderedRow> {
  const { files, tokenizer, purpose, method } = options;
  if (method) {
    yield* renderPreferences(files, options, { method, tokenizer });
    return;
  }
  for await (const { conversation, bytes } of readConversations(files, options, purpose)) {
    yield { conversation, bytes, rendered: renderConversation(conversation.messages, tokenizer) };
  }
}

/** In bytes; 0 where it is not known, as of standard input. */
async function unpackedSizeOf(files: readonly string[]): Promise<number> {
  if (files.includes("-")) return 0;
  let total = 0;
  for (const file of files) {
    total += file.endsWith(".gz") ? await sizeInGzip(file) : (await stat(file)).size;
  }
  return total;
}

/** A gzip file ends with its unpacked size (modulo 4 GiB, which is near enough for a progress bar). */
async function sizeInGzip(file: string): Promise<number> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const trailer = Buffer.alloc(4);
    await handle.read(trailer, 0, 4, Math.max(0, size - 4));
    return trailer.readUInt32LE();
  } finally {
    await handle.close();
  }
}
