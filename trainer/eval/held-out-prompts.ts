/** Prompts for a model from conversations it has not seen: each up to its last reply, which stands beside it. */

import type { SpecialTokens, TokenId } from "../../src/core/tokenizer/tokenizer.ts";
import type { Shard } from "../data/shards.ts";

export interface HeldOutPrompt {
  /** Which of the shard's it is from. */
  readonly conversation: number;
  /** Ends with the `<sep>` after which the bot speaks. */
  readonly prompt: readonly TokenId[];
  /** What the bot says there in the data, without its `<eos>`. */
  readonly reference: readonly TokenId[];
}

/**
 * At most `count` prompts, from conversations spread evenly over the shard.
 *
 * A prompt longer than `room` tokens forgets its oldest exchanges, and the
 * persona with them; conversations without a reply, or with a question that is
 * longer still, are left out.
 */
export function heldOutPrompts(
  shard: Shard,
  specials: SpecialTokens,
  { count, room }: { readonly count: number; readonly room: number },
): HeldOutPrompt[] {
  const prompts: HeldOutPrompt[] = [];
  const wanted = Math.min(count, shard.conversations);
  for (let place = 0; place < wanted; place++) {
    const i = Math.floor((place * shard.conversations) / wanted);
    const found = lastExchange(shard.read(i, 0, shard.length(i)), specials);
    const prompt = found && shortened(found.prompt, room, specials);
    if (prompt) prompts.push({ ...found, prompt, conversation: i });
  }
  return prompts;
}

function lastExchange(
  { ids, reply }: ReturnType<Shard["read"]>,
  { sep, eos }: SpecialTokens,
): Omit<HeldOutPrompt, "conversation"> | undefined {
  const end = ids.findLastIndex((id, i) => id === eos && reply[i] === 1);
  if (end < 0) return undefined;
  const start = ids.lastIndexOf(sep, end) + 1;
  return { prompt: [...ids.subarray(0, start)], reference: [...ids.subarray(start, end)] };
}

/** From the first exchange with which it fits. */
function shortened(
  prompt: readonly TokenId[],
  room: number,
  { sos }: SpecialTokens,
): readonly TokenId[] | undefined {
  const start = prompt.indexOf(sos, Math.max(0, prompt.length - room));
  return start < 0 ? undefined : prompt.slice(start);
}
