import { once } from "node:events";
import { inspect } from "node:util";

import { Events, GatewayCloseCodes } from "discord.js";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { UnreachableError } from "../../../../src/chat/platform.ts";
import { createClient } from "../../../../src/platforms/discord/client.ts";
import { discordPlatform } from "../../../../src/platforms/discord/discord-platform.ts";
import { ManualClock } from "../../../support/chat/manual-clock.ts";
import { openBot, recordingLog } from "../../../support/chat/open-bot.ts";
import { bakery, finishedReply, startPlatform } from "../../../support/discord/bot.ts";
import { discordForTest } from "../../../support/discord/client.ts";
import { gate } from "../../../support/scripted-engine.ts";
import type { Discord } from "../../../support/discord/discord.ts";

/** Why the bot does not stay. */
async function failureOf(discord: Discord, token = discord.token): Promise<Error> {
  const { bot } = await openBot();
  const options = {
    token,
    apiUrl: discord.apiUrl,
    clock: new ManualClock(),
    log: recordingLog().log,
  };
  const failure: unknown = await discordPlatform(options)
    .serve(bot, new AbortController().signal, () => {})
    .catch((error: unknown) => error);
  if (failure instanceof Error) return failure;
  throw new Error("The bot ended without a word.");
}

function connectionsOf({ gateway }: Discord) {
  return [...gateway.sessions.values()].flatMap(({ connection }) => connection ?? []);
}

describe("the bot does not start", () => {
  it("with a wrong token, which it never repeats", async () => {
    const token = "MTIz.wrong.secret";
    const failure = await failureOf(await discordForTest(), token);

    expect(failure).not.toBeInstanceOf(UnreachableError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/does not know this DISCORD_TOKEN/),
      hint: expect.stringMatching(/Reset Token/),
    });
    expect(inspect(failure, { depth: 9 })).not.toContain(token);
  });

  it("without the content intent, and says where to switch it on", async () => {
    const discord = await discordForTest({ grantedIntents: 0 });

    expect(await failureOf(discord)).toMatchObject({
      message: expect.stringMatching(/intent is switched off/),
      hint: expect.stringContaining(`${discord.world.applicationId}/bot`),
    });
  });

  it("while Discord cannot be reached, which is worth another try", async () => {
    const discord = await discordForTest();
    discord.faults.next({ status: 503, times: 4 });

    const failure = await failureOf(discord);

    expect(failure.message).toMatch(/cannot be reached/);
    expect(failure).toBeInstanceOf(UnreachableError);
  });
});

describe("a bot that runs", () => {
  it("says who it is, where it is invited, and what it may not do", async () => {
    const discord = await discordForTest();
    const { world } = discord;
    const guild = world.guild("Bakery", world.user("Olga"));
    world.channel(guild, "mute", { botMayNot: ["SendMessages"] });
    world.channel(guild, "hidden", { botMayNot: ["ViewChannel"] });
    const { log, lines } = recordingLog();
    const { bot } = await openBot();
    await startPlatform(discord, bot, { clock: new ManualClock(), log });

    await vi.waitUntil(() => lines.some(({ event }) => event === "permissions missing"));
    expect(lines.find(({ event }) => event === "discord ready")).toMatchObject({
      servers: 1,
      shards: 1,
      invite: expect.stringContaining(world.applicationId),
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ event: "permissions missing", channels: 1 }),
    );
    expect(JSON.stringify(lines)).not.toContain(discord.token);
  });

  it("tells when it is lost for a while, and when it is back", async () => {
    const discord = await discordForTest();
    const { bot } = await openBot();
    const told: string[] = [];
    await startPlatform(discord, bot, {
      clock: new ManualClock(),
      log: recordingLog().log,
      onConnection: (connection) => told.push(connection),
    });

    discord.gateway.cutConnections();
    await vi.waitUntil(() => told.at(-1) === "lost");
    await vi.waitUntil(() => told.at(-1) === "connected");

    expect(new Set(told)).toEqual(new Set(["connected", "lost"]));
  });

  it("ends when its token is taken away", async () => {
    const discord = await discordForTest();
    const { bot } = await openBot();
    const log = recordingLog().log;
    const options = { token: discord.token, apiUrl: discord.apiUrl, clock: new ManualClock(), log };
    const served = discordPlatform(options).serve(bot, new AbortController().signal, () => {});
    const failed = served.catch((error: unknown) => error);
    await discord.until(() => discord.world.commands.length > 0);

    discord.gateway.throwOut(GatewayCloseCodes.AuthenticationFailed);

    expect(await failed).toMatchObject({ message: expect.stringMatching(/DISCORD_TOKEN/) });
  });

  it("serves all shards that Discord recommends", async () => {
    const discord = await discordForTest({ recommendedShards: 2 });
    const { bot } = await openBot();
    await startPlatform(discord, bot, {
      clock: new ManualClock(),
      log: recordingLog().log,
      shards: "auto",
    });

    expect(discord.gateway.sessions.size).toBe(2);
  });

  it("leaves in order, and writes its token nowhere", async () => {
    const { ask, leave, discord, lines } = await bakery();
    await ask("hello");

    await leave();

    await discord.until(() => connectionsOf(discord).length === 0);
    expect(JSON.stringify(lines)).not.toContain(discord.token);
  });

  it("leaves even if it is told to before it has come", async () => {
    const discord = await discordForTest();
    const { bot } = await openBot();
    const { opened, open } = gate();
    discord.faults.next({ on: { path: /gateway/ }, hold: opened });
    const leaving = new AbortController();
    const log = recordingLog().log;
    const options = { token: discord.token, apiUrl: discord.apiUrl, clock: new ManualClock(), log };
    const served = discordPlatform(options).serve(bot, leaving.signal, () => {});
    await discord.until(() => discord.requests.find(({ path }) => path === "/gateway/bot"));

    leaving.abort();
    open();
    await served;

    await discord.until(() => connectionsOf(discord).length === 0);
    expect(discord.gateway.sessions.size).toBe(1);
  });

  it("remembers little of what it reads", async () => {
    const discord = await discordForTest();
    const { world, people } = discord;
    const ann = world.user("Ann");
    const channel = world.channel(world.guild("Bakery", ann), "general");
    const client = createClient({ apiUrl: discord.apiUrl, shards: 1 });
    onTestFinished(() => client.destroy());
    const ready = once(client, Events.ClientReady);
    await client.login(discord.token);
    await ready;

    for (let line = 0; line < 60; line++) people.say({ channel, author: ann, content: `${line}` });
    const place = await client.channels.fetch(channel.id);
    await vi.waitUntil(() => place?.isTextBased() && place.lastMessage?.content === "59");

    expect(place?.isTextBased() && place.messages.cache.size).toBe(50);
  });

  it("loses a reply that Discord refuses, and nothing more", async () => {
    const { people, channel, ann, world, discord, until, lines, ask } = await bakery();
    discord.faults.next({ on: { method: "POST", path: /messages$/ }, status: 403 });

    people.say({ channel, author: ann, content: `<@${world.bot.id}> lost?` });
    await until(() => lines.some(({ event }) => event === "reply lost"));

    expect((await ask("and now?")).data.content).toMatch(/^Hello/);
    expect(finishedReply(discord, channel)).toBeDefined();
  });
});
