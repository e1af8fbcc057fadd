/**
 * What an export of feedback says about two models: the rows that were held
 * out, to judge by; those that were learnt from, to see what was learnt and to
 * look for what must not be recited.
 */

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import {
  parseConversation,
  type Conversation,
  type Message,
} from "../../src/core/chat/conversation.ts";
import { HintedError } from "../../src/core/errors.ts";
import { isPair, parsePreference } from "../../src/core/feedback/preference.ts";
import { readRowsAs, type ParseRow } from "../data/read-rows.ts";

/** Rows of a file that are scored, from its beginning: enough for narrow intervals. */
const MOST_ROWS = 400;

/** A reply with what was said before it. */
export interface Replied {
  readonly prompt: readonly Message[];
  readonly reply: string;
}

export interface FeedbackRows {
  /** Better answers that were held out, and some of those that were learnt from. */
  readonly corrections: readonly Replied[];
  readonly learnt: readonly Replied[];
  readonly pairs: readonly { readonly chosen: Replied; readonly rejected: Replied }[];
  readonly thumbs: readonly (Replied & { readonly good: boolean })[];
}

const KINDS = ["corrections", "pairs", "thumbs"] as const;
const FILES = KINDS.flatMap((kind) => [`${kind}.jsonl`, join("held-out", `${kind}.jsonl`)]);

/** @throws HintedError if this is no export of feedback, or a row is broken */
export async function readFeedback(folder: string): Promise<FeedbackRows> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new HintedError(`There is no folder of feedback ${folder}.`, {
      hint: "`lfz feedback export --out DIR` writes one.",
    });
  }
  if (!existsSync(join(folder, "held-out"))) {
    throw new HintedError(`${folder} has no held-out/: it is no export of feedback.`, {
      hint: "Name the folder that `lfz feedback export --out DIR` wrote.",
    });
  }
  const read = async <C extends Conversation>(file: string, parse: ParseRow<C>): Promise<C[]> => {
    const found: C[] = [];
    for await (const row of rowsIn(join(folder, file), parse)) {
      if (found.push(row) === MOST_ROWS) break;
    }
    return found;
  };
  const judged = (kind: "pairs" | "thumbs") => read(`held-out/${kind}.jsonl`, parsePreference);
  return {
    corrections: (await read("held-out/corrections.jsonl", parseConversation)).flatMap(toReplied),
    learnt: (await read("corrections.jsonl", parseConversation)).flatMap(toReplied),
    pairs: (await judged("pairs")).flatMap((row) => {
      if (!isPair(row)) return [];
      const { messages: prompt, chosen, rejected } = row;
      return [{ chosen: { prompt, reply: chosen }, rejected: { prompt, reply: rejected } }];
    }),
    thumbs: (await judged("thumbs")).flatMap((row) => {
      if (isPair(row)) return [];
      return toReplied(row).map((replied) => ({ ...replied, good: row.label }));
    }),
  };
}

export interface PrivateText {
  readonly text: string;
  /** What the reply of the row answers. */
  readonly question: string;
}

/** What people said to the bot, of all rows. Its own words are nobody's, and better answers are there to be said. */
export async function* readPrivateTexts(folder: string): AsyncGenerator<PrivateText> {
  for (const file of FILES) {
    const isWanted = file.endsWith("corrections.jsonl");
    const parse: ParseRow<Conversation> = isWanted ? parseConversation : parsePreference;
    for await (const { messages } of rowsIn(join(folder, file), parse)) {
      const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
      for (const { role, content } of messages) {
        if (role === "user") yield { text: content, question };
      }
    }
  }
}

/** Nothing where there is no file or no row: an export writes no empty ones. */
async function* rowsIn<C extends Conversation>(
  path: string,
  parse: ParseRow<C>,
): AsyncGenerator<C> {
  if (!existsSync(path) || statSync(path).size === 0) return;
  for await (const row of readRowsAs(path, parse)) {
    if ("problem" in row) throw row.problem;
    yield row.conversation;
  }
}

function toReplied({ messages }: Conversation): Replied[] {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return [];
  return [{ prompt: messages.slice(0, -1), reply: last.content }];
}
