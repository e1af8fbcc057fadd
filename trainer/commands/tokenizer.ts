/** `lfz tokenizer train`, `encode` and `decode`: the vocabulary, made and looked at. */

import { stat } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { formatBytes, type Console } from "../../src/core/cli/console.ts";
import { HintedError } from "../../src/core/errors.ts";
import { readBytes, writeFileAtomic } from "../../src/core/files.ts";
import { toTokenizerConfig } from "../../src/core/tokenizer/tokenizer-config.ts";
import { readTokenizerFile, toTokenizerJson } from "../../src/core/tokenizer/tokenizer-file.ts";
import { refuseWithheld } from "../data/provenance.ts";
import { readRows } from "../data/read-rows.ts";
import { describeCompression, toCompressionReport } from "../tokenizer/compression-report.ts";
import {
  requireVocabSize,
  trainWithReport,
  type TokenizerProgress,
} from "../tokenizer/train-tokenizer.ts";
import { paintTokens } from "../tokenizer/paint-tokens.ts";

export const tokenizerTrain = defineCommand({
  name: "tokenizer train",
  summary: "Learn a vocabulary from conversations",
  usage: "--data FILE... --vocab-size N --out DIR",
  flags: z.strictObject({
    data: z
      .array(z.string())
      .min(1)
      .describe("conversations, JSONL or JSONL.gz; - is standard input"),
    vocabSize: z.coerce
      .number()
      .int()
      .max(1_000_000)
      .default(4096)
      .describe("how many tokens, at least 262"),
    out: z.string().describe("folder for tokenizer.json and tokenizer_config.json"),
    nfc: z
      .boolean()
      .default(false)
      .describe("compose accents first (Unicode NFC); decoding gives composed text"),
    force: z.boolean().default(false).describe("replace the tokenizer that is there"),
  }),
  examples: ["lfz tokenizer train --data chats.jsonl --vocab-size 4096 --out var/words"],
  async run({ data, vocabSize, out, nfc, force }, { console, signal }) {
    requireVocabSize(vocabSize);
    const path = join(out, "tokenizer.json");
    await refuseExisting(path, force);
    const progress = console.progress("tokenizer");
    const trained = await trainWithReport({
      texts: textsOf(data),
      vocabSize,
      normalize: nfc ? "NFC" : undefined,
      signal,
      onProgress: (state) => progress.update(stateOf(state)),
    }).finally(() => progress.done());
    const { tokenizer } = trained;
    await writeFileAtomic(join(out, "tokenizer_config.json"), toTokenizerConfig());
    await writeFileAtomic(path, toTokenizerJson(tokenizer));
    const report = toCompressionReport(trained);
    if (report.vocabSize < vocabSize) {
      console.note(
        `Stopped at ${report.vocabSize} of ${vocabSize} tokens: no pair of tokens comes twice any more.`,
      );
    }
    console.print(describeCompression(report));
    console.print(`\nWrote ${path}`);
    return { out, hash: tokenizer.hash, ...report };
  },
});

export const tokenizerEncode = defineCommand({
  name: "tokenizer encode",
  summary: "Turn text into ids",
  usage: "--tokenizer DIR [TEXT]",
  flags: z.strictObject({
    tokenizer: z.string().describe("folder with a tokenizer.json, or that file"),
    special: z
      .boolean()
      .default(false)
      .describe("let <sos>, <sep> and so on in the text become special tokens"),
  }),
  positionals: { name: "TEXT", min: 0, max: 1 },
  examples: [
    'lfz tokenizer encode --tokenizer experiments/starter "Hello there"',
    "lfz tokenizer encode --tokenizer experiments/starter < notes.txt",
  ],
  async run({ tokenizer: folder, special, positionals }, { console }) {
    const tokenizer = await readTokenizerFile(await tokenizerPath(folder));
    const text = positionals[0] ?? (await standardInput());
    const ids = tokenizer.encode(text, special ? { allowedSpecial: "all" } : {});
    if (console.isTerminal && !process.env["NO_COLOR"]) console.note(paintTokens(ids, tokenizer));
    console.print(ids.join(" "));
    return { ids };
  },
});

export const tokenizerDecode = defineCommand({
  name: "tokenizer decode",
  summary: "Turn ids into text",
  usage: "--tokenizer DIR [ID...]",
  flags: z.strictObject({
    tokenizer: z.string().describe("folder with a tokenizer.json, or that file"),
  }),
  positionals: { name: "ID...", min: 0, max: Infinity },
  examples: ["lfz tokenizer decode --tokenizer experiments/starter 312 87 1024"],
  async run({ tokenizer: folder, positionals }, { console }) {
    const tokenizer = await readTokenizerFile(await tokenizerPath(folder));
    const words = positionals.length > 0 ? positionals.join(" ") : await standardInput();
    const text = tokenizer.decode(toIds(words, tokenizer.vocabSize));
    console.print(text);
    return { text };
  },
});

/** A vocabulary holds words of its texts, but may be learnt from rows that do not say whose they are. */
async function* textsOf(files: readonly string[]): AsyncGenerator<string> {
  for (const file of files) {
    for await (const row of readRows(file)) {
      if ("problem" in row) throw row.problem;
      refuseWithheld(row);
      for (const { content } of row.conversation.messages) yield content;
    }
  }
}

async function refuseExisting(path: string, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found || force) return;
  throw new HintedError(`There is a tokenizer already: ${path}.`, {
    hint: "Choose another --out, or replace it with --force; models trained with it would not fit any more.",
  });
}

/** How much text there is to come is unknown, so counting shows no share of it. */
function stateOf(
  progress: TokenizerProgress,
): Parameters<ReturnType<Console["progress"]>["update"]>[0] {
  return progress.stage === "count"
    ? { fraction: 0, text: `reading: ${progress.texts} texts, ${formatBytes(progress.bytes)}` }
    : { fraction: progress.merges / progress.wanted, text: `${progress.merges} merges` };
}

async function tokenizerPath(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() || !found ? join(path, "tokenizer.json") : path;
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readBytes("-")) chunks.push(chunk);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new HintedError("Standard input is not UTF-8.", {
      hint: "Convert it first, for example with `iconv -t UTF-8`.",
      cause,
    });
  }
}

/** Ids between spaces or commas, in brackets or not. */
function toIds(words: string, vocabSize: number): number[] {
  return words
    .split(/[\s,[\]]+/u)
    .filter((word) => word !== "")
    .map((word) => {
      const id = Number(word);
      if (/^\d+$/.test(word) && id < vocabSize) return id;
      throw new HintedError(`"${word}" is not an id of this tokenizer.`, {
        hint: `Ids are whole numbers from 0 to ${vocabSize - 1}.`,
      });
    });
}
