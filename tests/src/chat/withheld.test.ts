import { describe, expect, it } from "vitest";

import type { BotParts } from "../../../src/chat/bot.ts";
import { Contexts, type ContextRecord } from "../../../src/feedback/contexts.ts";
import { PrivateWords } from "../../../src/recall/private-words.ts";
import { memorySegments } from "../../support/chat/memory-stores.ts";
import { openBot, recordingLog } from "../../support/chat/open-bot.ts";
import { ANNA, BEN, HALL, message } from "../../support/chat/paper-stage.ts";

const SECRET = "I live at 12 Elm Street and the key lies under the blue pot.";
const NOTE = "I stopped here: the rest would have repeated something a person said in private.";

describe("a reply that would recite what somebody else said in private", () => {
  it("stops before it does, says so, and is not learnt from", async () => {
    const { bot, say, contexts, lines, outcomes } = await gossip();
    await bot.command({ name: "opt-in", options: {}, person: BEN, place: HALL });
    const kept = contexts.lines.length;
    const { stage } = await say(message("Where does she live?", { author: BEN }));
    expect(stage.reply.end).toMatchObject({ outcome: "withheld", text: "She told me:" });
    expect(stage.reply.end?.notes[0]).toBe(NOTE);
    expect(stage.reply.shown.map(({ text }) => text)).not.toContainEqual(
      expect.stringMatching(/I|live/),
    );
    expect(contexts.lines).toHaveLength(kept);
    expect(outcomes).toEqual(["finished", "withheld"]);
    expect(lines).toContainEqual(expect.objectContaining({ event: "recital stopped" }));
    expect(JSON.stringify(lines)).not.toMatch(/elm street/i);
  });

  it("does not show its words where it is explained", async () => {
    const { bot, say } = await gossip();
    const { stage } = await say(message("Where does she live?", { author: BEN }));
    const told = (await bot.explain(stage.reply.id, BEN)).text;
    expect(told).toContain("`me:`");
    expect(told).not.toMatch(/live|Elm/);
  });

  it("is said to whoever said it first", async () => {
    const { say } = await gossip();
    const { stage } = await say(message("Where do I live?", { author: ANNA }));
    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: `She told me: ${SECRET}` });
  });

  it("is said again once that person is forgotten", async () => {
    const { bot, say, privateWords } = await gossip();
    const options = { confirm: "yes" };
    await bot.command({ name: "forget-me", options, person: ANNA, place: HALL });
    await privateWords.isRead;
    const { stage } = await say(message("Where does she live?", { author: BEN }));
    expect(stage.reply.end).toMatchObject({ outcome: "finished" });
  });
});

/** A bot whom Anna told something, and that tells it everybody who asks. */
async function gossip() {
  const segments = memorySegments<ContextRecord>();
  const contexts = new Contexts(segments);
  const { signal } = new AbortController();
  const { log } = recordingLog();
  const isPublic = async () => false;
  const privateWords = new PrivateWords({ contexts, isPublic, signal, log });
  const outcomes: string[] = [];
  const observer: BotParts["observer"] = {
    heard: () => {},
    firstSign: () => {},
    replied: (_, outcome) => outcomes.push(outcome),
  };
  const reply = `She told me: ${SECRET}`.match(/\S+\s*/g) ?? [];
  const opened = await openBot(
    { reply: ({ messages }) => (messages.at(-1)?.content === SECRET ? ["Noted."] : reply) },
    { contexts, privateWords, observer },
  );
  await opened.bot.command({ name: "opt-in", options: {}, person: ANNA, place: HALL });
  await opened.say(message(SECRET, { author: ANNA }));
  return { ...opened, contexts: segments, privateWords, outcomes };
}
