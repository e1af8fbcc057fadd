/**
 * The preference record: what one line says about which replies are liked.
 *
 *     {"messages":[…, {"role":"user",…}], "chosen":"…", "rejected":"…"}     a pair: one of two replies is better
 *     {"messages":[…, {"role":"assistant",…}], "label":true}               a thumb: the last reply is good, or not
 *
 * Source, licence, consent and whatever else a line holds are as in a
 * conversation. The columns of Hugging Face's TRL (prompt, completion, replies
 * as lists of messages) become these. Knows nothing of files or tokens.
 */

import { z } from "zod";

import { Message, parseConversation, parseWith, type Conversation } from "../chat/conversation.ts";
import { HintedError } from "../errors.ts";

/** The messages are the prompt: they end with the user. */
export type Pair = Conversation & { readonly chosen: string; readonly rejected: string };
/** The messages end with the reply; `label` is true where it is good. */
export type RatedReply = Conversation & { readonly label: boolean };
export type Preference = Pair | RatedReply;

const Messages = z.array(Message).min(1);
const Reply = z.union([
  z.string(),
  Messages.refine((messages) => messages.at(-1)?.role === "assistant"),
]);
type Reply = z.infer<typeof Reply>;

const Judged = z.looseObject({
  prompt: z.union([z.string(), Messages]).optional(),
  completion: Reply.optional(),
  chosen: Reply.optional(),
  rejected: Reply.optional(),
  label: z.union([z.boolean(), z.enum(["good", "bad"])]).optional(),
});

const REPLY = "A reply is a string, or a list of messages of which the last is the assistant's.";
const HINTS: Readonly<Record<string, string>> = {
  prompt: "The prompt is a string, or a list of messages.",
  completion: REPLY,
  chosen: REPLY,
  rejected: REPLY,
  label: "The label is true for a good reply and false for a bad one.",
};

/** A row of messages alone is not judged, but may be meant for another method. */
export const isPair = (row: Conversation): row is Pair => "chosen" in row && "rejected" in row;

/** A reply that nobody should learn to give. */
export const isRatedBad = (row: Conversation): boolean =>
  "label" in row && (row.label === false || row.label === "bad");

const isRatedGood = (row: Conversation): boolean =>
  "label" in row && (row.label === true || row.label === "good");

/** What is for one method of `lfz finetune` more than for another; nothing of plain conversations. */
export function methodOf(row: Conversation): "dpo" | "kto" | undefined {
  if (isPair(row)) return "dpo";
  return isRatedGood(row) || isRatedBad(row) ? "kto" : undefined;
}

/** Reads a line of whatever kind it is: as a preference where it lacks what a conversation has, or says more. */
export function parsePreferenceOrConversation(value: unknown, where: string): Conversation {
  const has = (field: string) => typeof value === "object" && value !== null && field in value;
  const isPreference = (has("chosen") && has("rejected")) || (has("label") && !has("messages"));
  return isPreference ? parsePreference(value, where) : parseConversation(value, where);
}

/**
 * Reads one parsed line.
 *
 * @param where names the line in errors, for example `pairs.jsonl, line 3`
 * @throws HintedError naming the field and the value that do not fit
 */
export function parsePreference(value: unknown, where: string): Preference {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw notJudged(where);
  }
  const { prompt, completion, chosen, rejected, label, ...rest } = parseWith(
    Judged,
    value,
    where,
    HINTS,
  );
  const asked = rest.messages ?? toMessages(prompt, "user");
  if (chosen !== undefined && rejected !== undefined) {
    return pairOf(rest, { asked, chosen, rejected }, where);
  }
  if (label === undefined) throw notJudged(where);
  const messages = rest.messages ?? [asked, toMessages(completion, "assistant")].flat();
  const conversation = parseConversation({ ...rest, messages }, where);
  requireLast(conversation, "assistant", where);
  return { ...conversation, label: label === true || label === "good" };
}

function pairOf(
  rest: object,
  { asked, chosen, rejected }: { asked: unknown; chosen: Reply; rejected: Reply },
  where: string,
): Pair {
  const [before, other] = [messagesBefore(chosen), messagesBefore(rejected)];
  if (JSON.stringify(before) !== JSON.stringify(other)) {
    throw new HintedError(`${where}: chosen and rejected answer different messages.`, {
      hint: "Both replies of a pair answer the same prompt: all messages but the last are equal.",
    });
  }
  const conversation = parseConversation({ ...rest, messages: before ?? asked }, where);
  requireLast(conversation, "user", where);
  const pair = { chosen: textOf(chosen), rejected: textOf(rejected) };
  if (pair.chosen !== pair.rejected) return { ...conversation, ...pair };
  throw new HintedError(`${where}: chosen and rejected are both ${JSON.stringify(pair.chosen)}.`, {
    hint: "A pair of equal replies says nothing: delete the row.",
  });
}

/** A list of more than one message brings its prompt along. */
function messagesBefore(reply: Reply): readonly Message[] | undefined {
  return typeof reply === "string" || reply.length === 1 ? undefined : reply.slice(0, -1);
}

function textOf(reply: Reply): string {
  return typeof reply === "string" ? reply : (reply.at(-1)?.content ?? "");
}

function toMessages(said: string | readonly Message[] | undefined, role: Message["role"]) {
  return typeof said === "string" ? [{ role, content: said }] : said;
}

function requireLast({ messages }: Conversation, role: Message["role"], where: string): void {
  const last = messages.at(-1)?.role;
  if (last === role) return;
  const wanted = {
    user: "The messages of a pair are its prompt: the two replies stand in chosen and rejected.",
    assistant: "The label is about the last message: it is the assistant's.",
    system: "",
  };
  throw new HintedError(`${where}: the last message is of role "${last}", not "${role}".`, {
    hint: wanted[role],
  });
}

function notJudged(where: string): HintedError {
  return new HintedError(
    `${where}: the row has neither chosen and rejected replies nor a label for its last one.`,
    {
      hint: 'A line is {"messages":[…],"chosen":"…","rejected":"…"} or {"messages":[…],"label":true}; conversations alone are for --method sft.',
    },
  );
}
