import { describe, expect, it } from "vitest";

import { parseConversation } from "../../../../src/core/chat/conversation.ts";

describe("parseConversation", () => {
  it("keeps the canonical shape and everything else the row says", () => {
    const row = {
      messages: [{ role: "user", content: "Hi", name: "Ada", mood: "glad" }],
      source: "logs",
      topic: { of: "day" },
    };
    expect(parseConversation(row, "x")).toEqual(row);
  });

  it("takes the first speaker as the user and everybody else as the assistant", () => {
    const messages = ["a", "b", "c", "a"].map((speaker) => ({ speaker, text: `${speaker} talks` }));
    expect(parseConversation({ source: "s", messages }, "x").messages).toEqual([
      { role: "user", name: "a", content: "a talks" },
      { role: "assistant", name: "b", content: "b talks" },
      { role: "assistant", name: "c", content: "c talks" },
      { role: "user", name: "a", content: "a talks" },
    ]);
  });

  it("believes speakers who are called by their role", () => {
    const messages = [
      { speaker: "assistant", text: "Welcome." },
      { speaker: "user", text: "Thanks." },
    ];
    expect(parseConversation({ messages }, "x").messages).toEqual([
      { role: "assistant", content: "Welcome." },
      { role: "user", content: "Thanks." },
    ]);
  });

  it("takes a bare list of messages", () => {
    const list = [{ speaker: "x", text: "Hi" }];
    expect(parseConversation(list, "x").messages).toEqual([
      { role: "user", name: "x", content: "Hi" },
    ]);
  });

  it("reads the American spelling of licence", () => {
    const row = { messages: [{ role: "user", content: "Hi" }], license: "MIT" };
    expect(parseConversation(row, "x").licence).toBe("MIT");
  });

  it.each([
    [7, "f, line 3: 7 is not a conversation."],
    [
      { prompt: "a", completion: "b" },
      "f, line 3: the row has no messages (it has prompt, completion).",
    ],
    [{ messages: [] }, "f, line 3: messages is an empty list."],
    [{ messages: [{ role: "bot", content: "Hi" }] }, 'f, line 3: messages[0].role is "bot".'],
    [{ messages: [{ role: "user" }] }, "f, line 3: messages[0].content is missing."],
    [{ messages: [{ role: "user", content: null }] }, "f, line 3: messages[0].content is null."],
    [
      {
        messages: [
          { speaker: "a", text: "Hi" },
          { role: "user", content: "Ho" },
        ],
      },
      "f, line 3: messages[1].speaker is missing.",
    ],
    [
      { messages: [{ role: "user", content: "Hi" }], id: 2 ** 60 },
      "f, line 3: id is 1152921504606847000.",
    ],
  ])("refuses %j", (row, message) => {
    expect(() => parseConversation(row, "f, line 3")).toThrow(
      expect.objectContaining({ name: "HintedError", message, exitCode: 2 }),
    );
  });
});
