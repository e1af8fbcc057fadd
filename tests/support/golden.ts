/**
 * The golden prompts: what anybody would say to the starter model, and what a
 * good answer has in common with all other good answers.
 *
 * Knows prompts and properties; not how a reply comes about. A prompt that is
 * held out must not stand in the starter corpus: `data/starter/expand.ts`
 * refuses to write it.
 */

import { readFileSync } from "node:fs";

import { z } from "zod";

const Pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, "i");
  } catch {
    context.addIssue({ code: "custom", message: `${source} is no regular expression` });
    return z.NEVER;
  }
});

const GoldenTurn = z
  .strictObject({
    user: z.string().min(1),
    /** At least one of them occurs in the reply. */
    anyOf: z.array(Pattern).default([]),
    noneOf: z.array(Pattern).default([]),
    maxWords: z.int().positive().default(45),
    /** The reply says that it does not know or cannot do it. */
    admitsNotKnowing: z.boolean().default(false),
  })
  .readonly();

const GoldenPrompt = z
  .strictObject({
    name: z.string().min(1),
    heldOut: z.boolean(),
    turns: z.array(GoldenTurn).min(1).readonly(),
  })
  .readonly();

export type GoldenPrompt = z.infer<typeof GoldenPrompt>;

const FILE = new URL("../data/golden.json", import.meta.url);

/** In file order. Give a model the turns one after the other, with its own replies between. */
export const goldenPrompts: readonly GoldenPrompt[] = z
  .array(GoldenPrompt)
  .parse(JSON.parse(readFileSync(FILE, "utf8")));

/** Words with which the starter model says that something is beyond it. */
const ADMISSION =
  /\b(do not|don't|cannot|can't|never|no idea|sorry|afraid|beyond|i wish i knew|too (small|long|big|hard|short)|bad at|did not fit|no doctor|not for me|pass on|neither|ask (a|somebody|an|one)|guess|need(s)? a (real|bigger)|less than|hardly|more than I know|no opinion|know(s)? (too )?(little|nothing|hardly))\b/i;

export function admitsNotKnowing(reply: string): boolean {
  return ADMISSION.test(reply);
}

/** What the replies, one for each turn, do wrong; an empty list is a pass. */
export function checkGolden(prompt: GoldenPrompt, replies: readonly string[]): string[] {
  if (replies.length !== prompt.turns.length) {
    return [`${prompt.name}: ${replies.length} replies to ${prompt.turns.length} turns`];
  }
  return prompt.turns.flatMap((turn, index) => {
    const reply = replies[index] ?? "";
    return checkTurn(turn, reply).map(
      (problem) => `${prompt.name}: "${turn.user}" got "${reply}": ${problem}`,
    );
  });
}

function checkTurn(turn: GoldenPrompt["turns"][number], reply: string): string[] {
  const words = reply.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return ["says nothing"];
  const problems: string[] = [];
  if (words.length > turn.maxWords) {
    problems.push(`${words.length} words, at most ${turn.maxWords} are wanted`);
  }
  if (!/[.!?:`")]$/.test(reply.trim())) problems.push("does not end like a sentence");
  if (/<(sos|sep|eos|pad|unk|stop)>|\ufffd/.test(reply)) problems.push("shows special tokens");
  if (repeatsItself(words)) problems.push("repeats itself");
  if (turn.anyOf.length > 0 && !turn.anyOf.some((pattern) => pattern.test(reply))) {
    problems.push(`has none of ${turn.anyOf.join(" ")}`);
  }
  for (const pattern of turn.noneOf) {
    if (pattern.test(reply)) problems.push(`must not have ${pattern}`);
  }
  if (turn.admitsNotKnowing && !admitsNotKnowing(reply)) {
    problems.push("does not say that it does not know");
  }
  return problems;
}

/** Three words in a row that come three times: a small model gone in circles. */
function repeatsItself(words: readonly string[]): boolean {
  const seen = new Map<string, number>();
  for (let at = 0; at + 3 <= words.length; at++) {
    const run = words
      .slice(at, at + 3)
      .join(" ")
      .toLowerCase();
    const times = (seen.get(run) ?? 0) + 1;
    if (times === 3) return true;
    seen.set(run, times);
  }
  return false;
}
