/**
 * One piece of feedback on one context as rows to learn from, each with where
 * it comes from and who agreed.
 *
 * A better answer is a conversation that ends with it, and a pair in which it
 * is preferred to what the bot said; a thumb is the reply with a label.
 */

import type { Conversation, Message } from "../core/chat/conversation.ts";
import type { Pair, RatedReply } from "../core/feedback/preference.ts";
import { sha256Of } from "../core/files.ts";
import { authorsOf, type ContextRecord } from "./contexts.ts";
import type { Item } from "./items.ts";
import type { ItemInWords } from "./read-again.ts";

/** The files of an export, and what they are for: `sft`, `dpo` and `kto`. */
export type RowKind = "corrections" | "pairs" | "thumbs";

type Said =
  | Pick<Conversation, "messages">
  | Pick<Pair, "messages" | "chosen" | "rejected">
  | Pick<RatedReply, "messages" | "label">;

export interface FeedbackRow {
  readonly kind: RowKind;
  readonly reply: string;
  /** Of what is learnt, which tells a row from all others whatever its kind. */
  readonly sha256: string;
  /** All of it as a line of JSON. */
  readonly line: string;
}

export interface RowOrigin {
  readonly licence: string;
  /** How everybody in it agreed, and when that was asked. */
  readonly consent: string;
}

export function toRows(
  item: ItemInWords,
  context: ContextRecord,
  origin: RowOrigin,
): FeedbackRow[] {
  const { turns, reply } = context;
  const prompt = turns.map(({ role, content }): Message => ({ role, content }));
  const answeredBy = (content: string): Message[] => [...prompt, { role: "assistant", content }];
  const source = JSON.stringify(originOf(item, context, origin));
  const finish = (kind: RowKind, said: Said): FeedbackRow => {
    const json = JSON.stringify(said);
    const sha256 = sha256Of(json);
    const line = `${json.slice(0, -1)},${source.slice(1, -1)},"sha256":"${sha256}"}`;
    return { kind, reply: item.reply, sha256, line };
  };
  if (item.kind === "rating") {
    const label = item.verdict === "good";
    return [finish("thumbs", { messages: answeredBy(reply), label })];
  }
  const { text } = item;
  if (text === reply) return [finish("corrections", { messages: answeredBy(text) })]; // nothing is preferred to itself
  return [
    finish("corrections", { messages: answeredBy(text) }),
    finish("pairs", { messages: prompt, chosen: text, rejected: reply }),
  ];
}

function originOf(
  { id, rater, at, reply, model }: Item,
  context: ContextRecord,
  { licence, consent }: RowOrigin,
) {
  const time = new Date(at).toISOString();
  const authors = [...new Set([rater, ...authorsOf(context)])].sort();
  return { source: "feedback", licence, consent, author: rater, authors, time, id, reply, model };
}
