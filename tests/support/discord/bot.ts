/**
 * The real bot in a loopback Discord: our client, a scripted engine, one
 * server with a channel, and a clock that only runs while a test waits.
 */

import { setTimeout } from "node:timers/promises";

import { onTestFinished } from "vitest";

import type { BotParts } from "../../../src/chat/bot.ts";
import type { Cards } from "../../../src/chat/cards.ts";
import { People as Pseudonyms } from "../../../src/chat/people.ts";
import { BotSettings } from "../../../src/chat/settings.ts";
import type { Bot, OnConnection } from "../../../src/chat/platform.ts";
import {
  discordPlatform,
  type DiscordOptions,
} from "../../../src/platforms/discord/discord-platform.ts";
import { ManualClock } from "../chat/manual-clock.ts";
import { memoryDocument } from "../chat/memory-stores.ts";
import { openBot, recordingLog } from "../chat/open-bot.ts";
import type { Script } from "../scripted-engine.ts";
import { discordForTest } from "./client.ts";
import type { Discord, DiscordOptions as LoopbackOptions } from "./discord.ts";
import { componentsIn } from "./form-rules.ts";
import type { Channel, StoredMessage } from "./world.ts";

/** Virtual milliseconds that go by in a step of waiting. */
const STEP = 20;

export interface Setting {
  readonly script?: Script;
  readonly parts?: Partial<BotParts>;
  readonly loopback?: LoopbackOptions;
}

/** Ann and Ben are people, Olga owns the server, Ada the bot. */
export async function bakery({ script, parts, loopback }: Setting = {}) {
  const clock = new ManualClock();
  const discord = await discordForTest({ now: () => clock.now(), ...loopback });
  const { world, people } = discord;
  const [ann, ben, olga, ada] = [
    world.user("Ann"),
    world.user("Ben"),
    world.user("Olga"),
    world.user("Ada"),
  ];
  const guild = world.guild("Bakery", olga, [ann, ben, ada]);
  const channel = world.channel(guild, "general");
  const { log, lines } = recordingLog();
  const settings = memoryDocument(BotSettings.parse({}));
  const owners = [{ platform: "discord", id: ada.id }];
  const pseudonyms = new Pseudonyms(Buffer.from("a key"), owners, settings);
  const opened = await openBot(script, { clock, people: pseudonyms, settings, log, ...parts });
  const { leave, cards } = await startPlatform(discord, opened.bot, { clock, log });

  /** What `find` finds, while time goes by and requests are answered. */
  const until = async <T>(find: () => T | undefined | null | false): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== null && found !== false) return found;
      if (discord.requests.every(({ status }) => status !== 0)) await clock.advance(STEP);
      await setTimeout(1);
    }
  };
  /** How often the bot was done with a reply. */
  const repliesMade = () => lines.filter(({ event }) => event === "replied").length;
  /** Says something to the bot and waits until it is done with the reply: its last message. */
  const ask = async (content: string, place: Channel = channel): Promise<StoredMessage> => {
    const before = new Set(place.messages);
    const made = repliesMade();
    people.say({ channel: place, author: ann, content: `<@${world.bot.id}> ${content}` });
    return until(() => repliesMade() > made && finishedReply(discord, place, before));
  };
  return {
    ...opened,
    lines,
    log,
    leave,
    cards,
    discord,
    world,
    people,
    guild,
    channel,
    clock,
    until,
    repliesMade,
    ask,
    ann,
    ben,
    olga,
    ada,
    pseudonyms,
  };
}

/** Logs the bot in and waits until its commands are declared. */
export async function startPlatform(
  discord: Discord,
  bot: Bot,
  options: Pick<DiscordOptions, "clock" | "log"> &
    Partial<DiscordOptions> & { readonly onConnection?: OnConnection },
): Promise<{ leave: () => Promise<void>; cards: Cards }> {
  const leaving = new AbortController();
  const platform = discordPlatform({
    token: discord.token,
    apiUrl: discord.apiUrl,
    shards: 1,
    ...options,
  });
  const served = platform.serve(bot, leaving.signal, options.onConnection ?? (() => {}));
  const leave = async () => {
    leaving.abort();
    await served;
  };
  const declared = () =>
    discord.requests.filter(({ route, status }) => route === DECLARE && status === 200).length;
  const before = declared();
  await Promise.race([served, discord.until(() => declared() > before)]);
  onTestFinished(leave);
  return { leave, cards: platform.cards };
}

const DECLARE = "PUT /applications/:application/commands";

/** The last message of a reply stands with its buttons. */
export function finishedReply(
  discord: Discord,
  channel: Channel,
  before: ReadonlySet<StoredMessage> = new Set(),
): StoredMessage | undefined {
  return discord
    .botMessages(channel)
    .find((message) => !before.has(message) && buttonsOf(message).includes("🗑"));
}

/** The symbols of a message's buttons. */
export function buttonsOf({ data }: StoredMessage): string {
  return componentsIn(data.components ?? [])
    .map((one) => one.emoji?.name ?? "")
    .join("");
}

export function contentsOf(messages: readonly StoredMessage[]): string[] {
  return messages.map(({ data }) => data.content);
}
