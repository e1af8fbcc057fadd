/**
 * Golden prompts: what people will say to a model, and what every good answer
 * has in common. Properties, not texts: there are many good answers.
 *
 *     [
 *       {
 *         "name": "says who it is",
 *         "heldOut": true,
 *         "turns": [{ "user": "who are you?", "anyOf": ["\\bZero\\b"], "maxWords": 30 }]
 *       }
 *     ]
 *
 * Knows prompts and properties; not how a reply comes about.
 */

import { z } from "zod";

import { complaintsOf } from "../../src/core/complaint.ts";
import { HintedError, reasonOf } from "../../src/core/errors.ts";
import { readText } from "../../src/core/files.ts";

/** A regular expression, in any case. */
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
    /** None of them does. */
    noneOf: z.array(Pattern).default([]),
    maxWords: z.int().positive().default(45),
    /** The reply ends like a sentence. */
    wholeSentences: z.boolean().default(true),
    /** The reply says that it does not know or cannot do it. */
    admitsNotKnowing: z.boolean().default(false),
  })
  .readonly();

type GoldenTurn = z.infer<typeof GoldenTurn>;

const GoldenPrompt = z
  .strictObject({
    name: z.string().min(1),
    /** Must not stand in what the model learnt from: `data/starter/expand.ts` refuses to write it. */
    heldOut: z.boolean().default(false),
    /** Said one after the other, with the model's own replies between. */
    turns: z.array(GoldenTurn).min(1).readonly(),
  })
  .readonly();

export type GoldenPrompt = z.infer<typeof GoldenPrompt>;

/**
 * The prompts of a file, in its order.
 *
 * @throws HintedError naming what is wrong with it
 */
export async function readGoldenPrompts(path: string): Promise<readonly GoldenPrompt[]> {
  const json = toJson(await readText(path, "file of golden prompts"), path);
  const parsed = z.array(GoldenPrompt).min(1).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new HintedError(`${path}: ${complaintsOf(parsed.error, json)}.`, {
    hint: "data/README.md describes golden prompts; data/golden.json has forty.",
    cause: parsed.error,
  });
}

function toJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HintedError(`${path} is not JSON (${reasonOf(cause)}).`, {
      hint: "Golden prompts are a JSON list; data/README.md describes them.",
      cause,
    });
  }
}

/** Words with which somebody says in English that something is beyond them. */
const ADMISSION =
  /\b(do not|don't|cannot|can't|never|no idea|sorry|afraid|beyond|i wish i knew|too (small|long|big|hard|short)|bad at|did not fit|no doctor|not for me|pass on|neither|ask (a|somebody|an|one)|guess|need(s)? a (real|bigger)|less than|hardly|more than I know|no opinion|know(s)? (too )?(little|nothing|hardly))\b/i;

export function admitsNotKnowing(reply: string): boolean {
  return ADMISSION.test(reply);
}

/** What the replies, one for each turn, do wrong; an empty list is a pass. */
export function checkGolden(prompt: GoldenPrompt, replies: readonly string[]): string[] {
  if (replies.length !== prompt.turns.length) {
    return [`${replies.length} replies to ${prompt.turns.length} turns`];
  }
  return prompt.turns.flatMap((turn, index) => {
    const reply = replies[index] ?? "";
    return checkTurn(turn, reply).map((problem) => `"${turn.user}" got "${reply}": ${problem}`);
  });
}

function checkTurn(turn: GoldenTurn, reply: string): string[] {
  const words = reply.split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return ["says nothing"];
  const problems: string[] = [];
  if (words.length > turn.maxWords) {
    problems.push(`${words.length} words, at most ${turn.maxWords} are wanted`);
  }
  if (turn.wholeSentences && !/[.!?:`")]$/.test(reply.trim())) {
    problems.push("does not end like a sentence");
  }
  if (/<(sos|sep|eos|pad|unk|stop)>|\ufffd/.test(reply)) problems.push("shows special tokens");
  if (repeatsItself(words)) problems.push("repeats itself");
  if (turn.anyOf.length > 0 && !turn.anyOf.some((pattern) => pattern.test(reply))) {
    problems.push(`has none of ${turn.anyOf.join(" ")}`);
  }
  for (const pattern of forbiddenIn(turn, reply)) problems.push(`must not have ${pattern}`);
  if (turn.admitsNotKnowing && !admitsNotKnowing(reply)) {
    problems.push("does not say that it does not know");
  }
  return problems;
}

/** What the reply says though it must not. */
export function forbiddenIn({ noneOf }: Pick<GoldenTurn, "noneOf">, reply: string): RegExp[] {
  return noneOf.filter((pattern) => pattern.test(reply));
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
