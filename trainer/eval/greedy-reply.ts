/**
 * The reply that a model finds likeliest, token by token: nothing is left to
 * chance, so that two replies differ only where the models do.
 */

import { indexOfLargest } from "../../src/core/decoder/largest.ts";
import type { Decoder } from "../../src/core/decoder/decoder.ts";
import type { ChatTokenizer, TokenId } from "../../src/core/tokenizer/tokenizer.ts";

export interface WholeReply {
  readonly text: string;
  /** How many tokens spell it. */
  readonly tokens: number;
  /** By itself, with `<eos>` or `<stop>`; else it was cut at its longest. */
  readonly ended: boolean;
}

/** @param prompt ends with the `<sep>` after which the bot speaks; one that fills the context gets no reply */
export async function greedyReply(
  decoder: Decoder,
  tokenizer: ChatTokenizer,
  prompt: readonly TokenId[],
  maxTokens: number,
): Promise<WholeReply> {
  const { eos, stop } = tokenizer.specials;
  const room = Math.min(maxTokens, decoder.context - prompt.length);
  const reply: TokenId[] = [];
  const toReply = (ended: boolean) => ({
    text: tokenizer.decode(reply),
    tokens: reply.length,
    ended,
  });
  let unread = prompt;
  let position = 0;
  while (reply.length < room) {
    const next = likeliest(await decoder.read(0, position, unread), tokenizer);
    if (next === eos || next === stop) return toReply(true);
    reply.push(next);
    position += unread.length;
    unread = [next];
  }
  return toReply(false);
}

/** As in serving, a special token that ends nothing is never said. */
function likeliest(logits: Float32Array, tokenizer: ChatTokenizer): TokenId {
  const { eos, stop } = tokenizer.specials;
  const isSilent = (id: TokenId) => tokenizer.isSpecial(id) && id !== eos && id !== stop;
  let id = indexOfLargest(logits);
  while (isSilent(id) && logits[id] > -Infinity) {
    logits[id] = -Infinity;
    id = indexOfLargest(logits);
  }
  return id;
}
