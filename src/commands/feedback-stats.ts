/** `lfz feedback stats`: what there is, and what of it may be learnt from. */

import { z } from "zod";

import { loadDotEnv, readEnvironment } from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import { gatherFeedback } from "../feedback/gather.ts";
import { readFeedback, type FeedbackSource } from "../feedback/read-feedback.ts";
import { screen } from "../feedback/screen.ts";
import { countTakenSince } from "../feedback/taken-since.ts";
import { commandLog } from "./command-log.ts";
import { DateFlag } from "./date-flag.ts";

export const feedbackStats = defineCommand({
  name: "feedback stats",
  summary: "Count the feedback there is, and what may be learnt from",
  usage: "[--since DATE]",
  flags: z.strictObject({
    since: DateFlag.optional().describe("also count what of it is new since that day (UTC)"),
  }),
  examples: ["lfz feedback stats", "lfz feedback stats --json"],

  async run({ since }, { console }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const source = await readFeedback(environment.LFZ_HOME, commandLog(environment, "warn"));
    const records = await countRecords(source);
    const gathered = await gatherFeedback(source);
    const judgements = screen(gathered, source);
    const learnable: Record<string, number> = {};
    for (const { outcome } of judgements) {
      learnable[outcome] = (learnable[outcome] ?? 0) + 1;
    }
    const objections = Object.fromEntries(gathered.objections);
    const all: Record<string, Record<string, number>> = { records, learnable, objections };
    if (since !== undefined) {
      const span = { since: Date.parse(since), now: Date.now() };
      all.since = { taken: await countTakenSince(source, gathered, judgements, span) };
    }
    for (const [title, counts] of Object.entries(all)) {
      const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
      console.print(`${title}: ${parts.join(", ") || "none"}`);
    }
    return all;
  },
});

/** Every line, those that no longer count among them. */
async function countRecords(source: FeedbackSource): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { kind } of source.records()) counts[kind] = (counts[kind] ?? 0) + 1;
  for await (const _ of source.contexts()) counts.context = (counts.context ?? 0) + 1;
  return counts;
}
