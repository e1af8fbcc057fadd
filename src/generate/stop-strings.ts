/**
 * Ends a reply at a text, wherever token borders fall.
 *
 * With the stop text "\nUser:", a reply that comes as "Hi", "!\nUs", "er: and"
 * is shown as "Hi", "!" and ends: "\nUs" is held back until it is clear
 * whether it begins the stop text.
 */

/** What may be shown now, and whether a stop text ended the reply behind it. */
export interface Shown {
  readonly text: string;
  readonly stopped: boolean;
}

export class StopStrings {
  readonly #stops: readonly string[];
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  push(text: string): Shown {
    const pending = this.#held + text;
    const at = this.#firstStop(pending);
    const safe = pending.length - this.#possibleStart(pending);
    if (at >= 0 && at <= safe) {
      this.#held = "";
      return { text: pending.slice(0, at), stopped: true };
    }
    // One that is found behind the possible start of another waits for it: the earliest ends the reply.
    this.#held = pending.slice(safe);
    return { text: pending.slice(0, safe), stopped: false };
  }

  /** Nothing comes after this text: what was held back is shown, up to a stop text that is in it. */
  end(text: string): Shown {
    const pending = this.#held + text;
    const at = this.#firstStop(pending);
    this.#held = "";
    return at < 0
      ? { text: pending, stopped: false }
      : { text: pending.slice(0, at), stopped: true };
  }

  #firstStop(text: string): number {
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    return found.length === 0 ? -1 : Math.min(...found);
  }

  /** The length of the longest end of `text` with which a stop text begins. */
  #possibleStart(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
