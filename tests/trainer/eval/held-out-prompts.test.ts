import { describe, expect, it } from "vitest";

import type { Message } from "../../../src/core/chat/conversation.ts";
import { renderConversation } from "../../../src/core/chat/template.ts";
import { heldOutPrompts } from "../../../trainer/eval/held-out-prompts.ts";
import { byteTokenizer, spelled } from "../../support/byte-tokenizer.ts";
import { memoryShard } from "../support/memory-shard.ts";

const user = (content: string): Message => ({ role: "user", content });
const bot = (content: string): Message => ({ role: "assistant", content });

function promptsOf(conversations: readonly Message[][], options = { count: 10, room: 100 }) {
  const rendered = conversations.map((messages) => renderConversation(messages, byteTokenizer));
  return heldOutPrompts(memoryShard(rendered), byteTokenizer.specials, options).map(
    ({ prompt, reference }) => [spelled(prompt), spelled(reference)],
  );
}

describe("heldOutPrompts", () => {
  it("asks for the last reply, after all that was said before", () => {
    const persona: Message = { role: "system", content: "kind" };
    const talk = [persona, user("Hi"), bot("Hello"), user("Tea?"), bot("Yes"), user("ok")];
    expect(promptsOf([talk])).toEqual([
      ["<sos>kind<sep><eos><sos>Hi<sep>Hello<eos><sos>Tea?<sep>", "Yes"],
    ]);
  });

  it("forgets whole exchanges where there is no room", () => {
    const talk = [user("Hi"), bot("Hello"), user("Tea?"), bot("Yes")];
    expect(promptsOf([talk], { count: 1, room: 14 })).toEqual([["<sos>Tea?<sep>", "Yes"]]);
    expect(promptsOf([talk], { count: 1, room: 5 })).toEqual([]);
  });

  it("leaves out conversations without a reply", () => {
    expect(promptsOf([[user("anybody?")], [user("a"), bot("b")]])).toEqual([["<sos>a<sep>", "b"]]);
  });

  it("spreads over the conversations", () => {
    const talks = Array.from({ length: 9 }, (_, i) => [user(`${i}`), bot("x")]);
    expect(promptsOf(talks, { count: 3, room: 100 }).map(([prompt]) => prompt)).toEqual([
      "<sos>0<sep>",
      "<sos>3<sep>",
      "<sos>6<sep>",
    ]);
  });
});
