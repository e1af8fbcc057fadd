/**
 * The champion beside a version that somebody compares it with, which stays
 * loaded for the next question and goes once nobody has asked for a while.
 */

import type { Clock } from "../chat/clock.ts";
import type { Pair } from "../chat/models.ts";
import type { InOrder } from "../state/in-order.ts";
import type { Seats } from "./change-seats.ts";
import { answersAlready, isOnTrial, type By } from "./refusals.ts";
import type { Version } from "./registry-state.ts";

/** How long it stays, in milliseconds. */
const STAYS_MS = 5 * 60_000;

export class Comparison {
  readonly #parts: { readonly inOrder: InOrder; readonly clock: Clock };
  /** Wakes who waits to let go of it. */
  #staying = new AbortController();

  constructor(parts: { readonly inOrder: InOrder; readonly clock: Clock }) {
    this.#parts = parts;
  }

  /** @throws HintedError if it is the champion, or the second seat is taken by a trial */
  async pair(version: Version, seats: Seats, by: By): Promise<Pair> {
    const { main, registry, second } = seats;
    const { trial } = registry;
    if (version.name === main.model.name) throw answersAlready(version.name, by);
    const tried = registry.find(trial?.name);
    const isTried = tried?.name === version.name && tried.manifest === version.manifest;
    if (trial && !isTried) throw isOnTrial(trial, by); // who is in its share would be answered by this one
    const other = await second.seat(version);
    this.#letGoLater(seats);
    return { champion: main, other };
  }

  close(): void {
    this.#staying.abort();
  }

  #letGoLater({ registry, second }: Seats): void {
    this.#staying.abort();
    const { signal } = (this.#staying = new AbortController());
    const { clock, inOrder } = this.#parts;
    const letGo = async () => {
      if (!signal.aborted && !registry.trial) second.free();
    };
    void clock.sleep(STAYS_MS, signal).then(() => inOrder(letGo)); // neither rejects
  }
}
