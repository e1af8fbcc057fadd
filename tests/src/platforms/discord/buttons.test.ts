import { describe, expect, it } from "vitest";

import { Replies } from "../../../../src/chat/replies.ts";
import { ratingsIn } from "../../../support/chat/memory-stores.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { bakery, buttonsOf, startPlatform } from "../../../support/discord/bot.ts";
import type { Interaction } from "../../../support/discord/interactions.ts";
import { gate } from "../../../support/scripted-engine.ts";

type Bakery = Awaited<ReturnType<typeof bakery>>;

/** What somebody is told who began an interaction, once it is said. */
function answerTo({ until }: Pick<Bakery, "until">, interaction: Interaction): Promise<string> {
  return until(() => interaction.replies.at(-1)?.data.content || undefined);
}

describe("a button", () => {
  it("👍 rates, and once more takes it back; nobody else sees it", async () => {
    const place = await bakery();
    const { ask, people, ann, feedback, discord, channel } = place;
    const reply = await ask("good?");

    const first = await answerTo(place, people.press(reply, ann, "👍"));
    const second = await answerTo(place, people.press(reply, ann, "👍"));

    expect([first, second]).toEqual([expect.stringMatching(/^👍 Thank you/), "Taken back."]);
    expect(feedback.lines.map(({ kind }) => kind)).toEqual(["rating", "retraction"]);
    expect(discord.botMessages(channel)).toEqual([reply]);
  });

  it("👎 rates, and asks why", async () => {
    const place = await bakery();
    const { ask, people, ann, feedback, until } = place;
    const reply = await ask("bad?");

    const press = people.press(reply, ann, "👎");
    await answerTo(place, press);
    const [answer] = press.replies;
    const why = people.pressUnseen(reply, ann, nameOf(answer?.data.components));
    await until(() => why.modal);
    await answerTo(place, people.submitModal(why, { text: "Too dry." }));

    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "bad" },
      { kind: "reason", text: "Too dry." },
    ]);
  });

  it("✏️ takes a better answer, however malicious, and calls nobody", async () => {
    const place = await bakery();
    const { ask, people, ann, feedback, until } = place;
    const reply = await ask("teach?");
    const zalgo = `@everyone ${"r\u0301\u0302\u0303\u0304\u0305".repeat(200)}`;

    const press = people.press(reply, ann, "✏️");
    await until(() => press.modal);
    const kept = people.submitModal(press, { text: zalgo });
    const huge = people.submitModal(press, { text: "x".repeat(100_000) });

    expect(await answerTo(place, kept)).toMatch(/better answer/);
    expect(await answerTo(place, huge)).toMatch(/too long/);
    expect(feedback.lines).toMatchObject([{ kind: "correction", text: zalgo }]);
    expect(kept.replies[0]?.data).toMatchObject({ mention_everyone: false });
  });

  it("🔁 says it again in the same message, for whoever asked", async () => {
    let turn = 0;
    const place = await bakery({ script: { reply: () => [`Answer ${++turn}.`] } });
    const { ask, people, ann, ben, until, discord, channel, engine } = place;
    const reply = await ask("again?");

    const refused = people.press(reply, ben, "🔁");
    expect(await answerTo(place, refused)).toMatch(/Only whoever asked/);
    people.press(reply, ann, "🔁");
    await until(
      () => reply.data.content.startsWith("Answer 2.") && buttonsOf(reply).includes("👍"),
    );

    expect(discord.botMessages(channel)).toEqual([reply]);
    expect(engine.requests[1]?.messages).toEqual([{ role: "user", content: "again?" }]);
  });

  it("🔁 leaves nothing of a longer reply, nor its file", async () => {
    const answers = ["All about rye. ".repeat(800), "Rye again. ".repeat(500), "Short."];
    const { ask, people, ann, until, discord, channel, repliesMade } = await bakery({
      script: { reply: () => [answers.shift() ?? ""] },
    });
    const last = await ask("again?");
    const [first] = discord.botMessages(channel);

    const files = last.data.attachments.length;
    people.press(last, ann, "🔁");
    await until(() => last.data.content.startsWith("Rye again.") && buttonsOf(last).includes("👍"));
    const filesLeft = last.data.attachments.length;
    people.press(last, ann, "🔁");
    await until(() => repliesMade() === 3);

    expect([files, filesLeft]).toEqual([1, 0]);
    expect(discord.botMessages(channel)).toEqual([first]);
    expect(first?.data.content).toBe("Short.");
  });

  it("⏹ ends the reply and its computation", async () => {
    const { opened } = gate<string>();
    const place = await bakery({ script: { reply: () => ["Rye", opened] } });
    const { people, channel, ann, world, until, discord, engine } = place;
    people.say({ channel, author: ann, content: `<@${world.bot.id}> Talk.` });
    const message = await until(() => discord.botMessages(channel)[0]);
    const ended = engine.nextEnd();

    const press = people.press(message, ann, "⏹");

    expect(await answerTo(place, press)).toBe("Stopped.");
    expect(await ended).toBe("abort");
    await until(() => buttonsOf(message) === "🔁🗑");
    expect(message.data.content).toMatch(/^Rye\n-# Stopped\./);
  });

  it("🗑 takes the reply away, for whoever asked", async () => {
    const place = await bakery();
    const { ask, people, ann, ben, until, discord, channel } = place;
    const reply = await ask("gone?");

    const refused = await answerTo(place, people.press(reply, ben, "🗑"));
    people.press(reply, ann, "🗑");
    await until(() => discord.botMessages(channel).length === 0);

    expect(refused).toMatch(/Only whoever asked/);
  });

  it("works after a restart", async () => {
    const place = await bakery();
    const { ask, people, ann, leave, discord, clock, log, replyJournal, feedback } = place;
    const reply = await ask("still there?");
    await leave();
    const replies = await Replies.open(replyJournal);
    const ratings = await ratingsIn(feedback, log);
    const { bot } = await openBot({}, { clock, replies, ratings });
    await startPlatform(discord, bot, { clock, log });

    const answer = await answerTo(place, people.press(reply, ann, "👍"));

    expect(answer).toMatch(/^👍 Thank you/);
    expect(feedback.lines).toHaveLength(1);
  });

  it.each([
    "lfz:good:0123",
    "lfz:again:0123",
    "lfz:correct:0123",
    "lfz:remove:0123",
    "lfz:stop:0123",
    "lfz:fly:0123",
    "other",
  ])("that is stale or unknown (%s) is answered politely", async (customId) => {
    const place = await bakery();
    const { ask, people, ann } = place;
    const reply = await ask("old?");

    const answer = await answerTo(place, people.pressUnseen(reply, ann, customId));

    expect(answer).toMatch(/too old for me to remember/);
  });

  it("that fails is apologised for, and its reply stays as it is", async () => {
    const place = await bakery();
    const { ask, people, ann, discord } = place;
    const reply = await ask("gone?");
    discord.faults.next({ on: { method: "DELETE" }, status: 403 });

    const press = people.press(reply, ann, "🗑");

    expect(await answerTo(place, press)).toMatch(/did not work/);
    expect(reply.data.content).toMatch(/^Hello there\./);
  });

  it("pressed too late still counts, and says so directly", async () => {
    const place = await bakery();
    const { ask, people, ann, world, until, discord, feedback } = place;
    const reply = await ask("late?");

    const press = people.press(reply, ann, "👍");
    press.expired = "before acknowledgement";
    const [told] = await until(() => nonEmpty(discord.botMessages(world.directMessages(ann))));

    expect(told?.data.content).toMatch(/^👍 Thank you/);
    expect(feedback.lines).toHaveLength(1);
  });
});

describe("a reaction", () => {
  it("counts like a button, in any skin, and its removal takes it back", async () => {
    const { ask, people, ann, ben, feedback, until } = await bakery();
    const reply = await ask("good?");

    people.react(reply, ann, "👍🏽");
    people.react(reply, ben, "👎");
    await until(() => feedback.lines.length === 2);
    people.unreact(reply, ben, "👎");
    await until(() => feedback.lines.length === 3);

    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "good" },
      { kind: "rating", verdict: "bad" },
      { kind: "retraction" },
    ]);
  });

  it("that was followed by another may go without taking that back", async () => {
    const { ask, people, ann, feedback, until, lines } = await bakery();
    const reply = await ask("good?");
    const taken = (count: number) =>
      until(() => lines.filter(({ event }) => event === "reaction").length === count);

    people.react(reply, ann, "👍");
    await taken(1);
    people.react(reply, ann, "👎");
    await taken(2);
    people.unreact(reply, ann, "👍");
    await taken(3);

    expect(feedback.lines).toMatchObject([{ verdict: "good" }, { verdict: "bad" }]);
  });

  it("in a direct message counts after a restart too, and nothing else does", async () => {
    const place = await bakery();
    const { ask, people, ann, world, leave, discord, clock, log, replyJournal, channel, until } =
      place;
    const reply = await ask("good?", world.directMessages(ann));
    await leave();
    const replies = await Replies.open(replyJournal);
    const { bot, feedback } = await openBot({}, { clock, replies });
    await startPlatform(discord, bot, { clock, log });

    people.react(people.say({ channel, author: ann, content: "mine" }), ann, "👍");
    people.react(reply, ann, "🦊");
    people.react(reply, ann, "👍");
    await until(() => feedback.lines.length > 0);

    expect(feedback.lines).toMatchObject([{ kind: "rating", verdict: "good" }]);
  });
});

/** The custom id of the only button. */
function nameOf(components: unknown): string {
  return /"custom_id":"([^"]+)"/.exec(JSON.stringify(components))?.[1] ?? "";
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
