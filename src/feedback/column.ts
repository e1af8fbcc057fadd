/** A list of numbers that grows: of a million a few megabytes, and no work for the collector. */

type Numbers = Uint8Array | Uint32Array | Float64Array;

const FIRST_CAPACITY = 64;

export class Column {
  readonly #kind: new (length: number) => Numbers;
  #numbers: Numbers;
  #length = 0;

  /** @param kind how large a number may be */
  constructor(kind: new (length: number) => Numbers) {
    this.#kind = kind;
    this.#numbers = new kind(FIRST_CAPACITY);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    if (index >= this.#length) throw new RangeError(`There is no number ${index}.`);
    return this.#numbers[index] ?? 0;
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new this.#kind(2 * this.#length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = number;
  }

  set(index: number, number: number): void {
    this.#numbers[index] = number;
  }

  /** Drops all but the first so many. */
  cut(length: number): void {
    this.#length = length;
  }
}
