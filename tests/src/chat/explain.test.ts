import { describe, expect, it } from "vitest";

import { Contexts } from "../../../src/feedback/contexts.ts";
import type { RowQuery } from "../../../src/recall/rows.ts";
import { openBot } from "../../support/chat/open-bot.ts";
import { ANNA, BEN, HALL, message, MANAGER, person } from "../../support/chat/paper-stage.ts";

const ADA = person("ada");

describe("explain this reply", () => {
  it("tells how sure it was, and of which words least", async () => {
    const probabilityOf = (piece: string) => (piece === " Paris" ? 0.12 : 0.9);
    const { bot, say } = await openBot({
      reply: () => ["It", " is", " Paris", "."],
      probabilityOf,
    });
    const { stage } = await say(message("What is the capital of France?"));
    const told = (await bot.explain(stage.reply.id, ANNA)).text;
    expect(told).toContain("was 71 % sure of each token, on average (perplexity 1.8)");
    expect(told).toContain("Least sure of: `Paris.` 11 %, `It` 90 %, `is` 90 %.");
  });

  it("tells how it was chosen", async () => {
    const { bot, say } = await openBot();
    const { stage } = await say(message("Hello"));
    const told = (await bot.explain(stage.reply.id, ANNA)).text;
    expect(told).toContain("by chance, at temperature 0.5 and top-p 0.95");
    expect(told).toContain("It answers one message, and ended by itself.");
    const options = { name: "temperature", value: "0" };
    await bot.command({ name: "settings", options, person: MANAGER, place: HALL });
    const strict = (await say(message("Hello"))).stage;
    expect((await bot.explain(strict.reply.id, ANNA)).text).toContain(
      "the likeliest word each time",
    );
  });

  it("names what was dropped, and that the persona stayed", async () => {
    const { bot, say } = await openBot({ droppedTurns: 2 });
    const options = { text: "You are a gardener." };
    await bot.command({ name: "persona", options, person: MANAGER, place: HALL });
    const { stage } = await say(message("Hello"));
    expect((await bot.explain(stage.reply.id, ANNA)).text).toContain(
      "2 exchanges at the beginning no longer fit into what it can read; what it is told to be stayed.",
    );
  });

  it("says that a version on trial wrote it", async () => {
    const parts = await openBot();
    const models = {
      trial: "starter",
      engineFor: async () => parts.engine,
      list: async () => [],
      promote: () => Promise.reject(new Error("not here")),
      rollback: () => Promise.reject(new Error("not here")),
      pair: () => Promise.reject(new Error("not here")),
      answered: () => {},
    };
    const { bot, say } = await openBot({}, { models });
    const { stage } = await say(message("Hello"));
    expect((await bot.explain(stage.reply.id, ANNA)).text).toContain(
      "**starter**, a version on trial,",
    );
  });

  it("no longer knows the words after a restart, and says so; how sure it was on the whole it does", async () => {
    const before = await openBot();
    const { stage } = await before.say(message("Hello"));
    const { bot } = await openBot({}, { replies: before.replies });
    const told = (await bot.explain(stage.reply.id, ANNA)).text;
    expect(told).toContain("50 % sure of each token");
    expect(told).toContain("least sure of I no longer know");
  });

  it("names what it was taught that is nearest, and asks for more than the public's only for admins", async () => {
    const asked: RowQuery[] = [];
    const row = { user: "Hi `you`", bot: "Hello there!", source: "starter", licence: "MIT" };
    const nearest = async (query: RowQuery) => {
      asked.push(query);
      return { kind: "found", rows: [row], share: 0.25 } as const;
    };
    const { bot, say } = await openBot({}, { originalRows: { nearest } });
    const { stage } = await say(message("Hello"));
    expect((await bot.explain(stage.reply.id, ANNA)).text).toContain(
      "Nearest to it of what I was taught, of the 25 % I can search:\n- `Hi 'you'` → `Hello there!` (`starter`, `MIT`)",
    );
    await bot.explain(stage.reply.id, ADA);
    const text = "Hello\nHello there.";
    expect(asked).toEqual([
      { text, most: 3, isPublic: true },
      { text, most: 3, isPublic: false },
    ]);
  });

  it("shows what others gave to learn from to admins only, and not whose it is", async () => {
    const nearest = async () => ({ kind: "found", rows: [], share: 1 }) as const;
    const { bot, say } = await openBot({}, { originalRows: { nearest } });
    const consent = (name: string) => bot.command({ name, options: {}, person: BEN, place: HALL });
    await consent("opt-in");
    await say(message("Hello from my garden", { author: BEN }));
    const { stage } = await say(message("Hello"));
    const row = "- `Hello from my garden` → `Hello there.` (`from feedback`, `opted in`)";
    expect((await bot.explain(stage.reply.id, ADA)).text).toContain(row);
    expect((await bot.explain(stage.reply.id, ANNA)).text).not.toContain("garden");
    await consent("opt-out");
    expect((await bot.explain(stage.reply.id, ADA)).text).not.toContain("garden");
  });

  it("finds the nearest rows after a restart too, by what is kept of who opted in", async () => {
    const asked: RowQuery[] = [];
    const nearest = async (query: RowQuery) => {
      asked.push(query);
      return { kind: "found", rows: [], share: 1 } as const;
    };
    const before = await openBot();
    await before.bot.command({ name: "opt-in", options: {}, person: ANNA, place: HALL });
    const { stage } = await before.say(message("Is tea warm?"));
    const contexts = new Contexts(before.contexts);
    const { bot } = await openBot(
      {},
      { replies: before.replies, contexts, originalRows: { nearest } },
    );
    await bot.explain(stage.reply.id, ANNA);
    expect(asked).toMatchObject([{ text: "Is tea warm?\nHello there." }]);
  });

  it("does without the rows while they are still being read, and says so", async () => {
    const originalRows = { nearest: async () => ({ kind: "reading" }) as const };
    const { bot, say } = await openBot({}, { originalRows });
    const { stage } = await say(message("Hello"));
    expect((await bot.explain(stage.reply.id, ANNA)).text).toContain("ask again in a moment");
  });

  it("shows the seed to admins only", async () => {
    const { bot, say } = await openBot();
    const { stage } = await say(message("Hello"));
    expect((await bot.explain(stage.reply.id, ANNA)).text).not.toContain("seed");
    expect((await bot.explain(stage.reply.id, ADA)).text).toContain("seed 100");
  });

  it("forgets the words of who asks to be forgotten, and of what is removed", async () => {
    const { bot, say, replies } = await openBot();
    const { stage } = await say(message("Hello"));
    expect((await bot.explain(stage.reply.id, ANNA)).text).toContain("`Hello`");
    await bot.removed(stage.reply.id);
    expect((await bot.explain(stage.reply.id, ANNA)).text).not.toContain("`Hello`");
    const later = (await say(message("Hello"))).stage;
    const record = replies.get(later.reply.id);
    const options = { confirm: "yes" };
    await bot.command({ name: "forget-me", options, person: ANNA, place: HALL });
    if (record) await replies.save(record); // as if it had been saved once more
    expect((await bot.explain(later.reply.id, ANNA)).text).not.toContain("`Hello`");
  });
});
