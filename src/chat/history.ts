/**
 * From what people see on a platform to the messages a model reads.
 *
 * What the bot said is the assistant's, all else the user's, whoever said it;
 * its remarks about itself are left out. Several messages of one reply, and
 * several of one person, stand as the turns they are.
 */

import type { Message } from "../core/chat/conversation.ts";
import type { PastMessage, Person } from "./platform.ts";

/** How many earlier messages are asked for; the model's context is the real limit. */
export const HISTORY_LIMIT = 40;

/** Characters of one message that are read: the end, where the question stands. */
export const MESSAGE_LIMIT = 16_000;

export interface Said {
  readonly author: Person;
  readonly text: string;
}

export interface ConversationParts {
  readonly persona?: string | undefined;
  readonly past: readonly PastMessage[];
  /** What is to be answered. */
  readonly question: readonly Said[];
  /** The model reads who says what. */
  readonly names: boolean;
}

/** A message of the conversation, and whose words they are; nobody's are the persona and the bot's own. */
export interface SaidBy {
  readonly message: Message;
  readonly author?: Person;
  /** The bot's own: the message it stands in, where messages have ids. */
  readonly ownId?: string;
}

export function toConversation(parts: ConversationParts): Message[] {
  return toTurns(parts).map(({ message }) => message);
}

export function toTurns({ persona, past, question, names }: ConversationParts): SaidBy[] {
  const say = ({ author, text }: Said): SaidBy => {
    const content = names ? `${author.name}: ${readable(text)}` : readable(text);
    return { message: { role: "user", content }, author };
  };
  return [
    ...(persona ? [{ message: { role: "system", content: persona } } as const] : []),
    ...past
      .filter(({ isNotice, text }) => !isNotice && text.trim() !== "")
      .map(({ id, isOwn, author, text }): SaidBy =>
        isOwn
          ? { message: { role: "assistant", content: text }, ownId: id }
          : say({ author, text }),
      ),
    ...question.map(say),
  ];
}

/** Marks that pile up on a letter until nobody can read it ("zalgo") are cut to a few. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** A text as the model should read it. */
function readable(text: string): string {
  const piled = text.replace(PILED_MARKS, "$1");
  return piled.length <= MESSAGE_LIMIT ? piled : fromWholeCharacter(piled.slice(-MESSAGE_LIMIT));
}

/** Drops half a surrogate pair at the start. */
function fromWholeCharacter(text: string): string {
  const first = text.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? text.slice(1) : text;
}
