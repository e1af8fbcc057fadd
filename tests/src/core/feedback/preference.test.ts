import { describe, expect, it } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import { parsePreference } from "../../../../src/core/feedback/preference.ts";

const user = { role: "user", content: "Hi" };
const good = { role: "assistant", content: "Hello!" };
const bad = { role: "assistant", content: "What?" };
const terms = { source: "thumbs", licence: "private", consent: "asked", id: "7" };
const pair = { messages: [user], chosen: "Hello!", rejected: "What?", ...terms };
const rated = { messages: [user, good], label: true, ...terms };

const { messages: _, ...asked } = pair;

describe("a preference row", () => {
  it.each([
    ["as the bot writes it", pair],
    ["with the prompt as a string", { ...asked, prompt: "Hi" }],
    ["with replies as messages", { ...asked, prompt: [user], chosen: [good], rejected: [bad] }],
    ["with the prompt in both replies", { ...asked, chosen: [user, good], rejected: [user, bad] }],
    ["with speakers", { ...pair, messages: [{ speaker: "user", text: "Hi" }] }],
  ])("is a pair: %s", (_, row) => {
    expect(parsePreference(row, "FILE, line 1")).toEqual(pair);
  });

  it.each([
    ["as the bot writes it", rated],
    ["in a word", { ...rated, label: "good" }],
    ["with prompt and completion", { prompt: "Hi", completion: "Hello!", label: true, ...terms }],
    ["with both as messages", { prompt: [user], completion: [good], label: true, ...terms }],
  ])("is a rated reply: %s", (_, row) => {
    expect(parsePreference(row, "FILE, line 1")).toEqual(rated);
  });

  it.each([
    [{ ...rated, label: "fine" }, 'label is "fine"'],
    [{ ...pair, chosen: 5 }, "chosen is 5"],
    [{ ...pair, rejected: "Hello!" }, 'chosen and rejected are both "Hello!"'],
    [{ ...pair, messages: [user, good] }, 'the last message is of role "assistant", not "user"'],
    [{ ...rated, messages: [user] }, 'the last message is of role "user", not "assistant"'],
    [{ ...pair, messages: [{ role: "bot", content: "Hi" }] }, 'messages[0].role is "bot"'],
    [{ ...pair, messages: undefined }, "messages is"],
    [
      { ...asked, chosen: [user, good], rejected: [bad] },
      "chosen and rejected answer different messages",
    ],
    [{ messages: [user, good] }, "the row has neither chosen and rejected replies nor a label"],
    [[user, good], "the row has neither"],
    ["Hi", "the row has neither"],
  ])("is refused by its place and value: %j", (row, says) => {
    expect(() => parsePreference(row, "FILE, line 3")).toThrow(HintedError);
    expect(() => parsePreference(row, "FILE, line 3")).toThrow(`FILE, line 3: ${says}`);
  });
});
