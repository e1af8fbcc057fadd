/** `lfz feedback stats`: what there is, and what of it may be learnt from. */

import { z } from "zod";

import { loadDotEnv, readEnvironment } from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import { gatherFeedback } from "../feedback/gather.ts";
import { readFeedback, type FeedbackSource } from "../feedback/read-feedback.ts";
import { screen } from "../feedback/screen.ts";
import { commandLog } from "./command-log.ts";

export const feedbackStats = defineCommand({
  name: "feedback stats",
  summary: "Count the feedback there is, and what may be learnt from",
  usage: "",
  flags: z.strictObject({}),
  examples: ["lfz feedback stats", "lfz feedback stats --json"],

  async run(_, { console }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const source = await readFeedback(environment.LFZ_HOME, commandLog(environment, "warn"));
    const records = await countRecords(source);
    const gathered = await gatherFeedback(source);
    const learnable: Record<string, number> = {};
    for (const { outcome } of screen(gathered, source)) {
      learnable[outcome] = (learnable[outcome] ?? 0) + 1;
    }
    const objections = Object.fromEntries(gathered.objections);
    for (const [title, counts] of Object.entries({ records, learnable, objections })) {
      const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
      console.print(`${title}: ${parts.join(", ") || "none"}`);
    }
    return { records, learnable, objections };
  },
});

/** Every line, those that no longer count among them. */
async function countRecords(source: FeedbackSource): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { kind } of source.records()) counts[kind] = (counts[kind] ?? 0) + 1;
  for await (const _ of source.contexts()) counts.context = (counts.context ?? 0) + 1;
  return counts;
}
