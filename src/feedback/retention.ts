/** Once a day: what was kept long enough is deleted. Replies go on meanwhile. */

import type { Clock } from "../chat/clock.ts";
import type { Log } from "../log.ts";
import type { Contexts } from "./contexts.ts";

const DAY = 86_400_000;

/** The first time is soon, for a bot that is restarted every day; not at once, for one that is starting. */
const FIRST_AFTER = 60_000;

export interface Retention {
  readonly contexts: Contexts;
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
    await deleteOld(retention);
    await clock.sleep(DAY, signal);
  }
}

async function deleteOld({ contexts, days, clock, log }: Retention): Promise<void> {
  try {
    const expired = await contexts.expire(clock.now() - days * DAY);
    log.info("feedback tidied", { expired });
  } catch (error) {
    log.error("feedback not tidied", { error }); // tomorrow is another try
  }
}
