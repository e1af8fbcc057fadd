/** `lfz feedback export`: what people taught the bot, as files for `lfz finetune`. */

import { resolve } from "node:path";

import { z } from "zod";

import { loadDotEnv, readEnvironment } from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import { exportFeedback, type Exported } from "../feedback/export.ts";
import { readFeedback } from "../feedback/read-feedback.ts";
import { PER_PERSON } from "../feedback/screen.ts";
import { commandLog } from "./command-log.ts";
import { DateFlag } from "./date-flag.ts";

export const feedbackExport = defineCommand({
  name: "feedback export",
  summary: "Write what people taught the bot as files to learn from",
  usage: "--out FOLDER [--per-person N] [--since DATE] [--licence TEXT]",
  flags: z.strictObject({
    out: z.string().describe("a new folder: corrections, pairs and thumbs, and some held out"),
    perPerson: z.coerce
      .number("a whole number from 1 on")
      .int("a whole number from 1 on")
      .positive("a whole number from 1 on")
      .default(PER_PERSON)
      .describe("what one person may teach at most"),
    since: DateFlag.optional().describe("only what was said from that day on (UTC)"),
    licence: z
      .string()
      .default("for training this bot only")
      .describe("what the rows say about their use"),
  }),
  examples: [
    "lfz feedback export --out taught",
    "lfz finetune --from experiments/friend --data taught/corrections.jsonl",
    "lfz finetune --from experiments/friend --data taught/pairs.jsonl --method dpo",
  ],

  async run({ out, perPerson, since, licence }, { console }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const source = await readFeedback(environment.LFZ_HOME, commandLog(environment, "warn"));
    const folder = resolve(out);
    const exported = await exportFeedback(source, {
      folder,
      licence,
      perPerson,
      since: since === undefined ? 0 : Date.parse(since),
      now: Date.now(),
    });
    console.print(describe(exported));
    return { folder, ...exported };
  },
});

function describe({ rows, outcomes, objections }: Exported): string {
  const files = Object.entries(rows).map(([name, count]) => `${name}: ${count}`);
  const others = Object.entries({
    "waiting for a reviewer": outcomes.waiting,
    "held as suspicious": outcomes.held,
    dropped: outcomes.dropped,
    ...objections,
  }).filter(([, count]) => count > 0);
  return [
    files.length > 0 ? files.join("\n") : "Nothing to learn from yet.",
    ...others.map(([why, count]) => `not taken: ${count} (${why})`),
  ].join("\n");
}
