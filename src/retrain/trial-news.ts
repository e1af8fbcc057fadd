/** What people are told of a promotion that others, or the bot itself, decided about. */

import { placeKey } from "../chat/admission.ts";
import { EVERYBODY, UNSEEN } from "../chat/models.ts";
import type { Place } from "../chat/place.ts";
import type { Trial } from "./registry-state.ts";

/** Tells people at a place what came of what they ordered; there is nothing to wait for. */
export type Announce = (place: Place | undefined, text: string) => void;

/** The bot has taken a trial back by itself. */
export function announceLoss(
  { name, share, place }: Trial,
  { why, champion }: { why: string; champion: string },
  announce: Announce | undefined,
): void {
  const what = share === UNSEEN ? `The shadow **${name}**` : `**${name}**`;
  const now = `**${champion}** answers everybody.`;
  announce?.(place, `${what} was taken back by itself: ${why}. ${now}`);
}

/** Whoever asked first is told where that was, unless it was here. */
export function announceAgreement(
  asked: Place | undefined,
  { name, share, place }: Omit<Trial, "since">,
  announce: Announce | undefined,
): void {
  if (!asked || (place && placeKey(asked) === placeKey(place))) return;
  const whom = share === EVERYBODY ? "everybody" : `${share} % of the people`;
  const now = share === UNSEEN ? "is a shadow" : `answers ${whom}`;
  announce?.(asked, `A second admin agreed: **${name}** ${now} from now on.`);
}
