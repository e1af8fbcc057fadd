import { describe, expect, it } from "vitest";

import type { Person } from "../../../../src/chat/platform.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import {
  ANNA,
  BEN,
  HALL,
  MANAGER,
  message,
  paperStage,
  past,
  person,
} from "../../../support/chat/paper-stage.ts";

const ADA = person("ada"); // an admin: see openBot

/** A bot that has said "Hello there." to Anna, who agreed, as Ben has. */
async function desk() {
  const opened = await openBot();
  const { bot, say, feedback } = opened;
  const run = async (name: string, who: Person, options: Record<string, string> = {}) =>
    bot.command({ name, options, person: who, place: HALL });
  const review = async (action?: string, items?: string, who = ADA) =>
    (await run("review", who, { ...(action && { action }), ...(items && { items }) })).text;
  for (const who of [ANNA, BEN]) await run("opt-in", who);
  const ask = async (text: string) => (await say(message(text))).stage.reply.id;
  /** The ids a review shows, in order. */
  const ids = async () => [...(await review()).matchAll(/^`([0-9a-f]{8})`/gm)].map(([, id]) => id);
  const decisions = () => feedback.lines.filter(({ kind }) => kind === "decision");
  return { ...opened, run, review, ask, ids, decisions };
}

describe("review", () => {
  it("shows what waits with its question, its reply and an id, to reviewers only", async () => {
    const { bot, ask, review } = await desk();
    expect(await review()).toContain("Nothing waits");
    await bot.correct(await ask("Who are you?"), BEN, "I am a bot.");
    const shown = await review();
    expect(shown).toContain("1 to review, 0 held");
    expect(shown).toMatch(
      /^`[0-9a-f]{8}` ✏️\n> Who are you\?\nI said: Hello there\.\nBetter: I am a bot\.$/m,
    );
    expect(await review("show", "", MANAGER)).toContain("Only reviewers");
  });

  it("writes down who decided what, and when", async () => {
    const { bot, ask, review, ids, decisions, clock } = await desk();
    const replies = [await ask("One"), await ask("Two"), await ask("Three")];
    for (const [index, reply] of replies.entries())
      await bot.correct(reply, BEN, `Better ${index}`);
    const [one = "", two = "", three = ""] = await ids();
    expect(await review("approve", one)).toBe("1 approved.");
    expect(await review("reject", two)).toBe("1 rejected.");
    expect(await review("edit", `${three} In my own words`)).toBe("1 approved as you wrote it.");
    expect(await review()).toContain("Nothing waits");
    expect(decisions()).toMatchObject([
      { item: one, verdict: "approved", at: clock.now() },
      { item: two, verdict: "rejected" },
      { item: three, verdict: "approved", text: "In my own words" },
    ]);
    expect(decisions().every((record) => "reviewer" in record && record.reviewer !== "")).toBe(
      true,
    );
  });

  it("approves all that waits, but nothing that is held", async () => {
    const { bot, ask, review, ids, run } = await desk();
    await bot.correct(await ask("One"), BEN, "Better");
    const second = await ask("Two");
    await bot.rate(second, ANNA, "good");
    await bot.rate(second, BEN, "bad");
    await run("opt-in", MANAGER);
    expect(await review()).toContain("👎 held: raters disagree: 1 good, 1 bad");
    expect(await review("approve-all")).toBe(
      "1 approved. 2 held as suspicious: approve them by their ids.",
    );
    const [good = "", bad = ""] = await ids();
    expect(await review("approve", `${good}, ${bad}`)).toBe("2 approved.");
    expect(await ids()).toEqual([]);
  });

  it("decides nothing where an id is unknown or there is nothing to edit", async () => {
    const { bot, ask, review, ids, decisions } = await desk();
    const reply = await ask("One");
    await bot.correct(reply, BEN, "Better");
    const [one = ""] = await ids();
    expect(await review("approve", `${one} 00000000`)).toContain(
      "nothing to review of the id 00000000",
    );
    expect(await review("approve")).toContain("Which one?");
    expect(await review("edit", one)).toContain("Which one?");
    expect(await review("burn", one)).toContain("approve-all");
    expect(decisions()).toEqual([]);
  });

  it("is not asked for where an admin switched it off", async () => {
    const { bot, ask, review, run } = await desk();
    await bot.correct(await ask("One"), BEN, "Better");
    await run("settings", ADA, { name: "review", value: "off" });
    expect(await review()).toContain("Nothing waits");
  });

  it("shows nothing of people who did not agree", async () => {
    const { bot, ask, review, run } = await desk();
    await bot.correct(await ask("One"), BEN, "Better");
    await run("opt-out", ANNA);
    expect(await review()).toContain("Nothing waits");
  });
});

describe("my-data", () => {
  it("is a file with all that is kept of a person, and nothing of others", async () => {
    const { bot, ask, run, say } = await desk();
    const reply = await ask("I am Anna");
    await bot.correct(reply, ANNA, "Hello Anna!");
    await bot.rate(reply, BEN, "bad");
    const { stage } = await say(message("I am Ben", { author: BEN }));
    await bot.explainRating(stage.reply.id, ANNA, "too short");
    const { file, isPrivate } = await run("my-data", ANNA);
    expect(isPrivate).toBe(true);
    expect(file?.name).toBe("my-data.json");
    const kept = JSON.parse(file?.text ?? "") as Record<string, unknown[]>;
    expect(kept.optedInAt).toEqual(expect.any(Number));
    expect(kept.replies).toMatchObject([{ id: reply }]);
    expect(kept.feedback).toMatchObject([
      { kind: "correction", text: "Hello Anna!" },
      { kind: "reason", text: "too short" },
    ]);
    expect(kept.conversations).toMatchObject([{ turns: [{ content: "I am Anna" }] }]);
    expect(file?.text).not.toContain("Ben");
  });

  it("shows of a shared conversation one's own words only", async () => {
    const { run, say, clock } = await desk();

    const stage = paperStage(clock);
    stage.before = [past("Ben's words", { author: BEN, at: clock.now() })];
    await say(message("Anna's words", { at: clock.now() + 1 }), stage);
    const { file } = await run("my-data", ANNA);
    expect(file?.text).toContain("Anna's words");
    expect(file?.text).toContain("(somebody else)");
    expect(file?.text).not.toContain("Ben's words");
  });

  it("is next to nothing once one was forgotten", async () => {
    const { ask, run, bot } = await desk();
    await bot.correct(await ask("I am Anna"), ANNA, "Hello Anna!");
    await run("forget-me", ANNA, { confirm: "yes" });
    const { file } = await run("my-data", ANNA);
    expect(JSON.parse(file?.text ?? "")).toMatchObject({
      forgottenAt: expect.any(Number) as unknown,
      replies: [],
      feedback: [],
      conversations: [],
    });
  });
});
