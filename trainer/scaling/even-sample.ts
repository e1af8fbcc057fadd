/** An even sample of a stream whose length is unknown: every 1st, 2nd, 4th or 8th item and so on, as many as fit. */

export class EvenSample<T> {
  readonly #most: number;
  #held: { readonly item: T; readonly size: number }[] = [];
  #size = 0;
  #seen = 0;
  /** One of so many is held; doubled whenever they become too many. */
  #stride = 1;

  /** @param most what the sizes of those held may come to; the first is held whatever its size */
  constructor(most: number) {
    this.#most = most;
  }

  get items(): T[] {
    return this.#held.map(({ item }) => item);
  }

  add(item: T, size: number): void {
    if (this.#seen++ % this.#stride !== 0) return;
    this.#held.push({ item, size });
    this.#size += size;
    while (this.#size > this.#most && this.#held.length > 1) this.#thin();
  }

  #thin(): void {
    this.#held = this.#held.filter((_, i) => i % 2 === 0);
    this.#size = this.#held.reduce((sum, { size }) => sum + size, 0);
    this.#stride *= 2;
  }
}
