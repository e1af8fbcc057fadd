/** Several shards read as one, in their order: all conversations of a data set, whatever split they are in. */

import type { Shard } from "./shards.ts";

export function joinedShard(parts: readonly [Shard, ...Shard[]]): Shard {
  const conversations = parts.reduce((sum, part) => sum + part.conversations, 0);
  const locate = (i: number): [Shard, number] => {
    let place = i;
    for (const part of parts) {
      if (place < part.conversations) return [part, place];
      place -= part.conversations;
    }
    throw new RangeError(`There is no conversation ${i}: there are ${conversations}.`);
  };
  const [{ sos, pad }] = parts; // of one tokenizer, so equal in all
  return {
    conversations,
    tokens: parts.reduce((sum, part) => sum + part.tokens, 0),
    sos,
    pad,
    length(i) {
      const [part, place] = locate(i);
      return part.length(place);
    },
    read(i, start, end) {
      const [part, place] = locate(i);
      return part.read(place, start, end);
    },
  };
}
