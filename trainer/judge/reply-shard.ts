/** Replies to prompts as a shard in memory, of which only the replies are scored. */

import { renderPrompt } from "../../src/core/chat/template.ts";
import type { ChatTokenizer } from "../../src/core/tokenizer/tokenizer.ts";
import { shardInMemory } from "../data/shard-in-memory.ts";
import type { Shard } from "../data/shards.ts";
import type { Replied } from "./feedback-rows.ts";

export function replyShard(replies: readonly Replied[], tokenizer: ChatTokenizer): Shard {
  const { eos } = tokenizer.specials;
  const rows = replies.map(({ prompt, reply }) => {
    const before = renderPrompt(prompt, tokenizer);
    const said = [...tokenizer.encode(reply), eos];
    return {
      ids: [...before, ...said],
      reply: [...before.map(() => false), ...said.map(() => true)],
    };
  });
  return shardInMemory(rows, tokenizer);
}
