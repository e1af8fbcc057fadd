/**
 * Conversations seen as rated replies: the last thing the bot says in each is
 * good. So what a model was first taught counts in KTO as if people had given
 * it a thumb.
 */

import { WANTED } from "../data/manifest.ts";
import { int32List } from "../data/number-list.ts";
import type { Shard } from "../data/shards.ts";

/** The conversations in which the bot says something, each up to the end of its last reply. */
export function repliesOf(shard: Shard, eos: number): Shard {
  const conversations = int32List();
  const starts = int32List();
  const ends = int32List();
  let tokens = 0;
  for (let i = 0; i < shard.conversations; i++) {
    const { ids, reply } = shard.read(i, 0, shard.length(i));
    const end = ids.lastIndexOf(eos) + 1;
    const start = reply.lastIndexOf(0, end - 1) + 1;
    if (end === 0 || start === 0 || start === end) continue; // nobody asks, or nothing is said
    conversations.push(i);
    starts.push(start);
    ends.push(end);
    tokens += end;
  }
  return {
    conversations: conversations.length,
    tokens,
    sos: shard.sos,
    pad: shard.pad,
    length: (i) => ends.values[i],
    read(i, from, to) {
      const { ids } = shard.read(conversations.values[i], from, to);
      const reply = new Uint8Array(to - from).fill(WANTED, Math.max(0, starts.values[i] - from));
      return { ids, reply };
    },
  };
}

/** Some of them, in the order given. */
export function chosenOf(shard: Shard, chosen: Int32Array): Shard {
  return {
    ...shard,
    conversations: chosen.length,
    tokens: chosen.reduce((sum, i) => sum + shard.length(i), 0),
    length: (i) => shard.length(chosen[i]),
    read: (i, from, to) => shard.read(chosen[i], from, to),
  };
}
