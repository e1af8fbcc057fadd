import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { redactorOf } from "../../../src/core/secrets.ts";

// Made up, in parts, so that no scanner of repositories takes them for real.
const DISCORD = ["MTE4Mjk5OTk5OTk5OTk5OTk5", "GaBcDe", "x".repeat(38)].join(".");
const SLACK = ["xoxb", "123456789012", "abcDEF"].join("-");

describe("a redactor", () => {
  it("cuts a known secret out of text in whatever form it stands there", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, unit: "grapheme-ascii" }), (secret) => {
        const redact = redactorOf([secret]);
        for (const form of [
          secret,
          encodeURIComponent(secret),
          JSON.stringify(secret).slice(1, -1),
        ])
          expect(redact(`<${form}>`)).toBe("<…>");
      }),
    );
  });

  it("cuts the longer of two secrets where one begins with the other", () => {
    expect(redactorOf(["abc", "abcdef"])("abcdef")).toBe("…");
  });

  it.each([
    [`${SLACK} is invalid`, "… is invalid"],
    [`token=xoxe.xoxp-1-${"a".repeat(30)}`, "token=…"],
    ["for xapp-1-A012-345-abcdef.", "for …."],
    [`An invalid token was provided: ${DISCORD}`, "An invalid token was provided: …"],
    [`Authorization: Bot ${DISCORD}`, "Authorization: Bot …"],
    ["authorization: Bearer sk-12+3/4=", "authorization: Bearer …"],
    ["authorization%3A%20Bearer%20abc.def", "authorization%3A%20Bearer%20…"],
    [`/webhooks/123/${"aW".repeat(30)}/messages`, "/webhooks/123/…/messages"],
    [`/interactions/1/${"b".repeat(40)}/callback`, "/interactions/1/…/callback"],
    ["https://hooks.slack.com/commands/T1/2/abc", "https://hooks.slack.com/…"],
    ["wss://host/link/?ticket=abc-d&app_id=1", "wss://host/link/?ticket=…&app_id=1"],
  ])("cuts what looks like a token out of %s", (text, cut) => {
    expect(redactorOf([])(text)).toBe(cut);
  });

  it.each([
    "The bearer of good news",
    "language-from-zero/src/platforms/web/chat-completions.ts:12:3",
    "discord:118299999999999999 in guild 81384788765712384",
    "tests/src/platforms/terminal/interactive-chat.test.ts",
    "sha256 3f786850e387550fdab836ed7e6dc881de23001b",
  ])("leaves %s alone", (text) => {
    expect(redactorOf([])(text)).toBe(text);
  });
});
