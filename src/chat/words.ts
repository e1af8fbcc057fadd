/** What the bot says about itself, in one place. */

import type { Refusal } from "./allowance.ts";
import type { Audience } from "./commands/command.ts";

/** The longest better answer and the longest reason, in characters. */
export const CORRECTION_LIMIT = 4000;
export const REASON_LIMIT = 1000;

const NOT_ALLOWED: Readonly<Record<Audience, string>> = {
  everyone: "",
  manager: "Only people who manage this server or workspace can do that.",
  reviewer: "Only reviewers of the bot can do that.",
  admin: "Only admins of the bot can do that.",
  owner: "Only owners of the bot can do that.",
};

export const WORDS = {
  notAllowed: NOT_ALLOWED,
  needsCommunity: "That works in a server or workspace only.",
  failed: "That did not work; the log of the bot says why.",
  stopped: "I have been switched off by an admin for now.",
  muted: "I am to be quiet here for a while; `unmute` ends it.",
  mutedPerson: "I am not to answer you for a while.",
  busy: "I am behind with answers here. Ask again in a moment.",
  restarting: "I am being restarted. Ask me again in a minute.",
  notForBots: "Only people can rate replies.",
  takenBack: "Taken back.",
  nothingToTakeBack: "There is no rating of yours to take back.",
  nothingKept: "There was nothing in it to keep.",
  reasonKept: "Thank you, that helps.",
  correctionKept: "Thank you, I keep that as the better answer.",
  correctionTooLong: `That is too long to learn from: at most ${CORRECTION_LIMIT} characters.`,
  optInNote:
    "I learn from it only if you opt in: `opt-in`, or `opt-in here`; `privacy` tells more.",
  isOver: "That reply is finished already.",
  notOver: "I am still writing that one.",
  onlyAsker: "Only whoever asked, or people who manage this place, can do that.",
  stopping: "Stopped.",
} as const;

export const THANKS = {
  good: "👍 Thank you, noted.",
  bad: "👎 Noted. ✏️ teaches me a better answer.",
} as const;

export function refusalWords(refusal: Refusal): string {
  if (refusal.reason === "burst") {
    const { seconds } = refusal;
    return `That was a lot at once. I answer you again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  }
  const { limit, hours } = refusal;
  return `You have had your ${limit} replies for today. The count starts again in ${hours} ${hours === 1 ? "hour" : "hours"}.`;
}
