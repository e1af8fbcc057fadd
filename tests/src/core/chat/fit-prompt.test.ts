import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Message } from "../../../../src/core/chat/conversation.ts";
import { fitPrompt } from "../../../../src/core/chat/fit-prompt.ts";
import { renderPrompt } from "../../../../src/core/chat/template.ts";
import { byteTokenizer, spelled } from "../../../support/byte-tokenizer.ts";

const conversation: Message[] = [
  { role: "system", content: "Kind" },
  { role: "user", content: "one" },
  { role: "assistant", content: "1" },
  { role: "user", content: "two" },
  { role: "assistant", content: "2" },
  { role: "user", content: "three" },
];

function fitted(messages: readonly Message[], room: number) {
  const { ids, ...rest } = fitPrompt(messages, byteTokenizer, room);
  return { text: spelled(ids), length: ids.length, ...rest };
}

describe("fitPrompt", () => {
  it("leaves a prompt alone that fits exactly", () => {
    const whole = renderPrompt(conversation, byteTokenizer);
    expect(fitPrompt(conversation, byteTokenizer, whole.length)).toEqual({
      ids: whole,
      droppedTurns: 0,
      cut: false,
    });
  });

  it("drops whole oldest exchanges and keeps the system text", () => {
    const whole = renderPrompt(conversation, byteTokenizer).length;
    expect(fitted(conversation, whole - 1)).toMatchObject({
      text: "<sos>Kind<sep><eos><sos>two<sep>2<eos><sos>three<sep>",
      droppedTurns: 1,
      cut: false,
    });
    expect(fitted(conversation, 15)).toMatchObject({
      text: "<sos>Kind<sep><eos><sos>three<sep>",
      droppedTurns: 2,
    });
  });

  it("keeps the end of a last message that is too long by itself", () => {
    const messages = [{ role: "system" as const, content: "OK" }, ...conversation.slice(1)];
    expect(fitted(messages, 11)).toEqual({
      text: "<sos>OK<sep><eos><sos>hree<sep>",
      length: 11,
      droppedTurns: 3,
      cut: true,
    });
    expect(fitted([{ role: "user", content: "abcdef" }], 5)).toMatchObject({
      text: "<sos>def<sep>",
      droppedTurns: 1,
      cut: true,
    });
  });

  it("never begins inside a character", () => {
    expect(fitted([{ role: "user", content: "ab한글" }], 7).text).toBe("<sos>글<sep>");
  });

  it("lets a system text fill at most half the room when something must go", () => {
    const messages: Message[] = [
      { role: "system", content: "a very long persona" },
      { role: "user", content: "a very long question" },
    ];
    expect(fitted(messages, 16).text).toBe("<sos>a ver<sep><eos><sos>estion<sep>");
  });

  it("always fits, and always ends where the bot speaks", () => {
    const message = fc.record({
      role: fc.constantFrom("user" as const, "assistant" as const, "system" as const),
      content: fc.string({ maxLength: 12, unit: "grapheme" }),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.integer({ min: 2, max: 60 }),
        (messages, room) => {
          const { ids, cut, droppedTurns } = fitPrompt(messages, byteTokenizer, room);
          const whole = renderPrompt(messages, byteTokenizer);
          expect(ids.length).toBeLessThanOrEqual(room);
          expect(ids[0]).toBe(byteTokenizer.specials.sos);
          expect(ids.at(-1)).toBe(byteTokenizer.specials.sep);
          expect(droppedTurns > 0 || cut).toBe(whole.length > room);
        },
      ),
    );
  });
});
