/**
 * How much the bot answers one person: so many replies at once, so many a
 * day. Counts in memory; the day's count is made again from the replies on
 * disk after a restart.
 */

import type { Person } from "./platform.ts";
import { RecentMap } from "./recent.ts";
import type { CommunitySettings } from "./settings.ts";

/** Replies at once, and how long until there is one more, in milliseconds. */
const BURST = 8;
const REFILL = 6000;

/** People whose bursts are remembered; whoever was silent longest is forgotten first, with a full allowance. */
const REMEMBERED = 10_000;

const DAY = 86_400_000;
const MINUTE = 60_000;

export type Refusal =
  | { readonly reason: "burst"; readonly seconds: number }
  | { readonly reason: "daily"; readonly limit: number; readonly hours: number };

export class Allowance {
  readonly #now: () => number;
  readonly #bursts = new RecentMap<string, { tokens: number; at: number }>(REMEMBERED);
  readonly #told = new RecentMap<string, number>(REMEMBERED);
  #day = -1;
  readonly #today = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A reply made earlier, as the journal tells it. */
  recall(person: string, at: number): void {
    this.#turnDay();
    if (Math.floor(at / DAY) === this.#day) this.#count(person);
  }

  /** Takes one reply from the person's allowance, or says why not. */
  take(person: string, daily: number): Refusal | undefined {
    this.#turnDay();
    const now = this.#now();
    if ((this.#today.get(person) ?? 0) >= daily) {
      const hours = Math.ceil(((this.#day + 1) * DAY - now) / 3_600_000);
      return { reason: "daily", limit: daily, hours };
    }
    const tokens = this.#tokensOf(person, now);
    if (tokens < 1) {
      return { reason: "burst", seconds: Math.ceil(((1 - tokens) * REFILL) / 1000) };
    }
    this.#bursts.set(person, { tokens: tokens - 1, at: now });
    this.#count(person);
    return undefined;
  }

  /** Whoever floods the bot is told once a minute, not once a message. */
  isToBeTold(person: string): boolean {
    const minute = Math.floor(this.#now() / MINUTE);
    const isTold = this.#told.get(person) === minute;
    this.#told.set(person, minute);
    return !isTold;
  }

  #tokensOf(person: string, now: number): number {
    const known = this.#bursts.get(person);
    return known ? Math.min(BURST, known.tokens + Math.max(0, now - known.at) / REFILL) : BURST;
  }

  #count(person: string): void {
    this.#today.set(person, (this.#today.get(person) ?? 0) + 1);
  }

  #turnDay(): void {
    const day = Math.floor(this.#now() / DAY);
    if (day === this.#day) return;
    this.#day = day;
    this.#today.clear();
  }
}

/** Replies a day: of the person's roles whichever allows most, else what everybody has there. */
export function dailyLimitOf(
  { roles }: Pick<Person, "roles">,
  { daily, dailyByRole }: Pick<CommunitySettings, "daily" | "dailyByRole">,
): number {
  const byRole = roles.flatMap((role) => dailyByRole[role] ?? []);
  return byRole.length > 0 ? Math.max(...byRole) : daily;
}
