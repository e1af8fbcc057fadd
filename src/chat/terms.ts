/** How the model is to answer at a place whose platform asks it itself: as everywhere, or not now. */

import type { Place, Terms } from "./platform.ts";
import type { BotSettings, CommunitySettings } from "./settings.ts";
import { WORDS } from "./words.ts";

export function termsOf(
  { isStopped }: BotSettings,
  { persona, length, temperature, mutedChannels }: CommunitySettings,
  { channel }: Place,
  now: number,
): Terms {
  const isMuted = (mutedChannels[channel] ?? 0) > now;
  const refusal = isStopped ? WORDS.stopped : isMuted ? WORDS.muted : undefined;
  return { refusal, persona, length, temperature };
}
