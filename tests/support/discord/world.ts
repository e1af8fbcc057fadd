/**
 * What exists: the application and its bot, people, guilds with roles and
 * members, channels, threads, direct messages, and every message ever sent.
 *
 * Knows neither HTTP nor the gateway; whoever changes it announces the change.
 */

import {
  ChannelType,
  OverwriteType,
  PermissionFlagsBits,
  PermissionsBitField,
  type APIApplicationCommand,
  type APIMessage,
  type APIOverwrite,
  type APIRole,
  type APIUser,
  type PermissionsString,
} from "discord.js";

const DISCORD_EPOCH = 1_420_070_400_000;
const EVERYBODY_MAY: PermissionsString[] = [
  "ViewChannel",
  "SendMessages",
  "SendMessagesInThreads",
  "CreatePublicThreads",
  "AttachFiles",
  "EmbedLinks",
  "ReadMessageHistory",
  "AddReactions",
  "UseApplicationCommands",
];

/** Discord's shapes, with bit fields as the plain numbers they are. */
export type Role = Omit<APIRole, "flags"> & { readonly flags: number };
export type MessagePayload = Omit<APIMessage, "flags"> & { flags: number };

export interface Member {
  readonly user: APIUser;
  readonly roles: string[];
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly owner: APIUser;
  readonly roles: Role[];
  readonly members: Map<string, Member>;
}

export interface StoredMessage {
  readonly data: MessagePayload;
  readonly channel: Channel;
  /** Every content it ever had, oldest first. */
  readonly versions: { readonly content: string; readonly at: number }[];
  readonly nonce?: string;
  deleted: boolean;
}

export interface Channel {
  readonly id: string;
  readonly type: ChannelType.GuildText | ChannelType.DM | ChannelType.PublicThread;
  readonly name: string;
  readonly guild?: Guild;
  readonly parent?: Channel;
  readonly recipient?: APIUser;
  readonly owner?: APIUser;
  readonly overwrites: APIOverwrite[];
  readonly messages: StoredMessage[];
  /** A thread the bot was called into, or speaks in. */
  isJoined: boolean;
  archived: boolean;
  locked: boolean;
}

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export type Announce = (
  event: string,
  data: object,
  where?: { guild?: Guild; channel?: Channel },
) => void;

export class World {
  readonly now: () => number;
  readonly users = new Map<string, APIUser>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly attachments = new Map<string, Attachment>();
  readonly commands: APIApplicationCommand[] = [];
  readonly bot: APIUser;
  readonly applicationId: string;
  #serial = 0n;

  constructor(now: () => number) {
    this.now = now;
    this.bot = this.user("Zero", { bot: true });
    this.applicationId = this.bot.id;
  }

  /** A snowflake: later ones are greater, even within a millisecond. */
  nextId(): string {
    this.#serial = (this.#serial + 1n) % (1n << 22n);
    return ((BigInt(this.now() - DISCORD_EPOCH) << 22n) | this.#serial).toString();
  }

  user(name: string, { bot = false } = {}): APIUser {
    const user: APIUser = {
      id: this.nextId(),
      username: name.toLowerCase(),
      global_name: name,
      discriminator: "0",
      avatar: null,
      bot,
    };
    this.users.set(user.id, user);
    return user;
  }

  /** A guild with everyone's role, the bot, and the bot's own role. */
  guild(name: string, owner: APIUser, members: readonly APIUser[] = []): Guild {
    const id = this.nextId();
    const guild: Guild = { id, name, owner, roles: [], members: new Map() };
    guild.roles.push(roleOf(id, "@everyone", EVERYBODY_MAY));
    const botRole = this.role(guild, "Zero", []);
    botRole.tags = { bot_id: this.bot.id };
    for (const user of [owner, ...members]) guild.members.set(user.id, { user, roles: [] });
    guild.members.set(this.bot.id, { user: this.bot, roles: [botRole.id] });
    this.guilds.set(id, guild);
    return guild;
  }

  role(guild: Guild, name: string, may: PermissionsString[], members: APIUser[] = []): Role {
    const role = roleOf(this.nextId(), name, may);
    guild.roles.push(role);
    for (const { id } of members) guild.members.get(id)?.roles.push(role.id);
    return role;
  }

  channel(
    guild: Guild,
    name: string,
    { botMayNot = [] }: { botMayNot?: PermissionsString[] } = {},
  ) {
    const channel = this.#addChannel({ type: ChannelType.GuildText, name, guild });
    if (botMayNot.length > 0) {
      const deny = new PermissionsBitField(botMayNot).bitfield.toString();
      channel.overwrites.push({ id: this.bot.id, type: OverwriteType.Member, allow: "0", deny });
    }
    return channel;
  }

  directMessages(recipient: APIUser): Channel {
    const known = [...this.channels.values()].find((one) => one.recipient?.id === recipient.id);
    return known ?? this.#addChannel({ type: ChannelType.DM, name: recipient.username, recipient });
  }

  /** A thread that starts from a message takes its id. */
  thread(parent: Channel, name: string, owner: APIUser, id?: string): Channel {
    const { guild } = parent;
    return this.#addChannel({ type: ChannelType.PublicThread, name, guild, parent, owner, id });
  }

  attach(name: string, type: string, bytes: Uint8Array): Attachment {
    const attachment = { id: this.nextId(), name, type, bytes };
    this.attachments.set(attachment.id, attachment);
    return attachment;
  }

  message(channelId: string, messageId: string): StoredMessage | undefined {
    return this.channels
      .get(channelId)
      ?.messages.find(({ data, deleted }) => data.id === messageId && !deleted);
  }

  /** In a direct message everybody may everything that has a meaning there. */
  permissions(user: APIUser, channel: Channel): PermissionsBitField {
    const { guild } = channel;
    const all = new PermissionsBitField(PermissionsBitField.All);
    if (!guild || guild.owner.id === user.id) return all;
    const member = guild.members.get(user.id);
    if (!member) return new PermissionsBitField();
    const held = new Set([guild.id, ...member.roles]);
    const base = guild.roles.filter(({ id }) => held.has(id)).map(({ permissions }) => permissions);
    const result = new PermissionsBitField(base.map(BigInt));
    if (result.has(PermissionFlagsBits.Administrator)) return all;
    for (const { id, allow, deny } of (channel.parent ?? channel).overwrites) {
      if (held.has(id) || id === user.id) result.remove(BigInt(deny)).add(BigInt(allow));
    }
    return result;
  }

  #addChannel(given: Pick<Channel, "type" | "name"> & Partial<Channel>): Channel {
    const channel: Channel = {
      overwrites: [],
      messages: [],
      isJoined: given.owner === this.bot,
      archived: false,
      locked: false,
      ...given,
      id: given.id ?? this.nextId(),
    };
    this.channels.set(channel.id, channel);
    return channel;
  }
}

function roleOf(id: string, name: string, may: PermissionsString[]): Role {
  return {
    id,
    name,
    permissions: new PermissionsBitField(may).bitfield.toString(),
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: name === "@everyone" ? 0 : 1,
    managed: false,
    mentionable: true,
    flags: 0,
  };
}

export function isThread({ type }: Channel): boolean {
  return type === ChannelType.PublicThread;
}
