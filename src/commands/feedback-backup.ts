/** `lfz feedback backup` and `lfz feedback restore`: all feedback as one file. */

import { resolve } from "node:path";

import { z } from "zod";

import { loadDotEnv, readEnvironment } from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import { writeBackup } from "../feedback/backup.ts";
import { restoreBackup } from "../feedback/restore.ts";
import { openHome } from "../state/home.ts";
import { commandLog } from "./command-log.ts";

export const feedbackBackup = defineCommand({
  name: "feedback backup",
  summary: "Write all feedback into one file, bot running or not",
  usage: "FILE",
  flags: z.strictObject({}),
  positionals: { name: "FILE", min: 1, max: 1 },
  examples: ["lfz feedback backup feedback-2026-01.jsonl.gz"],

  async run({ positionals: [file = ""] }, { console }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const home = environment.LFZ_HOME;
    const log = commandLog(environment, "warn");
    const backup = { home, file: resolve(named(file)), at: Date.now(), log };
    const records = await writeBackup(backup);
    console.print(`${records} records in ${backup.file}. Keep it safe: it says who is who.`);
    return { file: backup.file, records };
  },
});

export const feedbackRestore = defineCommand({
  name: "feedback restore",
  summary: "Put a backup in the place of the feedback there is",
  usage: "FILE [--replace]",
  flags: z.strictObject({
    replace: z.boolean().default(false).describe("even if there is feedback, which is lost then"),
  }),
  positionals: { name: "FILE", min: 1, max: 1 },
  examples: ["lfz feedback restore feedback-2026-01.jsonl.gz"],

  async run({ positionals: [file = ""], replace }, { console }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const log = commandLog(environment, "warn");
    const home = await openHome(environment.LFZ_HOME);
    try {
      const restored = await restoreBackup({ home, file, replace, log });
      const { records, forgotten } = restored;
      console.print(
        `${records} records restored; ${forgotten} of people who were forgotten left out.`,
      );
      return { ...restored };
    } finally {
      await home.close();
    }
  },
});

/** What is packed is called so, or nobody could read it back. */
function named(file: string): string {
  return file.endsWith(".gz") ? file : `${file}.jsonl.gz`;
}
