/** A few rows as a shard that lies in memory, and in no folder. */

import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { Shard } from "./shards.ts";
import type { MarkedTokens } from "./write-shards.ts";

export function shardInMemory(
  marked: readonly MarkedTokens[],
  { specials: { sos, pad } }: Pick<ChatTokenizer, "specials">,
): Shard {
  const rows = marked.map(({ ids, reply }) => ({
    ids: Int32Array.from(ids),
    reply: Uint8Array.from(reply, Number),
  }));
  return {
    conversations: rows.length,
    tokens: rows.reduce((sum, { ids }) => sum + ids.length, 0),
    sos,
    pad,
    length: (i) => rows[i].ids.length,
    read: (i, start, end) => ({
      ids: rows[i].ids.subarray(start, end),
      reply: rows[i].reply.subarray(start, end),
    }),
  };
}
