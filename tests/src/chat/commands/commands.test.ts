import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { BotParts } from "../../../../src/chat/bot.ts";
import { commands } from "../../../../src/chat/commands/index.ts";
import type { Person, Place } from "../../../../src/chat/platform.ts";
import { BotSettings } from "../../../../src/chat/settings.ts";
import { openDocument } from "../../../../src/state/document.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { gate, type Script } from "../../../support/scripted-engine.ts";
import { openBot, recordingLog } from "../../../support/chat/open-bot.ts";
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

async function desk(script: Script = {}, parts: Partial<BotParts> = {}) {
  const opened = await openBot(script, parts);
  const run = async (
    name: string,
    options: Record<string, string | number> = {},
    who: Person = ANNA,
    place: Place = HALL,
  ) => (await opened.bot.command({ name, options, person: who, place })).text;
  return { ...opened, run };
}

describe("the list of commands", () => {
  it("fits what Discord takes: names, lengths, required options first", () => {
    for (const { name, summary, options } of commands) {
      expect(name).toMatch(/^[a-z][a-z-]{0,31}$/);
      expect(summary.length).toBeLessThanOrEqual(100);
      const firstOptional = options.findIndex(({ isRequired }) => !isRequired);
      const rest = firstOptional < 0 ? [] : options.slice(firstOptional);
      expect(rest.some(({ isRequired }) => isRequired)).toBe(false);
      for (const option of options) {
        expect(option.name).toMatch(/^[a-z][a-z-]{0,31}$/);
        expect(option.description.length).toBeLessThanOrEqual(100);
        expect(option.choices?.length ?? 0).toBeLessThanOrEqual(25);
      }
    }
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
  });

  it("shows everybody what they may do, and refuses the rest", async () => {
    const { run } = await desk();
    expect(await run("help")).toContain("`reset`");
    expect(await run("help")).not.toContain("stop-all");
    expect(await run("help", {}, ADA)).toContain("stop-all");
    expect(await run("help", { command: "feedback" })).toContain("feedback VERDICT [REASON]");
    expect(await run("stop-all", {}, MANAGER)).toContain("Only admins");
    expect(await run("settings", {}, ANNA)).toContain("Only people who manage");
    expect(await run("stop-all", {}, { ...ADA, isBot: true })).toContain("Only admins");
    expect(await run("nonsense")).toContain("no command");
  });
});

describe("reset", () => {
  it("begins anew here, and nowhere else", async () => {
    const { run, clock, engine, say } = await desk();
    await run("reset");
    const stage = paperStage(clock);
    stage.before = [past("long ago", { at: clock.now() - 1 })];
    await say(message("Hello", { at: clock.now() }), stage);
    await say(message("Hello", { at: clock.now(), place: { ...HALL, channel: "garden" } }), stage);
    expect(engine.requests.map(({ messages }) => messages.length)).toEqual([1, 2]);
  });

  it("of a channel holds in its threads; of a thread in no other", async () => {
    const { run, clock, engine, say } = await desk();
    const thread = (id: string): Place => ({ ...HALL, thread: id });
    const stage = paperStage(clock);
    const ask = () =>
      Promise.all(
        ["1", "2"].map((id) => say(message("Hi", { at: clock.now(), place: thread(id) }), stage)),
      );
    stage.before = [past("long ago", { at: clock.now() - 1 })];
    await run("reset", {}, ANNA, thread("1"));
    await ask();
    await run("reset");
    await ask();
    expect(engine.requests.map(({ messages }) => messages.length)).toEqual([1, 2, 1, 1]);
  });
});

describe("persona and settings", () => {
  it("a manager changes who the bot is, others look", async () => {
    const { run, engine, say } = await desk();
    expect(await run("persona", { text: "A pirate." })).toContain("Only people who manage");
    await run("persona", { text: "A pirate." }, MANAGER);
    expect(await run("persona")).toContain("> A pirate.");
    await say(message("Hello"));
    expect(engine.requests[0]?.messages[0]).toEqual({ role: "system", content: "A pirate." });
    await run("persona", { text: "none" }, MANAGER);
    expect(await run("persona")).toContain("no persona");
    const direct = { platform: "discord", channel: "dm", isDirect: true } as const;
    expect(await run("persona", { text: "A cat." }, ANNA, direct)).toContain("from now on");
  });

  it("only a manager changes it from a direct conversation that belongs to a workspace", async () => {
    const { run, settings } = await desk();
    const direct = { platform: "slack", community: "T1", channel: "D1", isDirect: true } as const;
    const text = "Rude to everybody.";
    expect(await run("persona", { text }, ANNA, direct)).toContain("Only people who manage");
    expect(settings.value.communities).toEqual({});
    expect(await run("persona", { text }, MANAGER, direct)).toContain("from now on");
  });

  it("shows every setting with its value, changes one, and refuses what does not fit", async () => {
    const { run, settings } = await desk();
    const set = (name: string, value: string) => run("settings", { name, value }, MANAGER);
    expect((await run("settings", {}, MANAGER)).split("\n")).toHaveLength(10);
    expect(await set("temperature", "0.5")).toContain("**0.5**");
    expect(await set("temperature", "default")).toContain("**default**");
    expect(await set("daily-role", "<@&42> 7")).toContain("42 7");
    expect(settings.value.communities["discord:guild"]?.dailyByRole).toEqual({ "42": 7 });
    expect(await set("daily-role", "mods2 5")).toContain("takes a role and a number");
    expect(settings.value.communities["discord:guild"]?.dailyByRole).toEqual({ "42": 7 });
    expect(await set("daily-role", "<!subteam^S42|@crew> 9")).toContain("S42 9");
    expect(await set("daily-role", "S42 default")).toContain("**42 7**");
    expect(await set("daily-role", "42 default")).toContain("**none**");
    expect(await set("temperature", "hot")).toContain("not a number from 0 to 2");
    expect(await set("length", "1.5")).toContain("not a number");
    expect(await set("names", "perhaps")).toContain("neither on nor off");
    expect(await set("review", "off")).toContain("Only admins");
    expect(await run("settings", { name: "review", value: "off" }, ADA)).toContain("**off**");
    expect(await set("nothing", "on")).toContain("no setting nothing");
  });

  it("lets the model read names, freedom and length where they are set", async () => {
    const { run, engine, say } = await desk();
    await run("settings", { name: "names", value: "on" }, MANAGER);
    await run("settings", { name: "length", value: "20" }, MANAGER);
    await run("settings", { name: "buttons", value: "off" }, MANAGER);
    const { stage } = await say(message("Hello"));
    expect(engine.requests[0]).toMatchObject({
      messages: [{ content: "Anna: Hello" }],
      maxTokens: 20,
    });
    expect(stage.reply.end?.controls).toEqual([]);
  });

  it("counts a day by role where a role has its own number", async () => {
    const { run, say } = await desk();
    await run("settings", { name: "daily", value: "0" }, MANAGER);
    await run("settings", { name: "daily-role", value: "7 1" }, MANAGER);
    const member = { ...ANNA, roles: ["7"] };
    expect((await say(message("one", { author: member }))).stage.replies).toHaveLength(1);
    expect((await say(message("two", { author: member }))).stage.replies).toHaveLength(0);
    expect((await say(message("one", { author: BEN }))).stage.notices[0]).toContain("0 replies");
  });
});

describe("order", () => {
  it("a channel is muted for a while", async () => {
    const { run, say, clock } = await desk();
    await run("mute", { minutes: 5 }, MANAGER);
    expect((await say(message("Hello"))).stage.replies).toHaveLength(0);
    await clock.advance(5 * 60_000);
    expect((await say(message("Hello"))).stage.replies).toHaveLength(1);
    await run("mute", {}, MANAGER);
    await run("unmute", {}, MANAGER);
    expect((await say(message("Hello"))).stage.replies).toHaveLength(1);
  });

  it("an admin mutes a person everywhere; a manager cannot", async () => {
    const { run, say } = await desk();
    const loud = person("4711");
    expect(await run("mute", { person: "<@4711>" }, MANAGER)).toContain("Only admins");
    await run("mute", { person: "<@4711>", minutes: "10" }, ADA);
    expect((await say(message("Hello", { author: loud }))).stage.replies).toHaveLength(0);
    expect((await say(message("Hello"))).stage.replies).toHaveLength(1);
    await run("unmute", { person: "4711" }, ADA);
    expect((await say(message("Hello", { author: loud }))).stage.replies).toHaveLength(1);
    for (const name of ["@everyone!", "@bob", "bob"]) {
      expect(await run("mute", { person: name }, ADA)).toContain("nobody I know");
    }
    expect(await run("mute", { minutes: "soon" }, ADA)).toContain("cannot be");
  });

  it("an admin stops everything, and lets it go on", async () => {
    const { run, say } = await desk();
    await run("stop-all", {}, ADA);
    expect((await say(message("Hello"))).stage.notices[0]).toContain("switched off");
    await run("resume", {}, ADA);
    expect((await say(message("Hello"))).stage.replies).toHaveLength(1);
  });

  it("to stop everything holds for those who wait, too, and tells them", async () => {
    const { bot, run, clock, engine } = await desk({
      reply: () => ["Once", gate<string>().opened],
    });
    const robot = { ...person("robot"), isBot: true };
    await run("settings", { name: "bots", value: "on" }, MANAGER);
    const [first, second, third] = [ANNA, BEN, robot].map((author) => {
      const stage = paperStage(clock);
      void bot.hear(message("Tell me", { author }), stage);
      return stage;
    });
    await clock.advance(2000);
    await run("stop-all", {}, ADA);
    await clock.advance(5000);
    expect(first?.reply.end?.outcome).toBe("stopped");
    expect(second?.notices).toEqual([expect.stringContaining("switched off")]);
    expect(third?.notices).toEqual([]);
    expect(engine.requests).toHaveLength(1);
  });

  it("to be silent holds for what is to be said again, and whoever wants that hears so", async () => {
    const { bot, run, clock, say, engine } = await desk();
    const question = message("Hello", { author: person("4711") });
    const { stage } = await say(question);
    const again = async () => {
      const anew = paperStage(clock);
      const { text } = await bot.again(stage.reply.id, question, anew);
      expect(anew).toMatchObject({ replies: [], notices: [] });
      return text;
    };
    await run("mute", { person: "4711" }, ADA);
    expect(await again()).toContain("not to answer you");
    await run("mute", {}, ADA);
    expect(await again()).toContain("quiet here");
    await run("stop-all", {}, ADA);
    expect(await again()).toContain("switched off");
    expect(engine.requests).toHaveLength(1);
    expect(bot.reply(stage.reply.id)?.messages).toHaveLength(1);
  });
});

describe("privacy", () => {
  it("is told with where one stands, and changed by a word", async () => {
    const { run, bot, say } = await desk();
    expect(await run("privacy")).toContain("**not** opted in");
    await run("opt-in");
    expect(await run("privacy")).toContain("opted **in**");
    const { stage } = await say(message("Hello"));
    expect((await bot.rate(stage.reply.id, ANNA, "good")).text).not.toContain("opt-in");
    await run("opt-out");
    expect(await run("privacy")).toContain("**not** opted in");
  });

  it("is decided for one channel, too: there alone, or everywhere but there", async () => {
    const { run, say, contexts } = await desk();
    const garden = { ...HALL, channel: "garden" };
    const kept = async () => {
      const before = contexts.lines.length;
      await say(message("in the hall", { place: HALL }));
      await say(message("in the garden", { place: garden }));
      return contexts.lines.slice(before).map(({ place }) => place.channel);
    };

    expect(await run("opt-in", { where: "here" })).toContain("corrections in this channel");
    expect(await kept()).toEqual(["hall"]);
    expect(await run("privacy")).toContain("opted **in**, in this channel.");
    expect(await run("privacy", {}, ANNA, garden)).toMatch(
      /\*\*not\*\* opted in[^]*In 1 other channel/,
    );

    await run("opt-in");
    expect(await kept()).toEqual(["hall", "garden"]);
    await run("opt-out", { where: "here" });
    expect(await kept()).toEqual(["garden"]);
    expect(await run("privacy")).toContain("but **not** in this channel");
    expect(await run("opt-in", {}, ANNA, garden)).toContain("In 1 other channel you opted out.");
    expect(await kept()).toEqual(["garden"]);

    await run("opt-out");
    expect(await kept()).toEqual([]);
    expect(await run("opt-in", { where: "there" })).toContain("no place");
  });

  it("says so where managers let nothing be learnt", async () => {
    const { run } = await desk();
    await run("settings", { name: "learning", value: "off" }, MANAGER);
    expect(await run("opt-in")).toContain("I learn from nobody");
    expect(await run("privacy")).toContain("I learn from nobody");
  });

  it("forgets a person altogether, once they mean it", async () => {
    const { run, bot, say, feedback, replyJournal } = await desk();
    const { stage } = await say(message("Hello"));
    await say(message("Hello", { author: BEN }));
    await bot.correct(stage.reply.id, ANNA, "Better");
    expect(await run("forget-me", { confirm: "perhaps" })).toContain("cannot be undone");
    expect(await run("forget-me", { confirm: "yes" })).toContain("1 of my replies");
    expect(feedback.lines).toEqual([]);
    expect(replyJournal.lines).toHaveLength(1);
  });

  it("says what stays of whoever is muted", async () => {
    const { run, bot } = await desk();
    const carl: Person = { ...ANNA, id: "4711" };
    const mine = () => bot.command({ name: "my-data", options: {}, person: carl, place: HALL });
    expect((await mine()).text).toMatch(/deletes it\.$/);
    await run("mute", { person: "<@4711>", minutes: 5 }, ADA);
    expect((await mine()).text).toMatch(/deletes it, but for how long you are muted\.$/);
    const place: Place = { platform: "discord", channel: "with carl", isDirect: true };
    await run("reset", {}, carl, place);
    const { text } = await bot.command({ name: "my-data", options: {}, person: carl, place });
    expect(text).toMatch(/but for how long you are muted and when you said `reset`\.$/);
  });

  it("is what somebody set in direct conversations, too: shown, and deleted from the disk", async () => {
    const folder = temporaryFolder();
    const { log } = recordingLog();
    const initial = BotSettings.parse({});
    const path = join(folder, "settings.json");
    const settings = await openDocument({ path, schema: BotSettings, initial, log });
    const { run, bot, say } = await desk({}, { settings });
    const direct = (channel: string): Place => ({ platform: "discord", channel, isDirect: true });
    const set = async (text: string, who: Person, place: Place) => {
      await run("persona", { text }, who, place);
      await run("reset", {}, who, place);
      await say(message("Hello", { author: who, place }));
    };
    await set("I am ill", ANNA, direct("with anna"));
    await set("I am well", BEN, direct("with ben"));
    await set("We bake", MANAGER, HALL);
    const { file } = await bot.command({ name: "my-data", options: {}, person: ANNA, place: HALL });
    expect(JSON.parse(file?.text ?? "")).toMatchObject({
      directConversations: {
        communities: { "discord:with anna": { persona: "I am ill" } },
        beginnings: { "discord/with anna/": expect.any(Number) },
      },
    });
    expect(file?.text).not.toMatch(/I am well|We bake|with ben/);
    await run("forget-me", { confirm: "yes" });
    const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(written.join()).not.toMatch(/I am ill|discord:with anna/);
    expect(Object.keys(settings.value.communities)).toEqual(["discord:with ben", "discord:guild"]);
  });

  it("knows whose a direct conversation is also where nothing was answered yet", async () => {
    const { run, bot, settings } = await desk();
    const direct: Place = { platform: "discord", channel: "with anna", isDirect: true };
    await run("persona", { text: "I am ill" }, ANNA, direct);
    await run("persona", { text: "We bake" }, MANAGER, HALL);
    const { file } = await bot.command({ name: "my-data", options: {}, person: ANNA, place: HALL });
    expect(file?.text).toContain("I am ill");
    await run("forget-me", { confirm: "yes" }, MANAGER);
    await run("forget-me", { confirm: "yes" });
    expect(Object.keys(settings.value.communities)).toEqual(["discord:guild"]);
    expect(settings.value.communities["discord:guild"]).not.toHaveProperty("setBy");
  });

  it("leaves what it was told to read no more unread", async () => {
    const { run, bot, clock, engine, say } = await desk();
    const place: Place = { platform: "discord", channel: "with anna", isDirect: true };
    const stage = paperStage(clock);
    stage.before = [past("A secret", { at: clock.now() - 10 })];
    await run("reset", {}, ANNA, place);
    const mine = await bot.command({ name: "my-data", options: {}, person: ANNA, place });
    expect(mine.text).toMatch(/deletes it, but for when you said `reset`\.$/);
    await run("forget-me", { confirm: "yes" }, ANNA, place);
    await say(message("Hello", { at: clock.now(), place }), stage);
    expect(engine.requests.at(-1)?.messages).toEqual([{ role: "user", content: "Hello" }]);
  });

  it("is mentioned at the first contact only", async () => {
    const { say } = await desk();
    const first = await say(message("Hello"));
    const second = await say(message("Hello"));
    expect(first.stage.reply.end?.notes.join()).toMatch(/opt in, .*`opt-in here`/);
    expect(first.stage.reply.end?.notes).toHaveLength(1);
    expect(second.stage.reply.end?.notes).toEqual([]);
  });
});

describe("feedback, model, stats, explain", () => {
  it("rates the last reply here", async () => {
    const { run, say, feedback } = await desk();
    expect(await run("feedback", { verdict: "good" })).toContain("not said anything here");
    const { stage } = await say(message("Hello"));
    expect(await run("feedback", { verdict: "bad", reason: "too short" })).toContain("👎");
    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "bad", reply: stage.reply.id },
      { kind: "reason", text: "too short" },
    ]);
    expect(await run("feedback", { verdict: "soso" })).toContain("no rating");
  });

  it("takes a better answer than the last reply here", async () => {
    const { run, say, feedback } = await desk();
    expect(await run("correct", { text: "Better" })).toContain("not said anything here");
    const { stage } = await say(message("Hello"));
    expect(await run("correct", { text: "Good morning!" })).toContain("better answer");
    expect(feedback.lines).toMatchObject([
      { kind: "correction", text: "Good morning!", reply: stage.reply.id },
    ]);
  });

  it("tells which model answers and how it goes", async () => {
    const { run, say } = await desk();
    await say(message("Hello"));
    expect(await run("model")).toContain("5.8 M parameters");
    expect(await run("stats")).toContain("1 reply in the last 24 hours");
  });

  it("explains a reply; its seed only to admins", async () => {
    const { bot, say } = await desk();
    const { stage } = await say(message("Hello"));
    const told = (await bot.explain(stage.reply.id, ANNA)).text;
    expect(told).toContain("**starter** wrote this on 2026-01-05");
    expect(told).not.toContain("seed");
    expect((await bot.explain(stage.reply.id, ADA)).text).toContain("seed 100");
  });

  it("proposes what begins like the word that is typed", async () => {
    const { bot } = await desk();
    const call = { name: "help", options: {}, person: ANNA, place: HALL };
    expect(await bot.complete(call, "command", "for")).toEqual(["forget-me"]);
    expect(await bot.complete({ ...call, name: "nothing" }, "command", "")).toEqual([]);
  });

  it("hands what is said by a command to the model", async () => {
    const { bot } = await desk();
    const call = { name: "chat", options: { message: "Hello" }, person: ANNA, place: HALL };
    expect(await bot.command(call)).toMatchObject({ ask: "Hello", isPrivate: false });
  });
});
