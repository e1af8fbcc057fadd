/**
 * What can be set from chat: for the whole bot, and for each server or
 * workspace. Direct conversations follow the defaults.
 */

import { z } from "zod";

import type { ChannelPlace } from "./place.ts";
import type { StateDocument } from "../state/document.ts";

export const PERSONA_LIMIT = 1000;
const CHANNEL_LIMIT = 200;
export const ROLE_LIMIT = 50;

export const CommunitySettings = z
  .strictObject({
    /** Channels where every message is for the bot. */
    channels: z.array(z.string()).max(CHANNEL_LIMIT).readonly().default([]),
    /** Channels of which nothing is learnt, whatever their people agreed to. */
    unlearntChannels: z.array(z.string()).max(CHANNEL_LIMIT).readonly().default([]),
    /** Better answers wait for a reviewer before anything is learnt from them. */
    review: z.boolean().default(true),
    /** A system text before every conversation. */
    persona: z.string().max(PERSONA_LIMIT).optional(),
    /** The model reads who says what. */
    names: z.boolean().default(false),
    /** Other bots are answered, a few turns long. */
    bots: z.boolean().default(false),
    /** Buttons stand under every reply. */
    buttons: z.boolean().default(true),
    /** The longest reply, in tokens; the model's own limit otherwise. */
    length: z.number().int().min(1).max(4096).optional(),
    /** How freely the model chooses; its own setting otherwise. */
    temperature: z.number().min(0).max(2).optional(),
    /** Replies for one person in a day (UTC). */
    daily: z.number().int().min(0).max(100_000).default(300),
    /** The same for everybody with a role; the highest of somebody's roles counts. */
    dailyByRole: z.record(z.string(), z.number().int().min(0).max(100_000)).default({}),
    /** What people are to the bot here whose role or user group has this id; all others are users. */
    ranks: z.record(z.string(), z.enum(["admin", "reviewer"])).default({}),
    /** Moments before which nobody in a channel is answered; ids of channels. */
    mutedChannels: z.record(z.string(), z.number()).default({}),
    /** Pseudonym of whoever changed any of it last where it is theirs alone: in a direct conversation without a server. */
    setBy: z.string().optional(),
  })
  .readonly();

export type CommunitySettings = z.infer<typeof CommunitySettings>;

export const BotSettings = z
  .strictObject({
    /** Panic stop: nobody is answered until an admin says so. */
    isStopped: z.boolean().default(false),
    communities: z.record(z.string(), CommunitySettings).default({}),
    /** People who are not answered: moments until when, by `platform:id`. */
    mutedPeople: z.record(z.string(), z.number()).default({}),
    /** Moments since when a conversation counts, by place: somebody began anew. */
    beginnings: z.record(z.string(), z.number()).default({}),
  })
  .readonly();

export type BotSettings = z.infer<typeof BotSettings>;

const DEFAULTS = CommunitySettings.parse({});

/** The settings that hold at a place. */
export function settingsAt(settings: BotSettings, place: ChannelPlace): CommunitySettings {
  return settings.communities[communityKey(place)] ?? DEFAULTS;
}

/** What holds where a place has no setting of its own. */
export type Defaults = Pick<CommunitySettings, "length" | "temperature">;

export function withDefaults(
  settings: CommunitySettings,
  defaults: Defaults | undefined,
): CommunitySettings {
  const { length = defaults?.length, temperature = defaults?.temperature } = settings;
  return { ...settings, length, temperature };
}

/** May what is said here be learnt from, if its people agree? */
export function isLearntFrom(settings: BotSettings, place: ChannelPlace): boolean {
  return !settingsAt(settings, place).unlearntChannels.includes(place.channel);
}

/** Changes the settings of the place's server or workspace, for a person (a pseudonym). */
export async function changeSettingsAt(
  document: StateDocument<BotSettings>,
  place: ChannelPlace,
  change: Partial<CommunitySettings>,
  by: string,
): Promise<void> {
  const key = communityKey(place);
  const owner = place.community === undefined ? { setBy: by } : {};
  await document.change((settings) => ({
    ...settings,
    communities: {
      ...settings.communities,
      [key]: CommunitySettings.parse({ ...settingsAt(settings, place), ...change, ...owner }),
    },
  }));
}

/** Direct conversations on Discord belong to no server: each has settings of its own. */
export function communityKey({ platform, community, channel }: ChannelPlace): string {
  return `${platform}:${community ?? channel}`;
}
