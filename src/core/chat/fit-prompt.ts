/**
 * A prompt that fits the room it has: whole exchanges are forgotten, oldest
 * first, and the system text stays.
 *
 * Knows the template; not what the room is for, nor who speaks.
 */

import type { ChatTokenizer } from "../tokenizer/tokenizer.ts";
import type { Message } from "./conversation.ts";
import { encodeParts, exchangeParts, promptExchanges, systemParts } from "./template.ts";

/** `<sos>` and `<sep>`: a prompt in which nobody has said anything. */
const SMALLEST_PROMPT = 2;

/** The part of the context that a conversation leaves free for a reply, if the reply may be that long. */
const REPLY_SHARE = 1 / 4;

export interface FittedPrompt {
  readonly ids: number[];
  /** Exchanges left out, and the last one if it had to be cut. */
  readonly droppedTurns: number;
  /** The last user turn (or the system text) is too long to stand there whole. */
  readonly cut: boolean;
}

/** The tokens of a context that a prompt may take where a reply may have `maxTokens`. */
export function promptRoom(context: number, maxTokens: number): number {
  return context - Math.min(maxTokens, Math.ceil(context * REPLY_SHARE));
}

/** The prompt of `renderPrompt` in at most `room` tokens. */
export function fitPrompt(
  messages: readonly Message[],
  tokenizer: ChatTokenizer,
  room: number,
): FittedPrompt {
  if (room < SMALLEST_PROMPT) throw new RangeError(`A prompt needs ${SMALLEST_PROMPT} tokens.`);
  const { system, exchanges } = promptExchanges(messages);
  const persona = encodeParts(systemParts(system), tokenizer);
  const kept = [encodeParts(exchangeParts(exchanges.at(-1) ?? {}), tokenizer)];
  const question = kept[0] ?? [];

  let left = room - persona.length - question.length;
  if (left < 0) {
    const ids = cutToFit(persona, question, tokenizer, room);
    return { ids, droppedTurns: exchanges.length, cut: true };
  }
  for (const exchange of exchanges.slice(0, -1).reverse()) {
    const ids = encodeParts(exchangeParts(exchange), tokenizer);
    if (ids.length > left) break;
    left -= ids.length;
    kept.unshift(ids);
  }
  return {
    ids: [...persona, ...kept.flat()],
    droppedTurns: exchanges.length - kept.length,
    cut: false,
  };
}

/** The end of the question matters most; a system text may fill half the room, and keeps its start. */
function cutToFit(
  persona: readonly number[],
  question: readonly number[],
  tokenizer: ChatTokenizer,
  room: number,
): number[] {
  const share = Math.max(room - question.length, Math.floor(room / 2));
  const start = persona.length <= share ? persona : cutPersona(persona, share);
  const space = room - start.length;
  if (question.length <= space) return [...start, ...question];
  const [sos = 0, ...rest] = question;
  return [...start, sos, ...fromWholeCharacter(rest.slice(rest.length - (space - 1)), tokenizer)];
}

/** `<sos> the first words <sep> <eos>`, or nothing where not even a word has room. */
function cutPersona(persona: readonly number[], share: number): readonly number[] {
  return share > 3 ? [...persona.slice(0, share - 2), ...persona.slice(-2)] : [];
}

/** Drops the bytes of a character that the cut went through. */
function fromWholeCharacter(ids: readonly number[], tokenizer: ChatTokenizer): readonly number[] {
  const isInside = (id: number) => ((tokenizer.bytesOf(id)[0] ?? 0) & 0xc0) === 0x80;
  const first = ids.findIndex((id) => !isInside(id));
  return ids.slice(first);
}
