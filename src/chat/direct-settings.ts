/**
 * What somebody set in direct conversations: of all settings the only ones
 * that are theirs alone, as a persona in their own words.
 */

import type { Place } from "./place.ts";
import type { Replies } from "./replies.ts";
import { communityKey, type BotSettings } from "./settings.ts";
import type { StateDocument } from "../state/document.ts";

type DirectSettings = Pick<BotSettings, "communities" | "beginnings">;

/** The direct conversations of a person (a pseudonym) that are known by what was said: this one, if it is one, and those with replies. */
export function directPlacesOf(
  person: string,
  here: Place,
  replies: Pick<Replies, "all">,
): Place[] {
  const places = [here];
  for (const { asker, place } of replies.all()) if (asker === person) places.push(place);
  return places.filter(({ isDirect }) => isDirect);
}

/** There, and wherever else it says that this person set it. */
export function settingsIn(
  places: readonly Place[],
  person: string,
  settings: BotSettings,
): DirectSettings {
  const own = new Set(places.filter(({ community }) => community === undefined).map(communityKey));
  const threads = places.map(({ platform, channel }) => `${platform}/${channel}/`);
  return {
    communities: only(settings.communities, (key, { setBy }) => own.has(key) || setBy === person),
    beginnings: only(settings.beginnings, (key) => threads.some((start) => key.startsWith(start))),
  };
}

/** Deletes it, from the disk too, but for since when a conversation counts: else what it was told to read no more is read again. */
export async function forgetSettingsIn(
  places: readonly Place[],
  person: string,
  document: StateDocument<BotSettings>,
): Promise<void> {
  const { communities } = settingsIn(places, person, document.value);
  if (Object.keys(communities).length === 0) return;
  const forget = (settings: BotSettings) => ({
    ...settings,
    communities: only(settings.communities, (key) => !(key in communities)),
  });
  await document.change(forget);
  await document.change(forget); // the copy of the file before its last change held it still
}

function only<Value>(
  record: Readonly<Record<string, Value>>,
  isWanted: (key: string, value: Value) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => isWanted(key, value)));
}
