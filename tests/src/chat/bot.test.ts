import { describe, expect, it } from "vitest";

import type { Place } from "../../../src/chat/place.ts";
import { STALE } from "../../../src/chat/platform.ts";
import { Replies } from "../../../src/chat/replies.ts";
import { gate } from "../../support/scripted-engine.ts";
import { settled } from "../../support/chat/manual-clock.ts";
import { openBot } from "../../support/chat/open-bot.ts";
import {
  ANNA,
  BEN,
  HALL,
  MANAGER,
  message,
  paperStage,
  past,
  person,
} from "../../support/chat/paper-stage.ts";

describe("a message to the bot", () => {
  it("is answered once, with buttons, and remembered without its words", async () => {
    const { say, replyJournal } = await openBot();
    const { stage } = await say(message("Hello, who are you?", { id: "m-hello" }));
    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: "Hello there." });
    expect(stage.reply.end?.controls.map(({ symbol }) => symbol).join("")).toBe("👍👎✏️🔁🗑");
    expect(replyJournal.lines).toMatchObject([
      { id: stage.reply.id, question: ["m-hello"], messages: [`${stage.reply.id}-1`], seed: 100 },
    ]);
    expect(JSON.stringify(replyJournal.lines)).not.toMatch(/who are you|Hello there|anna/i);
  });

  it("that arrives twice is answered once", async () => {
    const { bot, clock, engine, lines } = await openBot();
    const stage = paperStage(clock);
    const twice = message("Hello");
    void bot.hear(twice, stage);
    void bot.hear(twice, stage);
    await clock.advance(2000);
    expect(engine.requests).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ reason: "heard before" }));
  });

  it("to nobody in particular is passed over, and answered once the channel is listened to", async () => {
    const { say, bot } = await openBot();
    const overheard = await say(message("Hello all", { address: "overheard" }));
    expect(overheard.stage.replies).toHaveLength(0);
    await bot.command({
      name: "settings",
      options: { name: "listen", value: "on" },
      person: MANAGER,
      place: HALL,
    });
    const listened = await say(message("Hello all", { address: "overheard" }));
    expect(listened.stage.reply.end?.text).toBe("Hello there.");
  });

  it("with nothing in it is greeted; with a picture only, told that it cannot be seen", async () => {
    const { say, engine } = await openBot();
    const empty = await say(message("  "));
    expect(empty.stage.notices).toEqual([expect.stringContaining("I am here")]);
    const picture = await say(message("", { attachments: 1 }));
    expect(picture.stage.notices).toEqual([expect.stringContaining("only read text")]);
    expect(engine.requests).toHaveLength(0);
  });

  it("waits for the person's next line, and both are answered together", async () => {
    const { bot, clock, engine } = await openBot();
    const stage = paperStage(clock);
    void bot.hear(message("Do you know"), stage);
    await clock.advance(300);
    void bot.hear(message("what an onion is?"), stage);
    await clock.advance(2000);
    expect(engine.requests.map(({ messages }) => messages)).toEqual([
      [
        { role: "user", content: "Do you know" },
        { role: "user", content: "what an onion is?" },
      ],
    ]);
    expect(stage.replies).toHaveLength(1);
  });

  it("of somebody else waits its turn in the same place, and only there", async () => {
    const held = gate<string>();
    const { bot, clock, engine } = await openBot({
      reply: ({ messages }) => [messages.at(-1)?.content === "first" ? held.opened : "quick"],
    });
    const [hall, garden] = [paperStage(clock), paperStage(clock)];
    void bot.hear(message("first"), hall);
    void bot.hear(message("second", { author: BEN }), hall);
    void bot.hear(message("elsewhere", { place: { ...HALL, channel: "garden" } }), garden);
    await clock.advance(5000);
    expect(garden.reply.end?.text).toBe("quick");
    expect(engine.requests).toHaveLength(2);
    held.open("slow");
    await clock.advance(5000);
    expect(hall.replies.map(({ end }) => end?.text)).toEqual(["slow", "quick"]);
  });

  it("knows what was said before, by whom, and what the bot said about itself is left out", async () => {
    const { say, engine, clock } = await openBot();
    const stage = paperStage(clock);
    stage.before = [
      past("I like tea.", { author: BEN }),
      past("Tea is warm.", { isOwn: true }),
      past("You have had your replies.", { isOwn: true, isNotice: true }),
    ];
    await say(message("And coffee?"), stage);
    expect(engine.requests[0]?.messages).toEqual([
      { role: "user", content: "I like tea." },
      { role: "assistant", content: "Tea is warm." },
      { role: "user", content: "And coffee?" },
    ]);
  });

  it("reads the bot's answer to the message before, though it came later than the question", async () => {
    const { say, engine, clock } = await openBot();
    const stage = paperStage(clock);
    stage.before = [
      past("Hello", { at: 1 }),
      past("a word of somebody else, said later", { at: 9, author: BEN }),
      past("Hello to you", { isOwn: true, at: 8 }),
    ];
    await say(message("Still there?", { at: 5 }), stage);
    expect(engine.requests[0]?.messages.map(({ content }) => content)).toEqual([
      "Hello",
      "Hello to you",
      "Still there?",
    ]);
  });

  it("is answered although what was said before cannot be fetched, and says so", async () => {
    const { say, clock } = await openBot();
    const stage = paperStage(clock);
    stage.allow = (what) =>
      what === "history" ? Promise.reject(new Error("500")) : Promise.resolve();
    await say(message("Hello"), stage);
    expect(stage.reply.end).toMatchObject({
      outcome: "finished",
      notes: [expect.stringContaining("could not look up"), expect.anything()],
    });
  });

  it("of 100 kB of piled-up marks reaches the model short and readable, with a note", async () => {
    const { say, engine } = await openBot();
    const { stage } = await say(
      message(`Z${"\u0336\u0310\u0335".repeat(33_000)} ${"ok ".repeat(30_000)}`),
    );
    expect(engine.requests[0]?.messages[0]?.content.length).toBeLessThanOrEqual(16_000);
    expect(stage.reply.end?.notes[0]).toContain("longer than I can read");
  });
});

describe("a reply in the making", () => {
  it("is shown as it grows, no faster than the platform likes, and whole in the end", async () => {
    const gates = [gate<string>(), gate<string>(), gate<string>()];
    const { bot, clock } = await openBot({ reply: () => gates.map(({ opened }) => opened) });
    const stage = paperStage(clock);
    void bot.hear(message("Tell me"), stage);
    await clock.advance(400); // gathered
    gates[0]?.open("One");
    await clock.advance(700);
    gates[1]?.open(", two");
    await clock.advance(100);
    await clock.advance(2000);
    gates[2]?.open(", three.");
    await clock.advance(10);
    const { shown, end } = stage.reply;
    expect(shown.map(({ text }) => text)).toEqual(["One", "One, two"]);
    expect((shown[1]?.at ?? 0) - (shown[0]?.at ?? 0)).toBeGreaterThanOrEqual(1200);
    expect(end?.text).toBe("One, two, three.");
  });

  it("is seen within two and a half seconds, though the model has not said a word", async () => {
    const held = gate<string>();
    const { bot, clock } = await openBot({ reply: () => [held.opened] });
    const stage = paperStage(clock);
    const began = clock.now();
    void bot.hear(message("Tell me"), stage);
    await clock.advance(2500);
    expect(stage.reply.shown).toEqual([{ at: expect.any(Number), text: "" }]);
    expect((stage.reply.shown[0]?.at ?? Infinity) - began).toBeLessThan(2500);
    held.open("At last.");
    await clock.advance(10);
    expect(stage.reply.end?.text).toBe("At last.");
  });

  it("is one message without an edit if it is short and quick", async () => {
    const { say } = await openBot();
    const { stage } = await say(message("Hello"));
    expect(stage.reply.shown).toEqual([]);
  });

  it("goes on, slower, when the platform refuses to show it", async () => {
    const held = gate<string>();
    const { bot, clock, lines } = await openBot({ reply: () => ["One", held.opened] });
    const stage = paperStage(clock);
    stage.allow = (what) =>
      what === "show" ? Promise.reject(new Error("429")) : Promise.resolve();
    void bot.hear(message("Tell me"), stage);
    await clock.advance(20_000);
    held.open(" and two.");
    await clock.advance(10);
    expect(lines.filter(({ event }) => event === "not shown").length).toBeLessThan(6);
    expect(stage.reply.end?.text).toBe("One and two.");
  });

  it("ends when whoever asked stops it, and nobody else can", async () => {
    const held = gate<string>();
    const { bot, clock, engine } = await openBot({ reply: () => ["One", held.opened] });
    const stage = paperStage(clock);
    void bot.hear(message("Tell me"), stage);
    await clock.advance(1500);
    const ended = engine.nextEnd();
    expect((await bot.stop(stage.reply.id, BEN)).text).toContain("Only whoever asked");
    expect((await bot.stop(stage.reply.id, ANNA)).text).toBe("Stopped.");
    expect(await ended).toBe("abort");
    await clock.advance(10);
    expect(stage.reply.end).toMatchObject({ outcome: "stopped", text: "One", notes: ["Stopped."] });
    expect((await bot.stop(stage.reply.id, ANNA)).text).toContain("finished already");
  });

  it("starts again when its question is edited", async () => {
    const held = gate<string>();
    const { bot, clock, engine } = await openBot({
      reply: ({ messages }) =>
        messages.at(-1)?.content === "Tell me of tea" ? ["Tea."] : ["On", held.opened],
    });
    const stage = paperStage(clock);
    void bot.hear(message("Tell me of tee", { id: "typo" }), stage);
    await clock.advance(1500);
    bot.edited(HALL, "typo", "Tell me of tee"); // a picture was added, not a word
    await clock.advance(10);
    expect(engine.requests).toHaveLength(1);
    bot.edited(HALL, "typo", "Tell me of tea");
    await clock.advance(10);
    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: "Tea." });
    expect(engine.requests).toHaveLength(2);
  });

  it("goes on where it was opened when the last of two questions is deleted", async () => {
    const held = gate<string>();
    const { bot, clock, engine } = await openBot({
      reply: ({ messages }) => (messages.length === 1 ? ["Tea."] : ["On", held.opened]),
    });
    const stages = [paperStage(clock), paperStage(clock)];
    const asked: number[] = [];
    stages.forEach((stage, index) => {
      stage.allow = async (what) => void (what === "history" && asked.push(index));
    });
    void bot.hear(message("Tell me of tea", { id: "one" }), stages[0]!);
    void bot.hear(message("or not", { id: "two" }), stages[1]!);
    await clock.advance(1500);
    bot.deleted(HALL, "two");
    await clock.advance(10);
    expect(engine.requests).toHaveLength(2);
    expect(asked).toEqual([1, 1]);
    expect(stages[1]!.reply.end).toMatchObject({ outcome: "finished", text: "Tea." });
  });

  it("is withdrawn when its question is deleted", async () => {
    const held = gate<string>();
    const { bot, clock, replyJournal } = await openBot({ reply: () => ["On", held.opened] });
    const stage = paperStage(clock);
    void bot.hear(message("Tell me", { id: "gone" }), stage);
    await clock.advance(1500);
    bot.deleted(HALL, "gone");
    await clock.advance(10);
    expect(stage.reply.end).toMatchObject({ outcome: "withdrawn", notes: [], controls: [] });
    expect(replyJournal.lines).toEqual([]);
  });

  it("never begins for a message that is deleted while it waits", async () => {
    const { bot, clock, engine } = await openBot();
    const heard = bot.hear(message("Tell me", { id: "gone" }), paperStage(clock));
    await clock.advance(100);
    bot.deleted(HALL, "gone");
    await clock.advance(2000);
    await heard;
    expect(engine.requests).toEqual([]);
  });

  it("that fails says so in words and keeps what it has", async () => {
    const { say, lines } = await openBot({
      reply: () => ["One", Promise.reject(new Error("secret path /home"))],
    });
    const { stage } = await say(message("Tell me"));
    expect(stage.reply.end).toMatchObject({
      outcome: "failed",
      text: "One",
      notes: [expect.stringContaining("I could not go on")],
    });
    expect(stage.reply.end?.notes.join()).not.toContain("/home");
    expect(lines).toContainEqual(expect.objectContaining({ event: "reply failed" }));
  });

  it("whose model had to go is marked as broken off", async () => {
    const { say } = await openBot({ reply: () => ["One, "], finishReason: "abort" });
    const { stage } = await say(message("Count"));
    expect(stage.reply.end).toMatchObject({ outcome: "interrupted", text: "One," });
  });

  it("of silence leaves no message but a sign, after a second try", async () => {
    const { say, engine } = await openBot({ reply: () => [], finishReason: "silence" });
    const { stage } = await say(message("Hm."));
    expect(engine.requests.map(({ sampling }) => sampling?.seed)).toEqual([100, 101]);
    expect(stage.reply.end).toMatchObject({ outcome: "silent", acknowledge: true });
  });

  it("says that the beginning is forgotten, once in a conversation", async () => {
    const { say, clock } = await openBot({ droppedTurns: 1 });
    const stage = paperStage(clock);
    stage.before = [past("Hello"), past("Hi", { isOwn: true })];
    await say(message("One"), stage);
    await say(message("Two"), stage);
    const forgotten = stage.replies.map(({ end }) =>
      end?.notes.filter((note) => note.includes("no longer fits")),
    );
    expect(forgotten.map((notes) => notes?.length)).toEqual([1, 0]);
  });
});

describe("a place with too much going on", () => {
  it("refuses politely, and tells a flood only once", async () => {
    const { bot, clock } = await openBot();
    const stage = paperStage(clock);
    for (let index = 0; index < 30; index++) {
      void bot.hear(message("again", { place: { ...HALL, channel: `c${index}` } }), stage);
    }
    await clock.advance(3000);
    expect(stage.replies).toHaveLength(8);
    expect(stage.notices).toEqual([expect.stringContaining("a lot at once")]);
    await clock.advance(60_000);
    void bot.hear(message("later"), stage);
    await clock.advance(2000);
    expect(stage.replies).toHaveLength(9);
  });

  it("keeps the limit of a day across a restart", async () => {
    const first = await openBot();
    const stage = paperStage(first.clock);
    await first.bot.command({
      name: "settings",
      options: { name: "daily", value: "2" },
      person: MANAGER,
      place: HALL,
    });
    await first.say(message("one"), stage);
    await first.say(message("two"), stage);
    const second = await openBot(
      {},
      { replies: await Replies.open(first.replyJournal), settings: first.settings },
    );
    const { stage: later } = await second.say(message("three"));
    expect(later.notices).toEqual([expect.stringContaining("your 2 replies for today")]);
    const { stage: other } = await second.say(message("three", { author: BEN }));
    expect(other.notices).toEqual([]);
  });

  it("answers whoever sits at the machine, however fast they type", async () => {
    const { say } = await openBot();
    const place: Place = { platform: "terminal", channel: "terminal", isDirect: true };
    for (let line = 0; line < 12; line++) {
      const { stage } = await say(message("Hello", { place, address: "direct" }));
      expect(stage.reply.end?.text).toBe("Hello there.");
    }
  });

  it("cuts a loop of bots, and a person ends the silence", async () => {
    const { say, bot } = await openBot();
    const robot = { ...BEN, id: "robot", isBot: true };
    expect((await say(message("beep", { author: robot }))).stage.replies).toHaveLength(0);
    await bot.command({
      name: "settings",
      options: { name: "bots", value: "on" },
      person: MANAGER,
      place: HALL,
    });
    const answers: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      answers.push((await say(message("beep", { author: robot }))).stage.replies.length);
    }
    expect(answers).toEqual([1, 1, 1, 0, 0]);
    await say(message("stop it", { address: "overheard" }));
    expect((await say(message("beep", { author: robot }))).stage.replies).toHaveLength(1);
  });
});

describe("many places at once", () => {
  it("wait for the engine instead of being refused, and see that the bot is at it", async () => {
    const held = gate<string>();
    const { bot, clock, engine } = await openBot({ reply: () => [held.opened] });
    const stages = Array.from({ length: 60 }, () => paperStage(clock));
    for (const [index, stage] of stages.entries()) {
      const place = { ...HALL, channel: `room ${index}` };
      void bot.hear(message("Hello", { place, author: person(`p${index}`) }), stage);
    }
    await clock.advance(2500);
    expect(engine.requests).toHaveLength(24);
    expect(stages.every(({ reply }) => reply.shown.length === 1)).toBe(true);
    held.open("Hello.");
    await clock.advance(100);
    expect(stages.map(({ reply }) => reply.end?.text)).toEqual(stages.map(() => "Hello."));
  });
});

describe("a bot that has to go", () => {
  it("lets a short rest be said", async () => {
    const held = gate<string>();
    const { bot, clock } = await openBot({ reply: () => ["One", held.opened] });
    const stage = paperStage(clock);
    void bot.hear(message("Tell me"), stage);
    await clock.advance(1500);
    const closed = bot.close();
    await clock.advance(1000);
    held.open(" and done.");
    await closed;
    expect(stage.reply.end).toMatchObject({ outcome: "finished", text: "One and done." });
  });

  it("marks what it cannot finish, within ten seconds, and tells whoever waits", async () => {
    const held = gate<string>();
    const { bot, clock } = await openBot({ reply: () => ["One", held.opened] });
    const [stage, waiting] = [paperStage(clock), paperStage(clock)];
    void bot.hear(message("Tell me"), stage);
    await clock.advance(1500);
    void bot.hear(message("And me", { author: BEN }), waiting);
    await settled();
    const closed = bot.close();
    await clock.advance(9000);
    await closed;
    expect(stage.reply.end).toMatchObject({
      outcome: "interrupted",
      text: "One",
      notes: [expect.stringContaining("restarted in the middle")],
    });
    expect(waiting.notices).toEqual([expect.stringContaining("being restarted")]);
  });
});

describe("what people think of a reply", () => {
  it("is kept under a pseudonym; the last word counts, and can be taken back", async () => {
    const { bot, say, feedback } = await openBot();
    const { stage } = await say(message("Hello"));
    const { id } = stage.reply;
    expect((await bot.rate(id, BEN, "good")).text).toContain("👍");
    await bot.rate(id, BEN, "bad", { isToggle: true });
    await bot.rate(id, BEN, "bad", { isToggle: true });
    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "good", reply: id, model: "starter" },
      { kind: "rating", verdict: "bad" },
      { kind: "retraction" },
    ]);
    expect(JSON.stringify(feedback.lines)).not.toContain("ben");
    const stats = await bot.command({ name: "stats", options: {}, person: BEN, place: HALL });
    expect(stats.text).toContain("👍 0  👎 0");
  });

  it("can be a better answer, and is thanked with what becomes of it", async () => {
    const { bot, say, feedback } = await openBot();
    const { stage } = await say(message("Hello"));
    const answer = await bot.correct(stage.reply.id, BEN, "  Good morning! @everyone ");
    expect(answer.text).toContain("only if you opt in");
    expect(feedback.lines).toMatchObject([{ kind: "correction", text: "Good morning! @everyone" }]);
    expect((await bot.correct(stage.reply.id, BEN, "x".repeat(100_000))).text).toContain(
      "too long",
    );
    expect((await bot.correct(stage.reply.id, BEN, " ")).text).toContain("nothing");
    expect(feedback.lines).toHaveLength(1);
  });

  it("meets a reply that nobody remembers politely", async () => {
    const { bot } = await openBot();
    expect((await bot.rate("0123", ANNA, "good")).text).toBe(STALE);
    expect((await bot.stop("0123", ANNA)).text).toBe(STALE);
    expect((await bot.correct("0123", ANNA, "better")).text).toBe(STALE);
    expect(bot.mayRemove("0123", ANNA)?.text).toBe(STALE);
  });

  it("works after a restart, message by message", async () => {
    const first = await openBot();
    const { stage } = await first.say(message("Hello"));
    const second = await openBot({}, { replies: await Replies.open(first.replyJournal) });
    const found = second.bot.replyAt(HALL.channel, `${stage.reply.id}-1`);
    expect(found?.id).toBe(stage.reply.id);
    expect((await second.bot.rate(stage.reply.id, BEN, "bad")).text).toContain("👎");
  });

  it("says it again differently, for whoever asked, in the place of the old reply", async () => {
    const { bot, clock, say, engine } = await openBot();
    const question = message("Hello", { at: 5 });
    const { stage } = await say(question);
    const again = paperStage(clock);
    again.before = [past("Hello there.", { isOwn: true, at: 6 })];
    const [asked, refused] = [
      bot.again(stage.reply.id, question, again),
      bot.again(stage.reply.id, { ...question, author: BEN }, paperStage(clock)),
    ];
    await clock.advance(1000);
    await asked;
    expect((await refused).text).toContain("Only whoever asked");
    expect(again.reply.end?.text).toBe("Hello there.");
    expect(engine.requests[1]).toMatchObject({
      messages: [{ role: "user", content: "Hello" }],
      sampling: { seed: 101 },
    });
    expect(bot.reply(again.reply.id)?.messages).toHaveLength(1);
    expect(bot.reply(stage.reply.id)?.messages).toEqual([]);
  });

  it("can be that it should go, if the person asked for it or keeps order", async () => {
    const { bot, say } = await openBot();
    const { stage } = await say(message("Hello"));
    const { id } = stage.reply;
    expect(bot.mayRemove(id, BEN)?.text).toContain("Only whoever asked");
    expect(bot.mayRemove(id, ANNA)).toBeUndefined();
    expect(bot.mayRemove(id, MANAGER)).toBeUndefined();
    await bot.removed(id);
    expect(bot.replyAt(HALL.channel, `${id}-1`)).toBeUndefined();
  });
});
