/** Who is told of what: a session hears an event if it asked for its kind and may see its place. */

import { GatewayIntentBits, PermissionFlagsBits } from "discord.js";
import { z } from "zod";

import type { Session } from "./session.ts";
import type { Channel, Guild, World } from "./world.ts";

const Person = z.object({ id: z.string() });
const Message = z.object({ author: Person, mentions: z.array(Person) });

const PRIVILEGED =
  GatewayIntentBits.MessageContent |
  GatewayIntentBits.GuildMembers |
  GatewayIntentBits.GuildPresences;

export function privilegedOf(intents: number): number {
  return intents & PRIVILEGED;
}

export interface Place {
  readonly guild?: Guild;
  readonly channel?: Channel;
}

export function hears(session: Session, event: string, place: Place, world: World): boolean {
  const guild = place.guild ?? place.channel?.guild;
  if (shardOf(guild, session.shard[1]) !== session.shard[0]) return false;
  if (event === "INTERACTION_CREATE") return true;
  const { channel } = place;
  const isHidden =
    channel?.guild && !world.permissions(world.bot, channel).has(PermissionFlagsBits.ViewChannel);
  return !isHidden && (session.intents & intentOf(event, guild !== undefined)) !== 0;
}

/** Direct messages go to the first shard. */
function shardOf(guild: Guild | undefined, shards: number): number {
  return guild ? Number((BigInt(guild.id) >> 22n) % BigInt(shards)) : 0;
}

function intentOf(event: string, inGuild: boolean): number {
  const { GuildMessages, DirectMessages, GuildMessageReactions, DirectMessageReactions } =
    GatewayIntentBits;
  if (event.startsWith("MESSAGE_REACTION")) {
    return inGuild ? GuildMessageReactions : DirectMessageReactions;
  }
  if (event.startsWith("MESSAGE_")) return inGuild ? GuildMessages : DirectMessages;
  if (event.startsWith("GUILD_MEMBER")) return GatewayIntentBits.GuildMembers;
  return GatewayIntentBits.Guilds;
}

/** Without the content intent a bot reads only itself, direct messages, and what mentions it. */
export function visibleData(session: Session, event: string, data: object, world: World): object {
  if (!/^MESSAGE_(CREATE|UPDATE)$/.test(event) || !("guild_id" in data)) return data;
  if ((session.intents & GatewayIntentBits.MessageContent) !== 0) return data;
  const { author, mentions } = Message.parse(data);
  const concernsBot = [author, ...mentions].some(({ id }) => id === world.bot.id);
  return concernsBot ? data : { ...data, content: "", attachments: [], embeds: [], components: [] };
}
