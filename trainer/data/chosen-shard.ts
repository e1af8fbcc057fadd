/** Some conversations of a shard, in the order in which they are named. */

import type { Shard } from "./shards.ts";

export function chosenShard(shard: Shard, chosen: readonly number[]): Shard {
  const { sos, pad } = shard;
  return {
    conversations: chosen.length,
    tokens: chosen.reduce((sum, i) => sum + shard.length(i), 0),
    sos,
    pad,
    length: (place) => shard.length(chosen[place]),
    read: (place, start, end) => shard.read(chosen[place], start, end),
  };
}
