import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  defuse,
  readOwnText,
  readQuote,
  toQuote,
  toSmallPrint,
} from "../../../../src/platforms/discord/text.ts";

const words = fc
  .array(
    fc.oneof(
      fc.constantFrom("@everyone", "@here", "<@1>", "<@&2>", "<@!3>", "\n", " "),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(""))
  .filter((text) => !text.includes("\u200b") && text.length < 900);

describe("text for Discord", () => {
  it("calls nobody", () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(defuse(text)).not.toMatch(/@(everyone|here)\b|<@[!&]?\d/);
      }),
    );
  });

  it("reads as it was written, without what stands below it in small print", () => {
    const isPlain = (text: string) => /\S$/.test(text) && !/^-# /m.test(text);
    fc.assert(
      fc.property(words.filter(isPlain), (text) => {
        const shown = `${defuse(text)}\n${toSmallPrint("a remark\nof two lines")}`;
        expect(readOwnText(shown)).toBe(text);
      }),
    );
  });

  it("quoted reads as it was asked", () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(readQuote(toQuote(text))).toBe(text);
      }),
    );
    expect(readQuote("> a question\nand an answer")).toBeUndefined();
  });
});
