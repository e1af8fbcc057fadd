import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { defuse, settledPart } from "../../../../../src/platforms/slack/reply/safe-text.ts";

const visible = (text: string) => text.replaceAll("\u200B", "·");

describe("defuse", () => {
  it.each([
    ["wake <!here> and <!channel>", "wake <·!here> and <·!channel>"],
    ["ask <@U1>, in <#C1>, or <!subteam^S1>", "ask <·@U1>, in <·#C1>, or <·!subteam^S1>"],
    ["`<@U1>` is how you write it, <@U1>", "`<@U1>` is how you write it, <·@U1>"],
    ["``a ` <!here>`` <!here>", "``a ` <!here>`` <·!here>"],
    ["```\n<!here>\n```\n<!here>", "```\n<!here>\n```\n<·!here>"],
    ["~~~\n<!here>\n```\n<!here>", "~~~\n<!here>\n```\n<!here>"],
    ["an open ` and <!here>", "an open ` and <·!here>"],
    ["```one line``` <!here>", "```one line``` <·!here>"],
    ["1 < 2, <b>, <https://example.org>", "1 < 2, <b>, <https://example.org>"],
  ])("makes %j harmless", (text, harmless) => {
    expect(visible(defuse(text))).toBe(harmless);
  });
});

describe("settledPart", () => {
  it.each([
    ["hello <", "hello "],
    ["hello `co", "hello "],
    ["hello `code` and", "hello `code` and"],
    ["ask `<@U1>`", "ask "],
    ["one\n``", "one\n"],
    ["```\n<!here", "```\n<!here"],
    ["one\n```<!here>", "one\n"],
  ])("of %j is %j", (text, settled) => {
    expect(settledPart(text)).toBe(settled);
  });

  it("never takes back what was shown, wherever the text is cut", () => {
    const piece = fc.constantFrom("`", "``", "```", "\n", "<", "!here>", "@U1>", "a", " ", "~~~");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(40), (pieces, at) => {
        const text = pieces.join("");
        const shown = defuse(settledPart(text.slice(0, at)));
        expect(defuse(text).startsWith(shown)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
