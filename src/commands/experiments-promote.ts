/** `lfz experiments promote`: another model for a bot that is not running. */

import { z } from "zod";

import { defineCommand } from "../core/cli/command.ts";
import { OPERATOR } from "../retrain/audit.ts";
import { withIdleBot } from "./idle-bot.ts";

const SHARE = "a whole number from 1 to 100";

export const experimentsPromote = defineCommand({
  name: "experiments promote",
  summary: "Let the bot serve another model when it starts",
  usage: "NAME [--share N] [--reason TEXT]",
  flags: z.strictObject({
    share: z.coerce
      .number(SHARE)
      .int(SHARE)
      .min(1, SHARE)
      .max(100, SHARE)
      .default(100)
      .describe("percent of the people; all others keep the champion"),
    reason: z.string().optional().describe("why, for the record"),
  }),
  positionals: { name: "NAME", min: 1, max: 1 },
  examples: ["lfz experiments promote mine", "lfz experiments promote mine --share 10"],
  async run({ positionals: [name = ""], share, reason }, { console }) {
    const order = { name, share, by: OPERATOR, why: reason };
    const promoted = await withIdleBot(({ models }) => models.promote(order));
    if (promoted.kind === "asked") {
      console.print(`Noted. Another admin has to promote ${name} in chat within the hour.`);
    } else if (promoted.kind === "canary") {
      console.print(`${name} answers ${share} % of the people, ${promoted.champion} all others.`);
    } else console.print(`${name} is the champion; it was ${promoted.before}.`);
    return { name, share, ...promoted };
  },
});
