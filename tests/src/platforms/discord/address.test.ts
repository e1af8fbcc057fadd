import { GatewayOpcodes, MessageType } from "discord.js";
import { describe, expect, it } from "vitest";

import { bakery, finishedReply } from "../../../support/discord/bot.ts";

const QUESTION = "Is there bread?";

/** Why messages were passed over, once so many were. */
function reasonsIn({ until, lines }: Awaited<ReturnType<typeof bakery>>, count: number) {
  return until(() => {
    const passed = lines.filter(({ event }) => event === "passed over");
    return passed.length === count && passed.map(({ reason }) => reason);
  });
}

describe("the bot answers", () => {
  it("a mention, as a reply to it, without the mention", async () => {
    const { ask, engine, channel } = await bakery();

    const reply = await ask(QUESTION);

    expect(reply.data.content).toMatch(/^Hello there\./);
    expect(reply.data.message_reference?.message_id).toBe(channel.messages[0]?.data.id);
    expect(engine.requests[0]?.messages).toEqual([{ role: "user", content: QUESTION }]);
  });

  it("a mention of its own role", async () => {
    const { people, until, discord, guild, channel, ann, engine } = await bakery();
    const role = guild.roles.find(({ tags }) => tags?.bot_id);

    people.say({ channel, author: ann, content: `<@&${role?.id}> ${QUESTION}` });
    await until(() => finishedReply(discord, channel));

    expect(engine.requests[0]?.messages.at(-1)?.content).toBe(QUESTION);
  });

  it("a reply to one of its messages", async () => {
    const { ask, people, until, channel, ann, discord, engine } = await bakery();
    const first = await ask(QUESTION);

    people.say({ channel, author: ann, content: "Rye?", replyTo: first });
    await until(() => finishedReply(discord, channel, new Set([first])));

    expect(engine.requests[1]?.messages.map(({ content }) => content)).toEqual([
      QUESTION,
      "Hello there.",
      "Rye?",
    ]);
  });

  it("a direct message", async () => {
    const { people, until, world, discord, ann } = await bakery();
    const channel = world.directMessages(ann);

    people.say({ channel, author: ann, content: QUESTION });

    expect((await until(() => finishedReply(discord, channel))).data.content).toMatch(/^Hello/);
  });

  it("everything in a channel it is told to listen to, and in that channel's threads", async () => {
    const { people, until, discord, channel, ann, olga, engine } = await bakery();
    const command = people.slash(
      "settings",
      { channel, user: olga },
      { name: "listen", value: "on" },
    );
    await discord.until(() => command.replies[0]?.data.content);

    const question = people.say({ channel, author: ann, content: QUESTION });
    const thread = people.startThread(question, ann, "bread");
    people.say({ channel: thread, author: ann, content: "Rye?" });
    await until(() => finishedReply(discord, channel));
    await until(() => finishedReply(discord, thread));

    expect(engine.requests).toHaveLength(2);
  });

  it("in a thread it was called into, from then on without a mention", async () => {
    const { ask, people, until, discord, channel, ann, engine } = await bakery();
    const starter = people.say({ channel, author: ann, content: "About rye." });
    const thread = people.startThread(starter, ann, "rye");

    const first = await ask("who knows?", thread);
    people.say({ channel: thread, author: ann, content: "And wheat?" });
    await until(() => finishedReply(discord, thread, new Set([first])));

    expect(engine.requests[1]?.messages.map(({ content }) => content)).toEqual([
      "About rye.",
      "who knows?",
      "Hello there.",
      "And wheat?",
    ]);
  });
});

describe("the bot passes over", () => {
  it("what is said to nobody, to everybody, or to another role", async () => {
    const place = await bakery();
    const { people, world, guild, channel, ann, olga } = place;
    const bakers = world.role(guild, "bakers", []);

    people.say({ channel, author: ann, content: QUESTION });
    people.say({ channel, author: olga, content: `@everyone ${QUESTION}` });
    people.say({ channel, author: ann, content: `<@&${bakers.id}> ${QUESTION}` });

    expect(await reasonsIn(place, 3)).toEqual(Array(3).fill("not spoken to"));
  });

  it("bots, and webhooks that look like people", async () => {
    const place = await bakery();
    const { people, world, channel, ann } = place;
    const content = `<@${world.bot.id}> ${QUESTION}`;

    people.say({ channel, author: world.user("Beep", { bot: true }), content });
    people.say({ channel, author: ann, content, webhookId: "123456789012345678" });

    expect(await reasonsIn(place, 2)).toEqual(Array(2).fill("said by a bot"));
  });

  it("remarks of Discord itself", async () => {
    const { people, world, ann, until, discord, engine } = await bakery();
    const channel = world.directMessages(ann);

    people.say({ channel, author: ann, content: "", type: MessageType.ChannelPinnedMessage });
    people.say({ channel, author: ann, content: QUESTION });
    await until(() => finishedReply(discord, channel));

    expect(engine.requests.map(({ messages }) => messages)).toEqual([
      [{ role: "user", content: QUESTION }],
    ]);
    expect(discord.botMessages(channel)).toHaveLength(1);
  });

  it("a message that is delivered twice after a reconnection", async () => {
    const { people, until, discord, channel, ann, world, engine } = await bakery();
    people.say({ channel, author: ann, content: `<@${world.bot.id}> ${QUESTION}` });

    discord.gateway.askToReconnect();
    await until(() => discord.gateway.received.includes(GatewayOpcodes.Resume));
    discord.gateway.repeat("MESSAGE_CREATE");
    const first = await until(() => finishedReply(discord, channel));
    people.say({ channel, author: ann, content: "Rye?", replyTo: first });
    await until(() => finishedReply(discord, channel, new Set([first])));

    expect(engine.requests).toHaveLength(2);
  });
});
