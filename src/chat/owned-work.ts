/** Work that nobody awaits where it begins, and that is awaited before the end. */

import type { Clock } from "./clock.ts";

export class OwnedWork {
  readonly #running = new Set<Promise<void>>();

  get count(): number {
    return this.#running.size;
  }

  /** The work must not reject. */
  own(work: Promise<void>): Promise<void> {
    const owned = work.finally(() => this.#running.delete(owned));
    this.#running.add(owned);
    return owned;
  }

  /** Until all has ended, or the time is over. Wakes the clock in the end: a timer that goes on keeps the process alive. */
  async idleWithin(milliseconds: number, clock: Clock): Promise<void> {
    const idle = new AbortController();
    const timeout = clock.sleep(milliseconds, idle.signal);
    await Promise.race([Promise.all(this.#running), timeout]);
    idle.abort();
  }
}
