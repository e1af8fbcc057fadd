import { describe, expect, it } from "vitest";

import { HintedError } from "../../../src/core/errors.ts";
import { Replies } from "../../../src/chat/replies.ts";
import type { BotParts } from "../../../src/chat/bot.ts";
import type { JobOrder, Jobs, JobSummary } from "../../../src/chat/jobs.ts";
import { STALE, type Person, type PastMessage } from "../../../src/chat/platform.ts";
import { memoryJournal } from "../../support/chat/memory-stores.ts";
import { gate, type Script } from "../../support/scripted-engine.ts";
import { openBot } from "../../support/chat/open-bot.ts";
import {
  ANNA,
  BEN,
  HALL,
  MANAGER,
  message,
  paperStage,
  past,
} from "../../support/chat/paper-stage.ts";

async function desk(parts: Partial<BotParts> = {}, script: Script = {}) {
  const opened = await openBot(script, parts);
  const { bot, clock, contexts } = opened;
  const run = (name: string, person: Person, options: Record<string, string> = {}) =>
    bot.command({ name, options, person, place: HALL });
  /** Says something after what was said before. */
  const ask = async (text: string, author: Person, before: readonly PastMessage[] = []) => {
    const stage = paperStage(clock);
    stage.before = before.map((one) => ({ ...one, at: clock.now() }));
    await opened.say(message(text, { author, at: clock.now() + 1 }), stage);
    return stage;
  };
  /** A question of that person, and what the bot answered, as they stand in a history. */
  const exchange = async (text: string, author: Person, answer: string) => {
    const { reply } = await ask(text, author);
    return [past(text, { author }), past(answer, { isOwn: true, id: `${reply.id}-1` })] as const;
  };
  /** What is kept of each reply, in short. */
  const kept = () =>
    contexts.lines.map(({ turns, reply }) => [...turns.map(({ content }) => content), reply]);
  return { ...opened, run, ask, exchange, kept };
}

describe("what is kept to learn from", () => {
  it("is nothing of anybody who did not say so", async () => {
    const { ask, kept, replyJournal } = await desk();
    await ask("Hello", ANNA);
    expect(kept()).toEqual([]);
    expect(replyJournal.lines[0]).not.toHaveProperty("context", expect.anything());
  });

  it("is what the model read and wrote, found from the reply by its hash", async () => {
    const { run, ask, exchange, engine, contexts, replyJournal } = await desk();
    await run("opt-in", ANNA);
    await run("persona", MANAGER, { text: "A pirate." });
    await ask("How are you?", ANNA, await exchange("Hello", ANNA, "Ahoy!"));
    const context = contexts.lines.at(-1);
    expect(context?.turns.map(({ role, content }) => ({ role, content }))).toEqual(
      engine.requests.at(-1)?.messages,
    );
    expect(context).toMatchObject({
      reply: "Hello there.",
      place: { platform: "discord", community: "guild", channel: "hall" },
    });
    expect(replyJournal.lines.at(-1)?.context).toBe(context?.id);
    expect(context?.id).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(context)).not.toMatch(/"anna"/); // pseudonyms only
  });

  it("leaves out others who did not agree, and what the bot answered them", async () => {
    const { run, ask, exchange, kept } = await desk();
    await run("opt-in", ANNA);
    const [question, answer] = await exchange("My secret is X", BEN, "Your secret is X.");
    const [hello, ahoy] = await exchange("Hello", ANNA, "Ahoy!");
    const annas = ["Hello", "Ahoy!", "How are you?", "Hello there."];
    await ask("How are you?", ANNA, [hello, ahoy, question, answer]);
    expect(kept().at(-1)).toEqual(annas);
    await ask("How are you?", ANNA, [question, hello, answer, ahoy]); // both had asked before it answered
    expect(kept().at(-1)).toEqual(annas);
    await run("opt-in", BEN);
    await ask("And now?", ANNA, [hello, ahoy, question, answer]);
    expect(kept().at(-1)).toEqual(expect.arrayContaining(["My secret is X", "Your secret is X."]));
  });

  it("leaves out what the bot said to nobody whose words are kept with it", async () => {
    const { run, ask, exchange, kept } = await desk();
    for (const person of [ANNA, BEN]) await run("opt-in", person);
    const [, answer] = await exchange("My secret is X", BEN, "Your secret is X.");
    await ask("Hello", ANNA, [answer, past("Who knows to whom", { isOwn: true })]);
    expect(kept().at(-1)).toEqual(["Hello", "Hello there."]);
  });

  it("is nothing where the question is of somebody who did not agree", async () => {
    const { run, ask, kept } = await desk();
    await run("opt-in", ANNA);
    await ask("And you?", BEN, [past("Hello")]);
    expect(kept()).toEqual([]);
  });

  it("is nothing of a bot, whoever it says it is", async () => {
    const { run, ask, kept } = await desk();
    await run("opt-in", ANNA);
    await ask("Hello", ANNA, [past("beep", { author: { ...ANNA, isBot: true } })]);
    expect(kept()).toEqual([["Hello", "Hello there."]]);
  });

  it("is nothing of a channel whose managers said no, and only of that one", async () => {
    const { run, ask, say, kept } = await desk();
    await run("opt-in", ANNA);
    await run("settings", MANAGER, { name: "learning", value: "off" });
    await ask("Hello", ANNA);
    expect(kept()).toEqual([]);
    await say(message("Hello", { place: { ...HALL, channel: "garden" } }));
    expect(kept()).toHaveLength(1);
    await run("settings", MANAGER, { name: "learning", value: "on" });
    await ask("Hello again", ANNA);
    expect(kept()).toHaveLength(2);
  });

  it("ends with opt-out", async () => {
    const { run, ask, kept } = await desk();
    await run("opt-in", ANNA);
    await run("opt-out", ANNA);
    await ask("Hello", ANNA);
    expect(kept()).toEqual([]);
  });

  it("is nothing where a manager has the question of somebody else answered again", async () => {
    const { run, bot, clock, ask, kept } = await desk();
    await run("opt-in", MANAGER);
    const { reply } = await ask("My secret is X", ANNA);
    const again = async (replyId: string) => {
      const stage = paperStage(clock);
      const said = bot.again(replyId, message("My secret is X", { author: MANAGER }), stage);
      await clock.advance(1000);
      await said;
      return stage.reply.id;
    };
    const third = await again(await again(reply.id));
    expect(kept()).toEqual([]);
    const answer = past("Your secret is X.", { isOwn: true, id: `${third}-1` });
    await ask("Hello", MANAGER, [answer]);
    expect(kept()).toEqual([["Hello", "Hello there."]]);
  });

  it("is nothing of a reply that broke off", async () => {
    const { bot, contexts, ...parts } = await desk();
    await parts.run("opt-in", ANNA);
    parts.engine.generate = () => {
      throw new Error("out of memory");
    };
    await parts.ask("Hello", ANNA);
    expect(contexts.lines).toEqual([]);
    await bot.close();
  });
});

describe("a full disk", () => {
  it("costs the context, not the reply", async () => {
    const { run, ask, contexts, replyJournal, lines } = await desk();
    await run("opt-in", ANNA);
    contexts.append = () => Promise.reject(new Error("ENOSPC"));
    const stage = await ask("Hello", ANNA);
    expect(stage.reply.end?.text).toBe("Hello there.");
    expect(replyJournal.lines).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ event: "context not kept" }));
  });

  it("that takes nothing at all leaves the bot answering, and feedback refused with words", async () => {
    const full = () => Promise.reject(new Error("ENOSPC"));
    const replies = await Replies.open({ ...memoryJournal(), append: full });
    const { bot, feedback, ask } = await desk({ replies, seen: { claim: full } });
    const stage = await ask("Hello", ANNA);
    expect(stage.reply.end?.text).toBe("Hello there.");
    feedback.append = full;
    expect((await bot.rate(stage.reply.id, ANNA, "good")).text).toContain("did not work");
    expect((await bot.correct(stage.reply.id, ANNA, "Better")).text).toContain("did not work");
    expect((await ask("Still there?", ANNA)).reply.end?.text).toBe("Hello there.");
  });
});

const exampleJob: JobSummary = {
  id: 1,
  state: "waiting",
  by: "lfz",
  orderedAt: 0,
  since: 0,
  minutes: 10,
};

const AGAIN = "A training that was going on begins again without what you gave.";

describe("forget-me", () => {
  it("deletes every conversation with words of the person, and leaves a tombstone", async () => {
    const { run, ask, kept, forgotten, clock } = await desk();
    for (const person of [ANNA, BEN]) await run("opt-in", person);
    await ask("I am Anna", ANNA);
    await ask("I am Ben", BEN, [past("I am Anna")]);
    await ask("I am Ben alone", BEN);
    expect((await run("forget-me", ANNA, { confirm: "yes" })).text).toContain("2 conversations");
    expect(kept()).toEqual([["I am Ben alone", "Hello there."]]);
    expect(Object.values(forgotten.value.people)).toEqual([clock.now()]);
  });

  it("leaves nothing of a reply that is being written, whatever is agreed to after it", async () => {
    const held = gate<string>();
    const { run, ask, bot, clock, kept, replyJournal } = await desk(
      {},
      { reply: () => ["One", held.opened] },
    );
    await run("opt-in", ANNA);
    const { reply } = await ask("My secret is X", ANNA);
    await run("forget-me", ANNA, { confirm: "yes" });
    await run("opt-in", ANNA);
    held.open(" and two.");
    await clock.advance(1000);
    expect(reply.end?.text).toBe("One and two.");
    expect([kept(), replyJournal.lines]).toEqual([[], []]);
    expect((await bot.explain(reply.id, ANNA)).text).toBe(STALE);
    await ask("Hello again", ANNA);
    expect(kept()).toEqual([["Hello again", "One and two."]]);
  });

  it("says that a training begins again, also where no model is known to have learnt from them", async () => {
    const jobs = { collectAgain: () => Promise.resolve(true) } as Pick<
      Jobs,
      "collectAgain"
    > as Jobs; // no more is asked of it
    const { run } = await desk({ taught: { taughtBy: () => Promise.resolve([]) }, jobs });
    expect((await run("forget-me", ANNA, { confirm: "yes" })).text).toContain(AGAIN);
    const damaged = new HintedError("lineage.json is damaged.", { hint: "Restore it." });
    const unknown = await desk({ taught: { taughtBy: () => Promise.reject(damaged) }, jobs });
    expect((await unknown.run("forget-me", ANNA, { confirm: "yes" })).text).toContain(AGAIN);
  });

  it("reaches a training that nobody works on", async () => {
    const restingJobs = { collectAgain: () => Promise.resolve(true) };
    const { run } = await desk({ restingJobs });
    expect((await run("forget-me", ANNA, { confirm: "yes" })).text).toContain(AGAIN);
  });

  describe("where models learnt from the person", () => {
    const clean = { name: "second", folder: "/models/second" };
    const taught = (isServing: boolean): BotParts["taught"] => ({
      taughtBy: () => Promise.resolve([{ name: "third", isServing, clean }]),
    });
    const orders: JobOrder[] = [];
    /** No more is asked of it here. */
    const jobsThat = (order: Jobs["order"], isTraining = false) =>
      ({
        order,
        collectAgain: () => Promise.resolve(isTraining),
      }) as Pick<Jobs, "order" | "collectAgain"> as Jobs;

    it("names them, and queues one from the nearest that saw nothing, for nobody to see who asked", async () => {
      const jobs = jobsThat((order) => {
        orders.push(order);
        return Promise.resolve({ job: exampleJob, ahead: 0 });
      });
      const { run } = await desk({ taught: taught(true), jobs });
      const { file } = await run("my-data", ANNA);
      expect(JSON.parse(file?.text ?? "")).toMatchObject({ models: [{ name: "third" }] });
      const { text } = await run("forget-me", ANNA, { confirm: "yes" });
      expect(text).toContain("One model learnt from what you gave: third.");
      expect(text).toContain("A clean one, from second, is queued.");
      expect(orders).toEqual([
        {
          by: { who: "lfz", platform: "machine" },
          from: "/models/second",
          why: "somebody asked to be forgotten",
        },
      ]);
    });

    it("says that a training begins again without them", async () => {
      const jobs = jobsThat(() => Promise.reject(new Error("nothing is to be ordered")), true);
      const { run } = await desk({ taught: taught(false), jobs });
      const { text } = await run("forget-me", ANNA, { confirm: "yes" });
      expect(text).toContain(AGAIN);
    });

    it("says why none is queued", async () => {
      const full = new HintedError("Ten are waiting.", { hint: "Wait." });
      const jobs = jobsThat(() => Promise.reject(full));
      const said = async (parts: Partial<BotParts>) =>
        (await (await desk(parts)).run("forget-me", ANNA, { confirm: "yes" })).text;
      expect(await said({ taught: taught(true), jobs })).toContain("not queued: Ten are waiting.");
      expect(await said({ taught: taught(true) })).toContain("only an admin can replace it");
      expect(await said({ taught: taught(false), jobs })).toContain("None of them answers anybody");
    });
  });

  it("deletes all the same when a lineage cannot be read", async () => {
    const damaged = new HintedError("lineage.json is damaged.", { hint: "Restore it." });
    const { run } = await desk({ taught: { taughtBy: () => Promise.reject(damaged) } });
    const { text } = await run("forget-me", ANNA, { confirm: "yes" });
    expect(text).toContain("Deleted: ");
    expect(text).toContain("cannot be told: lineage.json is damaged.");
  });

  it("counts what the disk fails to delete as gone", async () => {
    const { run, contexts, forgotten } = await desk();
    contexts.edit = () => Promise.reject(new Error("ENOSPC"));
    expect((await run("forget-me", ANNA, { confirm: "yes" })).text).toContain("did not work");
    expect(Object.keys(forgotten.value.people)).toHaveLength(1);
  });
});
