/**
 * The conversation record: what one line of a conversation file says.
 *
 * Knows the two shapes a line may have and turns both into the canonical one;
 * not where lines come from, nor how a conversation becomes tokens. Whatever
 * else a line holds is kept, so that nothing is lost between files.
 */

import { z } from "zod";

import { HintedError } from "../errors.ts";

const ROLES = ["system", "user", "assistant"] as const;
type Role = (typeof ROLES)[number];

export const Message = z.looseObject({
  role: z.enum(ROLES),
  content: z.string(),
  name: z.string().optional(),
});
export type Message = Readonly<Pick<z.infer<typeof Message>, "role" | "content" | "name">>;

export const Conversation = z.looseObject({
  messages: z.array(Message).min(1),
  source: z.string().optional(),
  licence: z.string().optional(),
  /** How the authors agreed; `false` where they did not. */
  consent: z.union([z.string(), z.boolean()]).optional(),
  id: z.union([z.string(), z.int()]).optional(),
  /** A pseudonym. */
  author: z.string().optional(),
  /** Pseudonyms of all whose words are in it, where they are several. */
  authors: z.array(z.string()).optional(),
  time: z.union([z.string(), z.number()]).optional(),
});
export type Conversation = Readonly<
  Pick<
    z.infer<typeof Conversation>,
    "source" | "licence" | "consent" | "id" | "author" | "authors" | "time"
  >
> & {
  readonly messages: readonly Message[];
};

const Spoken = z.looseObject({ speaker: z.string(), text: z.string() });
const SpokenConversation = z.looseObject({ messages: z.array(Spoken).min(1) });

/**
 * Reads one parsed line: `{"messages":[{"role","content"}]}`, the same with
 * `{"speaker","text"}`, or just the list of messages.
 *
 * @param where names the line in errors, for example `chats.jsonl, line 3`
 * @throws HintedError naming the field and the value that do not fit
 */
export function parseConversation(value: unknown, where: string): Conversation {
  const row = Array.isArray(value) ? { messages: value as unknown[] } : withOurSpelling(value);
  const messages = messagesOf(row, where);
  if (!messages.some(isSpoken)) return parseWith(Conversation, row, where);
  const spoken = parseWith(SpokenConversation, row, where);
  const canonical = { ...spoken, messages: withRoles(spoken.messages) };
  return parseWith(Conversation, canonical, where);
}

/** Most of the world's data sets write "license". */
function withOurSpelling(value: unknown): unknown {
  if (typeof value !== "object" || value === null || "licence" in value) return value;
  if (!("license" in value)) return value;
  const { license, ...rest } = value;
  return { ...rest, licence: license };
}

function messagesOf(row: unknown, where: string): readonly unknown[] {
  const hint = 'A line is an object like {"messages":[{"role":"user","content":"Hi"}]}.';
  if (typeof row !== "object" || row === null) {
    throw new HintedError(`${where}: ${shown(row)} is not a conversation.`, { hint });
  }
  const messages = "messages" in row ? row.messages : undefined;
  if (!Array.isArray(messages)) {
    if ("messages" in row) {
      throw new HintedError(`${where}: messages is ${shown(messages)}.`, { hint });
    }
    const keys = Object.keys(row).slice(0, 5).join(", ") || "no fields";
    throw new HintedError(`${where}: the row has no messages (it has ${keys}).`, { hint });
  }
  if (messages.length === 0) {
    throw new HintedError(`${where}: messages is an empty list.`, { hint });
  }
  return messages;
}

function isSpoken(message: unknown): boolean {
  return typeof message === "object" && message !== null && "speaker" in message;
}

/**
 * Gives speakers roles. Where every speaker is called by a role, that is it;
 * otherwise the first to speak is the user and all others are the assistant.
 */
function withRoles(messages: readonly z.infer<typeof Spoken>[]) {
  const first = messages[0]?.speaker;
  const named = messages.every(({ speaker }) => isRole(speaker));
  return messages.map(({ speaker, text, ...rest }) =>
    named
      ? { ...rest, role: speaker, content: text }
      : { ...rest, role: speaker === first ? "user" : "assistant", name: speaker, content: text },
  );
}

function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word);
}

/** @throws HintedError naming the first field that does not fit and its value; `hints` are by field */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  row: unknown,
  where: string,
  hints = HINTS,
): z.infer<Schema> {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path ?? [];
  const field = z.core.toDotPath(path);
  const value = path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    row,
  );
  throw new HintedError(
    value === undefined
      ? `${where}: ${field} is missing.`
      : `${where}: ${field} is ${shown(value)}.`,
    {
      hint: hints[String(path.at(-1))] ?? "A message is an object with role and content.",
      cause: parsed.error,
    },
  );
}

const HINTS: Readonly<Record<string, string>> = {
  role: "Roles are system, user and assistant.",
  content: "The content of a message is a string.",
  text: "The text of a message is a string.",
  speaker: "Either every message has speaker and text, or every message has role and content.",
  name: "The name of a speaker is a string.",
  source: "The source is a string: where the conversation comes from.",
  licence: "The licence is a string, for example CC0-1.0.",
  consent: "Consent is a string saying how the authors agreed, or true or false.",
  id: "An id is a string; whole numbers too large for JavaScript need quotes.",
  author: "The author is a string: a pseudonym.",
  authors: "The authors are a list of strings: pseudonyms.",
  time: "The time is a string (ISO 8601) or a number.",
};

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
