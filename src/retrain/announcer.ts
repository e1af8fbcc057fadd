/**
 * What the bot tells people about its model without having been asked, as
 * cards where it matters. A service that cannot be reached is tried again for
 * a while; then the log is all there is.
 */

import type { Cards } from "../chat/cards.ts";
import type { Clock } from "../chat/clock.ts";
import { UnreachableError, type Place } from "../chat/platform.ts";
import { reasonOf } from "../core/errors.ts";
import type { Log } from "../log.ts";

const TRY_EVERY_MS = 60_000;
const TRIES = 60;

export interface AnnouncerParts {
  readonly cards: Pick<Cards, "post">;
  readonly clock: Clock;
  readonly log: Log;
}

export class Announcer {
  readonly #parts: AnnouncerParts;
  readonly #closing = new AbortController();
  readonly #saying = new Set<Promise<unknown>>();

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** There is nothing to wait for. */
  say(place: Place | undefined, text: string): void {
    if (!place) return;
    const saying = this.tell(place, text).finally(() => this.#saying.delete(saying));
    this.#saying.add(saying);
  }

  /** Resolves with whether people can read it; never rejects. */
  async tell(place: Place, text: string): Promise<boolean> {
    const { cards, clock, log } = this.#parts;
    const { platform, channel } = place;
    for (let left = TRIES; left > 0 && !this.#closing.signal.aborted; left--) {
      try {
        return (await cards.post(place, { text, buttons: [] })) !== undefined;
      } catch (error) {
        log.warn("not announced", { platform, channel, reason: reasonOf(error) });
        if (!(error instanceof UnreachableError)) return false;
      }
      await clock.sleep(TRY_EVERY_MS, this.#closing.signal);
    }
    return false;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#saying);
  }
}
