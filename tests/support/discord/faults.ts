/** What goes wrong on its way to the server and back, when a test wants it to. */

import { Random } from "../../../src/core/random.ts";

export interface Fault {
  /** Which requests; left out, the very next one. */
  readonly on?: { readonly method?: string; readonly path?: RegExp };
  /** How often; left out, once. */
  readonly times?: number;
  /** What is answered instead of the truth; left out, nothing is. */
  readonly status?: number;
  /** The work is done first, and only its answer is lost. */
  readonly afterWrite?: boolean;
  /** For 429, in seconds. */
  readonly retryAfter?: number;
  readonly global?: boolean;
  /** Holds the request until this settles; without a status it is then served as usual. */
  readonly hold?: Promise<unknown>;
}

export class Faults {
  #planned: { fault: Fault; left: number }[] = [];
  #chance: { share: number; random: Random } | undefined;

  next(fault: Fault): void {
    this.#planned.push({ fault, left: fault.times ?? 1 });
  }

  /** From now on, this share of all requests fails, half of them only after the work was done. */
  failing(share: number, seed: number): void {
    this.#chance = { share, random: new Random(seed) };
  }

  take(method: string, path: string): Fault | undefined {
    const planned = this.#planned.find(({ fault: { on } }) => {
      const isMethod = on?.method === undefined || on.method === method;
      return isMethod && (on?.path === undefined || on.path.test(path));
    });
    if (!planned) return this.#byChance();
    planned.left--;
    this.#planned = this.#planned.filter(({ left }) => left > 0);
    return planned.fault;
  }

  #byChance(): Fault | undefined {
    if (!this.#chance || this.#chance.random.next() >= this.#chance.share) return undefined;
    return { status: 502, afterWrite: this.#chance.random.next() < 0.5 };
  }
}
