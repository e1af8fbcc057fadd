/** `lfz experiments promote`: another model for a bot that is not running. */

import { z } from "zod";

import { EVERYBODY, UNSEEN, type Promoted } from "../chat/models.ts";
import { defineCommand } from "../core/cli/command.ts";
import { HintedError } from "../core/errors.ts";
import { OPERATOR } from "../retrain/audit.ts";
import { withIdleBot } from "./idle-bot.ts";

const SHARE = "a whole number from 1 to 100";

export const experimentsPromote = defineCommand({
  name: "experiments promote",
  summary: "Let the bot serve another model when it starts",
  usage: "NAME [--share N | --shadow] [--force] [--reason TEXT]",
  flags: z.strictObject({
    share: z.coerce
      .number(SHARE)
      .int(SHARE)
      .min(1, SHARE)
      .max(100, SHARE)
      .optional()
      .describe("percent of the people, 100 if left out; all others keep the champion"),
    shadow: z
      .boolean()
      .default(false)
      .describe("answer beside the champion, seen by nobody, for its figures"),
    force: z.boolean().default(false).describe("although the judge says that it loses"),
    reason: z.string().optional().describe("why, for the record"),
  }),
  positionals: { name: "NAME", min: 1, max: 1 },
  examples: ["lfz experiments promote mine", "lfz experiments promote mine --share 10"],
  async run({ positionals: [name = ""], share: given, shadow, force, reason }, { console }) {
    const share = toShare(given, shadow);
    const order = { name, share, by: OPERATOR, why: reason, isForced: force };
    const promoted = await withIdleBot(({ models }) => models.promote(order));
    console.print(wordsFor(name, share, promoted));
    console.print(`${name}: ${promoted.judged}`);
    return { name, share, ...promoted };
  },
});

function toShare(share: number | undefined, isShadow: boolean): number {
  if (!isShadow) return share ?? EVERYBODY;
  if (share === undefined) return UNSEEN;
  throw new HintedError("A shadow answers no share of the people.", {
    hint: "Give --shadow or --share, not both.",
  });
}

function wordsFor(name: string, share: number, promoted: Promoted): string {
  switch (promoted.kind) {
    case "asked":
      return `Noted. Another admin has to promote ${name} in chat within the hour.`;
    case "shadow":
      return `${name} is a shadow: ${promoted.champion} answers, and it beside, seen by nobody.`;
    case "canary":
      return `${name} answers ${share} % of the people, ${promoted.champion} all others.`;
    case "champion":
      return `${name} is the champion; it was ${promoted.before}.`;
  }
}
