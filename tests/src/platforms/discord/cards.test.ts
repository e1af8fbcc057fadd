import { describe, expect, it } from "vitest";

import type { Card } from "../../../../src/chat/cards.ts";
import { UnreachableError, type Place } from "../../../../src/chat/platform.ts";
import { HintedError } from "../../../../src/core/errors.ts";
import { openBot } from "../../../support/chat/open-bot.ts";
import { bakery, startPlatform } from "../../../support/discord/bot.ts";
import { componentsIn } from "../../../support/discord/form-rules.ts";
import type { Interaction } from "../../../support/discord/interactions.ts";
import type { Channel, StoredMessage } from "../../../support/discord/world.ts";

type Bakery = Awaited<ReturnType<typeof bakery>>;

const STOP = { label: "Stop everything", line: "stop-all", isDangerous: true };
const LOSS = { name: "loss.png", png: new Uint8Array([1, 2, 3]), description: "falling" };

const training: Card = { text: "**Training**: 40 %", image: LOSS, buttons: [STOP] };

function placeOf({ id, guild, parent, recipient }: Channel): Place {
  const common = { platform: "discord", community: guild?.id, isDirect: !!recipient } as const;
  return parent ? { ...common, channel: parent.id, thread: id } : { ...common, channel: id };
}

function theCard({ discord }: Pick<Bakery, "discord">, channel: Channel): StoredMessage {
  const [message] = discord.botMessages(channel);
  if (!message) throw new Error("There is no card.");
  return message;
}

/** What people read in it. */
function textOf({ data }: StoredMessage): string {
  return componentsIn(data.components ?? [])
    .map(({ content = "" }) => content)
    .join("");
}

function pictureIn({ data }: StoredMessage, { world }: Pick<Bakery, "world">): number[][] {
  return data.attachments.map(({ id }) => [...(world.attachments.get(id)?.bytes ?? [])]);
}

function answerTo({ until }: Pick<Bakery, "until">, interaction: Interaction): Promise<string> {
  return until(() => interaction.replies.at(-1)?.data.content || undefined);
}

describe("a card", () => {
  it("is one message with text, picture and buttons, and changes in place", async () => {
    const place = await bakery();
    const { cards, channel, discord } = place;

    const id = await cards.post(placeOf(channel), training);
    const card = theCard(place, channel);
    expect(card.data.id).toBe(id);
    expect(textOf(card)).toBe("**Training**: 40 %");
    expect(pictureIn(card, place)).toEqual([[1, 2, 3]]);
    expect(card.data.attachments[0]).toMatchObject({ description: "falling" });

    const image = { ...LOSS, png: new Uint8Array([4]), description: "fallen" };
    await cards.update(placeOf(channel), card.data.id, { text: "Done.", image, buttons: [] });

    expect(discord.botMessages(channel)).toEqual([card]);
    expect(textOf(card)).toBe("Done.");
    expect(pictureIn(card, place)).toEqual([[4]]);
    expect(componentsIn(card.data.components ?? []).some((one) => one.custom_id)).toBe(false);
  });

  it("loses its picture where there is none any more", async () => {
    const place = await bakery();
    const { cards, channel } = place;
    await cards.post(placeOf(channel), training);
    const card = theCard(place, channel);

    await cards.update(placeOf(channel), card.data.id, { text: "Waiting.", buttons: [] });

    expect(card.data.attachments).toEqual([]);
  });

  it("calls nobody, whatever it says", async () => {
    const place = await bakery();
    const { cards, channel, ann } = place;

    await cards.post(placeOf(channel), { text: `@everyone <@${ann.id}>`, buttons: [] });

    const { data } = theCard(place, channel);
    expect(textOf(theCard(place, channel))).not.toContain(`<@${ann.id}>`);
    expect(data).toMatchObject({ mentions: [], mention_everyone: false });
  });

  it("stands in a thread, also one that was archived meanwhile, and in direct messages", async () => {
    const place = await bakery();
    const { cards, channel, people, world, ann } = place;
    const thread = people.startThread(people.say({ channel, author: ann }), ann, "training");
    const direct = world.directMessages(ann);

    const id = await cards.post(placeOf(thread), training);
    await cards.post(placeOf(direct), training);
    thread.archived = true;
    await cards.update(placeOf(thread), id ?? "", { ...training, text: "50 %" });

    const said = place.discord.botMessages(thread).at(-1);
    expect(said && textOf(said)).toBe("50 %");
    expect(textOf(theCard(place, direct))).toBe(training.text);
  });

  it("is no part of a conversation", async () => {
    const place = await bakery();
    const { cards, channel, ask, engine } = place;
    await cards.post(placeOf(channel), training);

    await ask("hello?");

    expect(engine.requests[0]?.messages).toEqual([{ role: "user", content: "hello?" }]);
  });

  it("is shown without its picture where files are not allowed, and the log says so once", async () => {
    const place = await bakery();
    const { cards, world, guild, lines } = place;
    const mute = world.channel(guild, "no-files", { botMayNot: ["AttachFiles"] });

    const id = await cards.post(placeOf(mute), training);
    await cards.update(placeOf(mute), id ?? "", { ...training, text: "50 %" });

    const card = theCard(place, mute);
    expect([textOf(card), card.data.attachments]).toEqual(["50 %", []]);
    expect(lines.filter(({ event }) => event === "card without image")).toHaveLength(1);
  });

  it("that was deleted cannot be changed any more, in words", async () => {
    const place = await bakery();
    const { cards, channel, people } = place;
    const id = (await cards.post(placeOf(channel), training)) ?? "";
    people.deleteMessage(theCard(place, channel));

    const changing = cards.update(placeOf(channel), id, training);

    await expect(changing).rejects.toThrow(HintedError);
    await expect(changing).rejects.toThrow("The card was deleted.");
  });

  it("cannot be posted where the bot may not speak, in words", async () => {
    const { cards, world, guild } = await bakery();
    const closed = world.channel(guild, "closed", { botMayNot: ["SendMessages"] });

    const posting = cards.post(placeOf(closed), training);

    await expect(posting).rejects.toThrow("may not write there");
    await expect(posting).rejects.not.toThrow(UnreachableError);
  });

  it("has to wait while Discord is not there", async () => {
    const { cards, channel, leave, discord } = await bakery();
    const id = (await cards.post(placeOf(channel), training)) ?? "";
    discord.faults.next({ on: { method: "PATCH" }, status: 502, times: 10 });
    await expect(cards.update(placeOf(channel), id, training)).rejects.toThrow(UnreachableError);

    await leave();

    await expect(cards.post(placeOf(channel), training)).rejects.toThrow(UnreachableError);
  });

  it("stays one message if the answer to the first attempt gets lost", async () => {
    const place = await bakery();
    const { cards, channel, discord } = place;
    discord.faults.next({ on: { method: "POST" }, status: 502, afterWrite: true });

    await cards.post(placeOf(channel), training);

    expect(discord.botMessages(channel)).toHaveLength(1);
  });
});

describe("a button of a card", () => {
  it("gives its command as whoever presses it, and tells only them", async () => {
    const place = await bakery();
    const { cards, channel, people, ada, settings, discord } = place;
    await cards.post(placeOf(channel), training);
    const card = theCard(place, channel);

    const answer = await answerTo(place, people.press(card, ada, "Stop everything"));

    expect(answer).toMatch(/answer nobody any more/);
    expect(settings.value.isStopped).toBe(true);
    expect(discord.botMessages(channel)).toEqual([card]);
  });

  it("is refused, in words, to somebody who may not give the command", async () => {
    const place = await bakery();
    const { cards, channel, people, ann, olga, settings } = place;
    await cards.post(placeOf(channel), training);
    const card = theCard(place, channel);

    const answers = [
      await answerTo(place, people.press(card, ann, "Stop everything")),
      await answerTo(place, people.press(card, olga, "Stop everything")),
    ];

    expect(answers).toEqual(Array(2).fill(expect.stringMatching(/^Only admins/)));
    expect(settings.value.isStopped).toBe(false);
  });

  it("works after a restart", async () => {
    const place = await bakery();
    const { cards, channel, people, ada, leave, discord, clock, log } = place;
    await cards.post(placeOf(channel), training);
    await leave();
    const { bot, settings } = await openBot({}, { clock, people: place.pseudonyms });
    await startPlatform(discord, bot, { clock, log });

    const press = people.press(theCard(place, channel), ada, "Stop everything");

    expect(await answerTo(place, press)).toMatch(/answer nobody any more/);
    expect(settings.value.isStopped).toBe(true);
  });

  it("of a command that is no more says so", async () => {
    const place = await bakery();
    const { cards, channel, people, ada } = place;
    await cards.post(placeOf(channel), {
      text: "Old.",
      buttons: [{ label: "Fly", line: "flie away" }],
    });

    const press = people.press(theCard(place, channel), ada, "Fly");

    expect(await answerTo(place, press)).toMatch(/There is no command flie/);
  });
});
