/** Replies to prompts as a shard in memory, of which only the replies are scored. */

import { renderPrompt } from "../../src/core/chat/template.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import type { Shard } from "../data/shards.ts";
import type { Replied } from "./feedback-rows.ts";

export function replyShard(replies: readonly Replied[], tokenizer: ChatTokenizer): Shard {
  const { sos, pad, eos } = tokenizer.specials;
  const rows = replies.map(({ prompt, reply }) => {
    const before = renderPrompt(prompt, tokenizer);
    const said = [...tokenizer.encode(reply), eos];
    return {
      ids: Int32Array.from([...before, ...said]),
      reply: Uint8Array.from([...before.map(() => 0), ...said.map(() => 1)]),
    };
  });
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
