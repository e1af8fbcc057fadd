/** Once a day: what was kept long enough, or no longer counts, is deleted. Replies go on meanwhile. */

import type { Clock } from "../chat/clock.ts";
import type { Log } from "../log.ts";
import type { Contexts } from "./contexts.ts";
import type { Ratings } from "./ratings.ts";

const DAY = 86_400_000;

/** The first time is soon, for a bot that is restarted every day; not at once, for one that is starting. */
const FIRST_AFTER = 60_000;

export interface Retention {
  readonly contexts: Contexts;
  readonly ratings: Ratings;
  /** How many days contexts are kept. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Resolves when the signal aborts; never rejects. */
export async function keepRetention(retention: Retention, signal: AbortSignal): Promise<void> {
  const { clock } = retention;
  await clock.sleep(FIRST_AFTER, signal);
  while (!signal.aborted) {
    await tidy(retention);
    await clock.sleep(DAY, signal);
  }
}

async function tidy({ contexts, ratings, days, clock, log }: Retention): Promise<void> {
  try {
    const expired = await contexts.expire(clock.now() - days * DAY);
    const dropped = await ratings.compact();
    log.info("feedback tidied", { expired, dropped });
  } catch (error) {
    log.error("feedback not tidied", { error }); // tomorrow is another try
  }
}
