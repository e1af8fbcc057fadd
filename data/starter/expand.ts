/**
 * Turns the hand-written starter corpus into training data:
 *
 *     node --import tsx data/starter/expand.ts [--out FILE] [--seed N] [--conversations N]
 *
 * Checks every text first and writes nothing if one is wrong (exit code 2).
 * The same seed writes the same bytes.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { z } from "zod";

import { HintedError } from "../../src/core/errors.ts";
import { writeAtomically } from "../../src/core/files.ts";
import { Random } from "../../src/core/random.ts";
import {
  checkConversations,
  checkCorpus,
  checkHeldOut,
  countCorpus,
  plainWords,
  type Counts,
} from "./check.ts";
import { compose, type Message } from "./compose.ts";
import { readCorpus } from "./corpus.ts";

const FOLDER = dirname(fileURLToPath(import.meta.url));
const GOLDEN = join(FOLDER, "../golden.json");
const MOST_PROBLEMS_SHOWN = 20;

const PROVENANCE = {
  source: "language-from-zero/starter",
  licence: "MIT",
  consent: "written for this project",
} as const;

const Flags = z.strictObject({
  out: z.string().min(1).default("var/starter/conversations.jsonl"),
  seed: z.coerce.number().int().default(1),
  conversations: z.coerce.number().int().positive().max(1_000_000).default(20_000),
});

export interface Expansion {
  readonly conversations: readonly (readonly Message[])[];
  readonly counts: Counts;
}

/** @throws HintedError that lists every violation of `check.ts`. */
export function expandStarter({ seed, count }: { seed: number; count: number }): Expansion {
  const corpus = readCorpus(FOLDER);
  const heldOut = readHeldOut();
  refuse([...checkCorpus(corpus), ...checkHeldOut(corpus, heldOut)]);
  const conversations = [
    ...compose(corpus, count, new Random(seed), (text) => heldOut.has(plainWords(text))),
  ];
  refuse(checkConversations(conversations, heldOut));
  return { conversations, counts: countCorpus(corpus) };
}

export function* toLines(conversations: Expansion["conversations"]): Generator<string> {
  for (const [index, messages] of conversations.entries()) {
    const id = `starter-${String(index + 1).padStart(6, "0")}`;
    yield `${JSON.stringify({ id, messages, ...PROVENANCE })}\n`;
  }
}

/** The user turns of the golden tests that the model must not have seen. */
function readHeldOut(): Set<string> {
  const Golden = z.array(
    z.looseObject({ heldOut: z.boolean(), turns: z.array(z.looseObject({ user: z.string() })) }),
  );
  const prompts = Golden.parse(JSON.parse(readFileSync(GOLDEN, "utf8")));
  const unseen = prompts.filter((prompt) => prompt.heldOut);
  return new Set(unseen.flatMap((prompt) => prompt.turns.map((turn) => plainWords(turn.user))));
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, MOST_PROBLEMS_SHOWN);
  const rest = problems.length - shown.length;
  throw new HintedError(
    `The starter corpus breaks ${problems.length} rules:\n${shown.join("\n")}${rest > 0 ? `\nand ${rest} more` : ""}`,
    { hint: "Correct the lines named above; data/README.md explains the format." },
  );
}

function summaryOf({ conversations, counts }: Expansion, file: string): string {
  const messages = conversations.flat();
  const characters = messages.reduce((sum, message) => sum + message.content.length, 0);
  const several = conversations.filter((messages) => messages.length > 2).length;
  const replies = messages.filter((message) => message.role === "assistant");
  return [
    `hand-written: ${counts.intents} intents (${counts.withFollowUps} with follow-ups), ${counts.scripts} scripts,`,
    `  ${counts.exchanges} exchanges (${counts.filledExchanges} with lists filled in), ${counts.replies} replies, ${counts.unknownQuestions} questions it cannot answer`,
    `expanded: ${conversations.length} conversations (${several} of several exchanges), ${replies.length} replies, ${(characters / 1e6).toFixed(2)} M characters`,
    `written to ${file}`,
  ].join("\n");
}

async function main(args: string[]): Promise<void> {
  const { out, seed, conversations: count } = readFlags(args);
  const expansion = expandStarter({ seed, count });
  await writeAtomically(out, toLines(expansion.conversations));
  process.stdout.write(`${summaryOf(expansion, out)}\n`);
}

function readFlags(args: string[]): z.infer<typeof Flags> {
  const hint = "Flags: --out FILE --seed N --conversations N.";
  try {
    const text = { type: "string" } as const;
    const options = { out: text, seed: text, conversations: text };
    return Flags.parse(parseArgs({ args, options }).values);
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new HintedError(`expand.ts cannot use these flags: ${what}`, { hint, cause });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof HintedError)) throw error;
    process.stderr.write(`error: ${error.message}\nhint: ${error.hint}\n`);
    process.exitCode = error.exitCode;
  }
}
