/**
 * Whether a message is for the bot to answer.
 *
 * Knows settings, mutes and loops of bots; not allowances, and not whether
 * the bot has time.
 */

import type { ChatMessage, Place } from "./platform.ts";
import { RecentMap } from "./recent.ts";
import { settingsAt, type BotSettings } from "./settings.ts";
import { WORDS } from "./words.ts";

/** Bots are answered so many times before a person has to say something. */
const BOT_TURNS = 3;

/** Places whose loops are watched. */
const WATCHED_PLACES = 2000;

export type Admission =
  | { readonly kind: "answer" }
  /** Passed over without a word; the reason is for the log. */
  | { readonly kind: "pass"; readonly reason: string }
  | { readonly kind: "refuse"; readonly words: string; readonly reason: string };

export class Doorkeeper {
  readonly #botTurns = new RecentMap<string, number>(WATCHED_PLACES);

  /** Every message that can be read must come by, so that a person ends a loop of bots. */
  admit(message: ChatMessage, settings: BotSettings, now: number): Admission {
    const { author, place, address } = message;
    const { channels, bots } = settingsAt(settings, place);
    if (author.isBot && !bots) return pass("said by a bot");
    if (this.#countBotTurns(message) > BOT_TURNS) return pass("a loop of bots");
    if (address === "overheard" && !channels.includes(place.channel)) {
      return pass("not spoken to");
    }
    const silence = silenceFor(message, settings, now);
    if (silence) return this.#refuseUnless(!silence.isTold, silence.words, silence.reason);
    if (message.text.trim() === "" && message.attachments === 0) return this.#emptyTo(message);
    if (!hasWords(message.text) && message.attachments > 0) {
      return this.#refuseUnless(author.isBot || address === "overheard", CANNOT_SEE, "no text");
    }
    return { kind: "answer" };
  }

  /** Whoever only mentions the bot wants something; where it only listens there is nothing to say. */
  #emptyTo({ address }: ChatMessage): Admission {
    if (address === "overheard" || address === "thread") return pass("empty");
    return { kind: "refuse", words: GREETING, reason: "empty" };
  }

  #refuseUnless(isSilent: boolean, words: string, reason: string): Admission {
    return isSilent ? pass(reason) : { kind: "refuse", words, reason };
  }

  #countBotTurns({ place, author }: ChatMessage): number {
    const key = placeKey(place);
    const turns = author.isBot ? (this.#botTurns.get(key) ?? 0) + 1 : 0;
    if (turns > 0) this.#botTurns.set(key, turns);
    else this.#botTurns.delete(key);
    return turns;
  }
}

/** Why somebody is answered nothing for now. */
export interface Silence {
  readonly reason: string;
  readonly words: string;
  /** Else what they say is passed over without a word: only who presses a button hears why. */
  readonly isTold: boolean;
}

export function silenceFor(
  { author, place }: Pick<ChatMessage, "author" | "place">,
  settings: BotSettings,
  now: number,
): Silence | undefined {
  if (settings.isStopped) {
    return { reason: "stopped", words: WORDS.stopped, isTold: !author.isBot };
  }
  const { mutedChannels } = settingsAt(settings, place);
  if ((mutedChannels[place.channel] ?? 0) > now) {
    return { reason: "muted channel", words: WORDS.muted, isTold: false };
  }
  if ((settings.mutedPeople[`${place.platform}:${author.id}`] ?? 0) > now) {
    return { reason: "muted person", words: WORDS.mutedPerson, isTold: false };
  }
  return undefined;
}

/** One text for one place, for maps. */
export function placeKey({ platform, channel, thread }: Place): string {
  return `${platform}/${channel}/${thread ?? ""}`;
}

const CANNOT_SEE = "I can only read text. Tell me in words what is in there.";
const GREETING = "I am here. Say something and I will answer.";

function hasWords(text: string): boolean {
  return text.trim() !== "";
}

function pass(reason: string): Admission {
  return { kind: "pass", reason };
}
