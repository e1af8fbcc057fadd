import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitMessage } from "../../../src/chat/split.ts";

const isWhole = (text: string) => !/\p{Surrogate}/u.test(text); // half a pair is no character
const word = (length: number) => "x".repeat(length);

describe("splitMessage", () => {
  it("leaves a text that fits alone", () => {
    expect(splitMessage("Hello.", 2000)).toEqual(["Hello."]);
    expect(splitMessage("x".repeat(2000), 2000)).toEqual(["x".repeat(2000)]);
  });

  it("makes no message of blanks", () => {
    expect(splitMessage("", 2000)).toEqual([]);
    expect(splitMessage(" \n".repeat(3000), 2000)).toEqual([]);
  });

  it("prefers paragraphs to lines, lines to sentences, sentences to words", () => {
    expect(splitMessage(`${word(60)}\n\n${word(20)}\n${word(60)}`, 100)).toEqual([
      word(60),
      `${word(20)}\n${word(60)}`,
    ]);
    expect(splitMessage(`- ${word(60)}. ${word(10)}\n- ${word(60)}`, 100)).toEqual([
      `- ${word(60)}. ${word(10)}`,
      `- ${word(60)}`,
    ]);
    expect(splitMessage(`${word(60)}. ${word(10)} ${word(60)}`, 100)).toEqual([
      `${word(60)}.`,
      `${word(10)} ${word(60)}`,
    ]);
    expect(splitMessage(`${word(60)} ${word(60)}`, 100)).toEqual([word(60), word(60)]);
  });

  it("closes a fence that is cut and opens it again, with its language", () => {
    const code = Array.from({ length: 24 }, (_, line) => `let a${line} = ${line};`).join("\n");
    const messages = splitMessage(`Look:\n\`\`\`ts\n${code}\n\`\`\`\nDone.`, 100);
    expect(messages.length).toBeGreaterThan(2);
    for (const message of messages) {
      expect(message.length).toBeLessThanOrEqual(100);
      expect(message.match(/^```/gm)?.length ?? 0).toBe(2);
    }
    expect(messages[1]).toMatch(/^```ts\nlet a/);
    const lines = messages.join("\n").split("\n");
    expect(lines.filter((line) => line.startsWith("let")).join("\n")).toBe(code);
    expect(messages.at(-1)).toMatch(/```\nDone\.$/);
  });

  it("opens no fence at the very end of a message", () => {
    const messages = splitMessage(`${word(70)}\n\n\`\`\`js\n${word(40)}\n\`\`\``, 90);
    expect(messages).toEqual([word(70), `\`\`\`js\n${word(40)}\n\`\`\``]);
  });

  it("shows an open fence closed while its text still grows", () => {
    expect(splitMessage("```py\nprint(1)", 2000)).toEqual(["```py\nprint(1)\n```"]);
  });

  it("never cuts a character that people see as one", () => {
    const family = "👨‍👩‍👧‍👦";
    const messages = splitMessage(family.repeat(50), 100);
    expect(messages.join("")).toBe(family.repeat(50));
    for (const message of messages) {
      expect(message.length % family.length).toBe(0);
    }
  });

  it("keeps every character, every limit and every message that is over, for any text as it grows", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom("\n", "\n\n", " ", "\n```ts\n", "\n```\n", "\n~~~\n", "- item\n", "👩‍👩‍👦", "é"),
      fc.integer({ min: 1, max: 90 }).map(word),
    );
    const visible = (text: string) => text.replace(/[\s`~]|ts/g, "");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(), (pieces, at) => {
        const text = pieces.join("");
        const messages = splitMessage(text, 100);
        for (const message of messages) {
          expect(message.length).toBeLessThanOrEqual(100);
          expect(message.trim()).not.toBe("");
          expect(isWhole(message) || !isWhole(text)).toBe(true);
        }
        expect(visible(messages.join(""))).toBe(visible(text));
        const earlier = splitMessage(text.slice(0, at % (text.length + 1)), 100);
        const over = earlier.slice(0, -1);
        expect(messages.slice(0, over.length)).toEqual(over);
      }),
      { numRuns: 400 },
    );
  });
});
