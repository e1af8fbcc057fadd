/** Discord's channels and people, in the words of the bot. */

import {
  PermissionFlagsBits,
  type BaseInteraction,
  type Channel,
  type Client,
  type GuildMember,
  type Message,
  type User,
} from "discord.js";

import type { Person, Place } from "../../chat/platform.ts";

/** A thread belongs to its channel: what is set for that holds in it too. */
export function placeOf(channel: Channel): Place {
  const common = { platform: "discord" as const, isDirect: channel.isDMBased() };
  if (channel.isDMBased()) return { ...common, channel: channel.id };
  const community = channel.guildId;
  if (!channel.isThread()) return { ...common, community, channel: channel.id };
  return { ...common, community, channel: channel.parentId ?? channel.id, thread: channel.id };
}

/** A webhook may call itself whatever it likes; it stays a program. */
export function authorOf({ author, member, webhookId }: Message): Person {
  const person = personOf(author, member);
  return webhookId === null ? person : { ...person, isBot: true };
}

export function personOf(user: User, member: GuildMember | null): Person {
  return {
    id: user.id,
    name: member?.displayName ?? user.displayName,
    isBot: user.bot,
    roles: [...(member?.roles.cache.keys() ?? [])],
    isManager: member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? false,
  };
}

/** Where somebody pressed or typed; a channel nobody announced is looked up. */
export async function placeIn(
  { channel, channelId }: Pick<BaseInteraction, "channel" | "channelId">,
  client: Client,
): Promise<Place> {
  const found = channel ?? (channelId && (await client.channels.fetch(channelId)));
  if (!found) throw new Error(`The channel ${channelId} is not there.`);
  return placeOf(found);
}

/** Whoever pressed, typed or submitted. */
export function personIn(interaction: BaseInteraction): Person {
  const member = interaction.inCachedGuild() ? interaction.member : null;
  return personOf(interaction.user, member);
}
