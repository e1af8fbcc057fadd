import { describe, expect, it } from "vitest";

import { escaped, wordsOf } from "../../../../../src/platforms/slack/conversation/wire-text.ts";

describe("wordsOf", () => {
  it.each([
    ["<@UBOT> hello", "hello"],
    ["hello <@UBOT|zero> there", "hello there"],
    ["hello <@U2>, see <#C1|general> or <#C2>", "hello @someone, see #general or #channel"],
    [
      "<https://example.org|the page> and <https://example.org>",
      "the page and https://example.org",
    ],
    [
      "<mailto:a@example.org|a@example.org> <!here> <!subteam^S1|@team>",
      "a@example.org @here @team",
    ],
    ["1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;"],
    ["<@UBOT>", ""],
  ])("reads %j as %j", (wire, words) => {
    expect(wordsOf(wire, "UBOT")).toBe(words);
  });

  it("escapes what would be read as more than it says", () => {
    expect(escaped("<!here> & co")).toBe("&lt;!here&gt; &amp; co");
  });
});
