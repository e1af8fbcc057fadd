/** The world in the shapes that Discord's API sends it. */

import {
  ChannelType,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildMemberFlags,
  GuildNSFWLevel,
  GuildPremiumTier,
  GuildSystemChannelFlags,
  GuildVerificationLevel,
  Locale,
  ThreadAutoArchiveDuration,
  type APIAttachment,
  type APIGuildMember,
} from "discord.js";

import { isThread, type Attachment, type Channel, type Guild, type World } from "./world.ts";

const JOINED = "2024-01-01T00:00:00.000Z";

export function channelPayload(channel: Channel, world: World): object {
  const { id, type, name, guild, parent, owner, recipient } = channel;
  const last = channel.messages.at(-1)?.data.id ?? null;
  if (recipient) return { id, type, last_message_id: last, flags: 0, recipients: [recipient] };
  const common = { id, type, name, guild_id: guild?.id, last_message_id: last };
  if (type !== ChannelType.PublicThread) {
    const overwrites = { permission_overwrites: channel.overwrites };
    return { ...common, ...overwrites, parent_id: null, position: 0, nsfw: false, topic: null };
  }
  return {
    ...common,
    parent_id: parent?.id,
    owner_id: owner?.id,
    flags: 0,
    message_count: channel.messages.length,
    member_count: 1,
    ...(channel.isJoined && { member: threadMember(channel, world) }),
    rate_limit_per_user: 0,
    thread_metadata: {
      archived: channel.archived,
      locked: channel.locked,
      auto_archive_duration: ThreadAutoArchiveDuration.OneDay,
      archive_timestamp: new Date(world.now()).toISOString(),
    },
  };
}

export function threadMember({ id }: Channel, { bot }: World): object {
  return { id, user_id: bot.id, join_timestamp: JOINED, flags: 0 };
}

/** The members that matter to a bot are itself and, on request, one other. */
export function memberPayload(guild: Guild, userId: string): APIGuildMember | undefined {
  const member = guild.members.get(userId);
  if (!member) return undefined;
  return {
    user: member.user,
    roles: member.roles,
    joined_at: JOINED,
    deaf: false,
    mute: false,
    flags: GuildMemberFlags.CompletedOnboarding,
  };
}

export function guildPayload(guild: Guild, world: World): object {
  const channels = [...world.channels.values()].filter((one) => one.guild === guild);
  const payloadOf = (one: Channel) => channelPayload(one, world);
  const me = memberPayload(guild, world.bot.id);
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.owner.id,
    roles: guild.roles,
    channels: channels.filter((one) => !isThread(one)).map(payloadOf),
    threads: channels.filter((one) => isThread(one) && !one.archived).map(payloadOf),
    members: me ? [me] : [],
    member_count: guild.members.size,
    joined_at: JOINED,
    large: false,
    unavailable: false,
    ...EMPTY_GUILD,
  };
}

const EMPTY_GUILD = {
  icon: null,
  splash: null,
  discovery_splash: null,
  banner: null,
  description: null,
  vanity_url_code: null,
  afk_channel_id: null,
  afk_timeout: 300,
  application_id: null,
  system_channel_id: null,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  incidents_data: null,
  hub_type: null,
  region: "",
  preferred_locale: Locale.EnglishUS,
  verification_level: GuildVerificationLevel.None,
  default_message_notifications: GuildDefaultMessageNotifications.OnlyMentions,
  explicit_content_filter: GuildExplicitContentFilter.Disabled,
  mfa_level: GuildMFALevel.None,
  nsfw_level: GuildNSFWLevel.Default,
  premium_tier: GuildPremiumTier.None,
  premium_progress_bar_enabled: false,
  system_channel_flags: GuildSystemChannelFlags.SuppressJoinNotifications,
  features: [],
  emojis: [],
  stickers: [],
  voice_states: [],
  presences: [],
  stage_instances: [],
  guild_scheduled_events: [],
  soundboard_sounds: [],
};

export function attachmentPayload(attachment: Attachment, baseUrl: string): APIAttachment {
  const url = `${baseUrl}/attachments/${attachment.id}/${encodeURIComponent(attachment.name)}`;
  return {
    id: attachment.id,
    filename: attachment.name,
    size: attachment.bytes.length,
    content_type: attachment.type,
    url,
    proxy_url: url,
  };
}
