/** What the bot needs where it speaks, what of it is missing, and the link that grants it. */

import {
  ChannelType,
  OAuth2Scopes,
  PermissionFlagsBits,
  type Client,
  type GuildBasedChannel,
  type SendableChannels,
} from "discord.js";

import { privately } from "../../chat/answer.ts";
import type { Command } from "../../chat/commands/command.ts";
import type { Answer, CommandCall } from "../../chat/platform.ts";

/** In Discord's own words, as its settings show them. */
const NEEDED = {
  "View Channel": PermissionFlagsBits.ViewChannel,
  "Send Messages": PermissionFlagsBits.SendMessages,
  "Send Messages in Threads": PermissionFlagsBits.SendMessagesInThreads,
  "Create Public Threads": PermissionFlagsBits.CreatePublicThreads,
  "Attach Files": PermissionFlagsBits.AttachFiles,
  "Read Message History": PermissionFlagsBits.ReadMessageHistory,
};

/** The link with which an admin lets the bot into a server. */
export function inviteUrl(client: Client<true>): string {
  return client.generateInvite({
    scopes: [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands],
    permissions: Object.values(NEEDED),
  });
}

function missingPermissions(client: Client<true>, channel: GuildBasedChannel): string[] {
  const held = channel.permissionsFor(client.user);
  return Object.entries(NEEDED)
    .filter(([, flag]) => !held?.has(flag))
    .map(([name]) => name);
}

export function maySpeak(channel: SendableChannels): boolean {
  if (channel.isDMBased()) return true;
  if (channel.isThread() && channel.locked && !channel.manageable) return false;
  const { ViewChannel, SendMessages, SendMessagesInThreads } = PermissionFlagsBits;
  const speak = channel.isThread() ? SendMessagesInThreads : SendMessages;
  return channel.permissionsFor(channel.client.user)?.has([ViewChannel, speak]) ?? false;
}

export function mayAttach(channel: SendableChannels): boolean {
  if (channel.isDMBased()) return true;
  const held = channel.permissionsFor(channel.client.user);
  return held?.has(PermissionFlagsBits.AttachFiles) ?? false;
}

interface LackingChannel {
  readonly guildId: string;
  readonly name: string;
  readonly missing: readonly string[];
}

/** Channels for texts that the bot sees, but where it may not do all it needs; hidden ones are meant to be. */
export function countHinderingChannels(client: Client<true>): number {
  return lackingChannels(client).filter(({ missing }) => !missing.includes("View Channel")).length;
}

function lackingChannels(client: Client<true>): LackingChannel[] {
  return [...client.channels.cache.values()]
    .filter((channel) => channel.type === ChannelType.GuildText)
    .map((channel) => ({
      guildId: channel.guildId,
      name: channel.name,
      missing: missingPermissions(client, channel),
    }))
    .filter(({ missing }) => missing.length > 0);
}

/** Discord's own: other platforms have no such permissions. */
export const permissionsCommand: Command = {
  name: "permissions",
  summary: "What I may not do here, channel by channel, and how to let me",
  audience: "manager",
  isPrivate: true,
  needsCommunity: true,
  options: [],
};

export function permissionsReport(client: Client<true>, { place }: CommandCall): Answer {
  const lacking = lackingChannels(client).filter(({ guildId }) => guildId === place.community);
  if (lacking.length === 0) return privately("I may do all I need in every channel.");
  const lines = lacking.map(({ name, missing }) => `- #${name}: ${missing.join(", ")}`);
  const grant = `This link asks for all of it: ${inviteUrl(client)}`;
  return privately(["What I lack:", ...lines, "", grant].join("\n"));
}
