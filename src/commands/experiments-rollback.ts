/** `lfz experiments rollback`: the model before, for a bot that is not running. */

import { z } from "zod";

import { defineCommand } from "../core/cli/command.ts";
import { OPERATOR } from "../retrain/audit.ts";
import { withIdleBot } from "./idle-bot.ts";

export const experimentsRollback = defineCommand({
  name: "experiments rollback",
  summary: "Let the bot serve the model before again",
  usage: "[--reason TEXT]",
  flags: z.strictObject({
    reason: z.string().optional().describe("why, for the record"),
  }),
  async run({ reason }, { console }) {
    const { from, to } = await withIdleBot(({ models }) => models.rollback(OPERATOR, reason));
    console.print(`${to} is the champion; ${from} no longer serves.`);
    return { from, to };
  },
});
