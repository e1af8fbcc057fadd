/**
 * The template: how a conversation becomes tokens, in training and in serving.
 *
 *     <sos> persona <sep> <eos>          the system text, if there is one
 *     <sos> Hi <sep> Hello! <eos>        an exchange; the bot's text and its <eos> are the reply
 *     <stop>                             the conversation is over: nothing more to say
 *
 * Messages of one role in a row are joined by a line break, and all system
 * texts are joined at the front. Text can never become a special token. Knows
 * nothing of files or models.
 */

import type { ChatTokenizer, SpecialTokens } from "../tokenizer/tokenizer.ts";
import type { Message } from "./conversation.ts";

/** A special token or a text, and whether it is the bot who says it. */
export type TemplatePart =
  | { readonly special: keyof SpecialTokens; readonly reply: boolean }
  | { readonly text: string; readonly reply: boolean };

export interface RenderedConversation {
  readonly ids: number[];
  /** Beside each id: is it the bot's? These are the targets of `--loss replies`. */
  readonly reply: boolean[];
}

/** A whole conversation, as it is learnt; an unanswered last message teaches `<stop>`: silence. */
export function renderConversation(
  messages: readonly Message[],
  tokenizer: ChatTokenizer,
): RenderedConversation {
  const ids: number[] = [];
  const reply: boolean[] = [];
  for (const part of conversationParts(messages)) {
    for (const id of encodePart(part, tokenizer)) {
      ids.push(id);
      reply.push(part.reply);
    }
  }
  return { ids, reply };
}

/** The beginning of a conversation up to the `<sep>` after which the bot speaks. */
export function renderPrompt(messages: readonly Message[], tokenizer: ChatTokenizer): number[] {
  const { system, exchanges } = promptExchanges(messages);
  return encodeParts([...systemParts(system), ...exchanges.flatMap(exchangeParts)], tokenizer);
}

/** What `renderConversation` encodes, still readable. */
export function conversationParts(messages: readonly Message[]): TemplatePart[] {
  const { system, exchanges } = exchangesOf(messages);
  return [
    ...systemParts(system),
    ...exchanges.flatMap(exchangeParts),
    { special: "stop", reply: true },
  ];
}

/** One turn of the user and the answer to it; either may be missing. */
export interface Exchange {
  user?: string;
  assistant?: string;
}

/** The exchanges of a prompt: the last one is open, waiting for the bot. */
export function promptExchanges(messages: readonly Message[]) {
  const { system, exchanges } = exchangesOf(messages);
  const last = exchanges.at(-1);
  if (!last || last.assistant !== undefined) exchanges.push({});
  return { system, exchanges };
}

export function systemParts(system: string | undefined): TemplatePart[] {
  if (system === undefined) return [];
  return [
    { special: "sos", reply: false },
    { text: system, reply: false },
    { special: "sep", reply: false },
    { special: "eos", reply: false },
  ];
}

export function exchangeParts({ user, assistant }: Exchange): TemplatePart[] {
  const parts: TemplatePart[] = [{ special: "sos", reply: false }];
  if (user !== undefined) parts.push({ text: user, reply: false });
  parts.push({ special: "sep", reply: false });
  if (assistant !== undefined) {
    parts.push({ text: assistant, reply: true }, { special: "eos", reply: true });
  }
  return parts;
}

export function encodeParts(parts: readonly TemplatePart[], tokenizer: ChatTokenizer): number[] {
  const ids: number[] = [];
  for (const part of parts) for (const id of encodePart(part, tokenizer)) ids.push(id);
  return ids;
}

function encodePart(part: TemplatePart, tokenizer: ChatTokenizer): readonly number[] {
  return "special" in part ? [tokenizer.specials[part.special]] : tokenizer.encode(part.text);
}

function exchangesOf(messages: readonly Message[]) {
  let system: string | undefined;
  const exchanges: Exchange[] = [];
  for (const { role, content } of messages) {
    const last = exchanges.at(-1);
    if (role === "system") system = joined(system, content);
    else if (role === "assistant" && last) last.assistant = joined(last.assistant, content);
    else if (role === "assistant") exchanges.push({ assistant: content });
    else if (last && last.assistant === undefined) last.user = joined(last.user, content);
    else exchanges.push({ user: content });
  }
  return { system, exchanges };
}

function joined(before: string | undefined, text: string): string {
  return before === undefined ? text : `${before}\n${text}`;
}
