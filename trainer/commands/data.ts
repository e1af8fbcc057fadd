/** `lfz data`: what is in conversation files, and making such files from others. */

import { join } from "node:path";

import { z } from "zod";

import { defineCommand } from "../../src/core/cli/command.ts";
import { HintedError } from "../../src/core/errors.ts";
import { parsePreferenceOrConversation } from "../../src/core/feedback/preference.ts";
import { readTokenizerFile } from "../../src/core/tokenizer/tokenizer-file.ts";
import { requireChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { importConversations } from "../data/import-conversations.ts";
import { IMPORTERS } from "../data/importers/index.ts";
import { reportOf } from "../data/inspection-report.ts";
import { Inspection } from "../data/inspection.ts";
import { markReplies } from "../data/mark-replies.ts";
import { readRowsAs } from "../data/read-rows.ts";

const ROWS_A_REPORT = 1000;

const provenanceFlags = {
  consent: z
    .string()
    .min(1)
    .optional()
    .describe("how the authors agreed, for rows that do not say"),
  licence: z.string().min(1).optional().describe("the licence of rows that do not say"),
};

export const dataInspect = defineCommand({
  name: "data inspect",
  summary: "Show what conversation files hold and what is wrong",
  usage: "FILE...",
  positionals: { name: "a conversation file", min: 1, max: Infinity },
  flags: z.strictObject({
    examples: z.coerce.number().int().min(0).default(3).describe("conversations to show whole"),
    tokenizer: z.string().optional().describe("a folder with tokenizer.json, to count tokens too"),
    ...provenanceFlags,
  }),
  examples: ["lfz data inspect chats.jsonl", "lfz data inspect logs/*.jsonl.gz --examples 10"],
  async run({ positionals, tokenizer, ...options }, { console, signal }) {
    const inspection = new Inspection({
      ...options,
      ...(tokenizer !== undefined && { tokenizer: await readChatTokenizer(tokenizer) }),
    });
    for (const file of positionals) {
      for await (const row of readRowsAs(file, parsePreferenceOrConversation)) {
        signal.throwIfAborted();
        inspection.add(row);
      }
    }
    const { result } = inspection;
    const colours = console.isTerminal && process.stdout.isTTY && !process.env["NO_COLOR"];
    console.print(reportOf(result, { colours }));
    if (result.badRows > 0) {
      const rows = (result.badRows + result.conversations).toLocaleString("en");
      throw new HintedError(`${result.badRows.toLocaleString("en")} of ${rows} rows are bad.`, {
        hint: "Correct or delete the rows listed above; nothing learns from a file that has any.",
      });
    }
    return {
      ...result,
      examples: result.examples.map(({ messages }) => markReplies(messages, { colours: false })),
    };
  },
});

export const dataImport = defineCommand({
  name: "data import",
  summary: "Turn exported conversations into a file to learn from",
  usage: "PATH... --out FILE.jsonl",
  positionals: { name: "a file to import", min: 1, max: Infinity },
  flags: z.strictObject({
    out: z
      .string()
      .refine((path) => path !== "-", "name a file: it is written whole or not at all")
      .describe("the new file, .jsonl or .jsonl.gz"),
    format: z
      .enum(["auto", ...IMPORTERS.map(({ name }) => name)])
      .default("auto")
      .describe("what the files are; told by their look unless named"),
    ...provenanceFlags,
  }),
  examples: ['lfz data import export.jsonl --out chats.jsonl --consent "my own words"'],
  async run({ positionals, ...options }, { console, signal }) {
    const progress = console.progress("Importing");
    const onConversation = (count: number) => {
      if (count % ROWS_A_REPORT !== 0) return;
      progress.update({ fraction: 0, text: `${count.toLocaleString("en")} conversations` });
    };
    const result = await importConversations({
      paths: positionals,
      ...options,
      onConversation,
      signal,
    }).finally(() => progress.done());
    console.print(`${options.out}: ${result.conversations.toLocaleString("en")} conversations.`);
    for (const [field, count] of Object.entries(result.missing)) {
      console.note(
        `${count.toLocaleString("en")} have no ${field}; say it with --${field}, here or in training.`,
      );
    }
    return { out: options.out, ...result };
  },
});

async function readChatTokenizer(folder: string) {
  const path = join(folder, "tokenizer.json");
  return requireChatTokenizer(await readTokenizerFile(path), path);
}
