/**
 * Ends a reply at a text, wherever token borders fall.
 *
 * With the stop text "\nUser:", a reply that comes as "Hi", "!\nUs", "er: and"
 * is shown as "Hi", "!" and ends: "\nUs" is held back until it is clear
 * whether it begins the stop text.
 */

export class StopStrings {
  readonly #stops: readonly string[];
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  /** What may be shown now, and whether a stop text ended the reply. */
  push(text: string): { text: string; stopped: boolean } {
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

  /** What was held back for nothing. */
  end(): string {
    const rest = this.#held;
    const at = this.#firstStop(rest);
    this.#held = "";
    return at >= 0 ? rest.slice(0, at) : rest;
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
