/**
 * So many at once, the others in the order they came.
 *
 * The engine refuses when too many replies wait for it; a person in a chat
 * would rather wait, and see that the bot is at it.
 */

export class Turnstile {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves with the way out once there is room; with nothing if the signal aborts before. */
  async enter(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#inside < this.#limit) this.#inside++;
    else if (!(await this.#room(signal))) return undefined;
    return () => this.#leave();
  }

  /** Whoever waits longest takes the place that becomes free. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next) next();
    else this.#inside--;
  }

  /** True once somebody left, false if the signal aborts before. */
  #room(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (hasRoom: boolean) => {
        this.#waiting.delete(called);
        signal.removeEventListener("abort", left);
        resolve(hasRoom);
      };
      const called = () => settle(true);
      const left = () => settle(false);
      this.#waiting.add(called);
      signal.addEventListener("abort", left);
    });
  }
}
