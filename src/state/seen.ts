/**
 * What was answered already, across restarts.
 *
 * Chat services deliver a message again after a lost connection or a late
 * acknowledgement; whoever claims its id first answers it. Ids are forgotten
 * after a while, in memory and on disk.
 */

import { z } from "zod";

import type { Log } from "../log.ts";
import { openJournal, type Journal } from "./journal.ts";

/** The disk may hold so many times what memory does before it is tidied. */
const SLACK = 2;

const Claim = z.strictObject({ id: z.string(), at: z.number() });

type Claim = z.infer<typeof Claim>;

export interface SeenOptions {
  readonly path: string;
  /** How long an id is remembered, in milliseconds: longer than the service redelivers. */
  readonly keepMs: number;
  /** How many ids are remembered at most; beyond them the oldest go early. */
  readonly limit: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

export interface Seen {
  /** True the first time, and then it is on disk: nobody answers this id twice. */
  claim(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function openSeen(options: SeenOptions): Promise<Seen> {
  const { path, log } = options;
  const seen = new JournalledSeen(options, await openJournal({ path, schema: Claim, log }));
  await seen.recall();
  return seen;
}

class JournalledSeen implements Seen {
  readonly #options: SeenOptions;
  readonly #journal: Journal<Claim>;
  /** Oldest first. */
  readonly #times = new Map<string, number>();
  #written = 0;

  constructor(options: SeenOptions, journal: Journal<Claim>) {
    this.#options = options;
    this.#journal = journal;
  }

  async recall(): Promise<void> {
    for await (const { id, at } of this.#journal.records()) {
      this.#remember(id, at);
      this.#written++;
    }
    this.#tidyWhenDue();
  }

  async claim(id: string): Promise<boolean> {
    const at = this.#options.now();
    this.#forgetBefore(at - this.#options.keepMs);
    if (this.#times.has(id)) return false;
    this.#remember(id, at); // before the disk is asked: two claims at once are not both first
    try {
      await this.#journal.append({ id, at });
    } catch (error) {
      this.#times.delete(id);
      throw error;
    }
    this.#written++;
    this.#tidyWhenDue();
    return true;
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #remember(id: string, at: number): void {
    this.#times.delete(id); // so that it goes to the end
    this.#times.set(id, at);
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= this.#options.limit) return;
      this.#times.delete(oldest);
    }
  }

  #forgetBefore(time: number): void {
    for (const [id, at] of this.#times) {
      if (at >= time) return;
      this.#times.delete(id);
    }
  }

  /** Claims that come meanwhile wait in the journal's own order. */
  #tidyWhenDue(): void {
    const { limit, path, log } = this.#options;
    if (this.#written < limit * SLACK) return;
    this.#written = this.#times.size;
    const kept = Array.from(this.#times, ([id, at]) => ({ id, at }));
    this.#journal.rewrite(kept).catch((error: unknown) => {
      log.warn("ids could not be tidied", { path, error }); // the next time is as good
    });
  }
}
