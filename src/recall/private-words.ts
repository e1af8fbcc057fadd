/**
 * What people said to the bot in private, as long as it is kept: the turns of
 * those who opted in, so that no reply repeats them to somebody else.
 *
 * Read from the disk at a start and again when something is deleted; what is
 * kept meanwhile is added at once. A reply waits for the first reading.
 */

import type { Contexts } from "../feedback/contexts.ts";
import type { Log } from "../log.ts";
import { PrivateRuns } from "./private-runs.ts";
import { RecitalGuard } from "./recital-guard.ts";

/** Whether these words stand in what everybody may read; where that is not known, they do not. */
export type IsPublic = (words: readonly string[]) => Promise<boolean>;

export interface PrivateWordsParts {
  readonly contexts: Pick<Contexts, "all" | "watch">;
  readonly isPublic: IsPublic;
  readonly log: Log;
  /** Ends the reading before its time. */
  readonly signal: AbortSignal;
}

export interface Conversation {
  /** Pseudonym of whoever is answered, where that is known: one's own words may be said to one. */
  readonly asker: string | undefined;
  /** All that the model reads. */
  readonly texts: readonly string[];
}

export class PrivateWords {
  readonly #parts: PrivateWordsParts;
  #runs = new PrivateRuns();
  /** The runs that are being read from the disk; what is kept meanwhile goes there too. */
  #next: PrivateRuns | undefined;
  #isStale = false;
  readonly #firstReading: Promise<void>;
  #reading: Promise<void>;

  constructor(parts: PrivateWordsParts) {
    this.#parts = parts;
    parts.contexts.watch({
      kept: (context) => {
        this.#runs.add(context);
        this.#next?.add(context);
      },
      deleted: () => this.#readAgain(),
    });
    this.#firstReading = this.#reading = this.#read();
  }

  /** Settles when what is kept now has been read, without what was deleted before; never rejects. */
  get isRead(): Promise<void> {
    return this.#reading;
  }

  /** For one reply; nothing while there is nothing to guard. */
  async guard({ asker, texts }: Conversation): Promise<RecitalGuard | undefined> {
    await this.#firstReading;
    if (this.#runs.isEmpty) return undefined;
    return new RecitalGuard({
      texts,
      isPrivate: (key) => this.#runs.isPrivateTo(asker, key),
      mayBegin: (words, begin) => this.#runs.mayBegin(words, begin),
      isPublic: this.#parts.isPublic,
    });
  }

  /** What is deleted may be said again once this is done; the rest is guarded all the while. */
  #readAgain(): void {
    if (this.#next) this.#isStale = true;
    else this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const { contexts, log, signal } = this.#parts;
    do {
      this.#isStale = false;
      const runs = (this.#next = new PrivateRuns());
      try {
        for await (const context of contexts.all()) {
          if (signal.aborted) break;
          runs.add(context);
        }
        this.#runs = runs;
      } catch (error) {
        log.error("private words not read", { error }); // those known so far are guarded on
      }
      this.#next = undefined;
    } while (this.#isStale && !signal.aborted);
  }
}
