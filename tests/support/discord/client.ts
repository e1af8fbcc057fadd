/** An unmodified discord.js client, logged in to a loopback Discord and gone after the test. */

import { Client, Events, GatewayIntentBits, Partials, type ClientOptions } from "discord.js";
import { onTestFinished } from "vitest";

import { startDiscord, type Discord, type DiscordOptions } from "./discord.ts";

const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.GuildMessageReactions,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.MessageContent,
];

/** A Discord for one test. */
export async function discordForTest(options?: DiscordOptions): Promise<Discord> {
  const discord = await startDiscord(options);
  onTestFinished(() => discord.close());
  return discord;
}

export function clientFor(discord: Discord, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: INTENTS,
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
    rest: { api: discord.apiUrl },
    ...options,
  });
  onTestFinished(() => client.destroy());
  return client;
}

export async function loggedIn(
  discord: Discord,
  options?: Partial<ClientOptions>,
): Promise<Client> {
  const client = clientFor(discord, options);
  const ready = new Promise((resolve) => void client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return client;
}
