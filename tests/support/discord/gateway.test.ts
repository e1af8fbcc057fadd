import { once } from "node:events";

import {
  Events,
  GatewayIntentBits,
  GatewayOpcodes,
  Options,
  type Client,
  type ClientOptions,
  type Message,
} from "discord.js";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { clientFor, discordForTest, loggedIn } from "./client.ts";
import type { Discord } from "./discord.ts";

/** Ann's guild with one channel, and a client in it. */
async function bakery(discord: Discord, options?: Partial<ClientOptions>) {
  const ann = discord.world.user("Ann");
  const channel = discord.world.channel(discord.world.guild("Bakery", ann), "general");
  const client = await loggedIn(discord, options);
  return { ann, channel, client, heard: hear(client) };
}

/** What a client hears from now on. */
function hear(client: Client): string[] {
  const heard: string[] = [];
  client.on(Events.MessageCreate, ({ content }) => void heard.push(content));
  return heard;
}

function countOf(discord: Discord, opcode: GatewayOpcodes): number {
  return discord.gateway.received.filter((one) => one === opcode).length;
}

describe("an unmodified client", () => {
  it("logs in, hears a person, and answers by replying", async () => {
    const discord = await discordForTest();
    const { ann, channel, client } = await bakery(discord);

    const arrived = once(client, Events.MessageCreate) as Promise<[Message]>; // by its name
    const question = discord.people.say({ channel, author: ann, content: "Is there bread?" });
    const [message] = await arrived;
    const reply = await message.reply("Yes.");
    await reply.edit("Yes, rye.");

    const [answer] = discord.botMessages(channel);
    expect(message.content).toBe("Is there bread?");
    expect(answer?.versions.map(({ content }) => content)).toEqual(["Yes.", "Yes, rye."]);
    expect(answer?.data.message_reference?.message_id).toBe(question.data.id);
  });

  it("hears a direct message, and may write one first", async () => {
    const discord = await discordForTest();
    const ann = discord.world.user("Ann");
    const client = await loggedIn(discord);
    const heard = hear(client);

    const channel = discord.world.directMessages(ann);
    discord.people.say({ channel, author: ann, content: "psst" });
    await (await client.users.fetch(ann.id)).send("yes?");

    await vi.waitUntil(() => heard.length === 2);
    expect(heard).toEqual(["psst", "yes?"]);
    expect(discord.botMessages(channel).map(({ data }) => data.content)).toEqual(["yes?"]);
  });

  it("reads nothing but what concerns it where the content intent was not asked for", async () => {
    const discord = await discordForTest();
    const ann = discord.world.user("Ann");
    const channel = discord.world.channel(discord.world.guild("Bakery", ann), "general");
    const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages];
    const client = await loggedIn(discord, { intents });
    const heard = hear(client);

    discord.people.say({ channel, author: ann, content: "secret" });
    discord.people.say({ channel, author: ann, content: `<@${discord.world.bot.id}> hello` });

    await vi.waitUntil(() => heard.length === 2);
    expect(heard).toEqual(["", `<@${discord.world.bot.id}> hello`]);
  });

  it.each(["op 7", "a cut connection"])("misses nothing across %s", async (accident) => {
    const discord = await discordForTest();
    const { ann, channel, heard } = await bakery(discord);

    if (accident === "op 7") discord.gateway.askToReconnect();
    else discord.gateway.cutConnections();
    await discord.until(() =>
      [...discord.gateway.sessions.values()].every(({ connection }) => !connection),
    );
    discord.people.say({ channel, author: ann, content: "anyone?" });
    await discord.until(() => countOf(discord, GatewayOpcodes.Resume) === 1);

    await vi.waitUntil(() => heard.length === 1);
    expect(heard).toEqual(["anyone?"]);
    expect(countOf(discord, GatewayOpcodes.Identify)).toBe(1);
  });

  it("notices a connection that only looks alive", async () => {
    const discord = await discordForTest({ heartbeatInterval: 60 });
    const { ann, channel, heard } = await bakery(discord);
    await discord.until(() => countOf(discord, GatewayOpcodes.Heartbeat) > 0);

    discord.gateway.freezeConnections();
    discord.people.say({ channel, author: ann, content: "said into the void" });
    await discord.until(() => countOf(discord, GatewayOpcodes.Resume) === 1);

    await vi.waitUntil(() => heard.length === 1);
    expect(heard).toEqual(["said into the void"]);
  });

  it("begins anew after op 9", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    const discord = await discordForTest();
    const { ann, channel, heard } = await bakery(discord);

    vi.setSystemTime(Date.now() + 6000); // a client identifies once in five seconds
    discord.gateway.invalidate();
    await discord.until(() => countOf(discord, GatewayOpcodes.Identify) === 2);
    discord.people.say({ channel, author: ann, content: "again" });

    await vi.waitUntil(() => heard.length === 1);
    expect(heard).toEqual(["again"]);
  });

  it("hears an event twice when it is sent twice, if it has forgotten the first", async () => {
    const discord = await discordForTest();
    const makeCache = Options.cacheWithLimits({ MessageManager: 0 });
    const { ann, channel, heard } = await bakery(discord, { makeCache });

    discord.people.say({ channel, author: ann, content: "echo" });
    discord.gateway.repeat("MESSAGE_CREATE");

    await vi.waitUntil(() => heard.length === 2);
    expect(heard).toEqual(["echo", "echo"]);
  });

  it("is told of a wrong token and of an intent that is not switched on", async () => {
    const discord = await discordForTest({ grantedIntents: 0 });

    await expect(clientFor(discord).login("wrong.token.here")).rejects.toThrow(/invalid token/i);
    await expect(clientFor(discord).login(discord.token)).rejects.toThrow(/disallowed intents/);
  });

  it("spreads its guilds over shards", async () => {
    const discord = await discordForTest({ recommendedShards: 2 });
    const ann = discord.world.user("Ann");
    const channel = discord.world.channel(discord.world.guild("Bakery", ann), "general");
    const client = await loggedIn(discord, { shards: "auto" });
    const heard = hear(client);

    discord.people.say({ channel, author: ann, content: "once" });
    discord.people.say({
      channel: discord.world.directMessages(ann),
      author: ann,
      content: "to the first shard",
    });

    await vi.waitUntil(() => heard.length === 2);
    expect(discord.gateway.sessions.size).toBe(2);
    expect(heard.toSorted()).toEqual(["once", "to the first shard"]);
  });
});
