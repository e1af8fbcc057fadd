/**
 * Where the last record of each key lies: a map from 64 bits to a position,
 * for a million of them in a few megabytes and without work for the collector.
 *
 * Open addressing with linear probing, divided into parts by the first bits of
 * the key, so that growing one of them takes a millisecond and not the time of
 * all. Keys come from a hash: two of a million meet once in 30 million times.
 */

const PARTS = 256;
const FIRST_CAPACITY = 64;
/** Of the places of a part that are taken before it grows. */
const MOST_TAKEN = 0.75;
const GROWTH = 1.5;
const EMPTY = -1;
/** The key was here, and counts no longer. */
const GONE = -2;

/** 64 bits, each half as a whole number: what is often the same in neither of them. */
export interface Key {
  readonly low: number;
  readonly high: number;
}

export class LastPositions {
  readonly #parts = Array.from({ length: PARTS }, () => new Part(FIRST_CAPACITY));
  #size = 0;

  /** How many keys have a position. */
  get size(): number {
    return this.#size;
  }

  get(key: Key): number | undefined {
    const position = this.#partOf(key).get(key.low, key.high);
    return position >= 0 ? position : undefined;
  }

  set(key: Key, position: number): void {
    if (this.#replace(key, position) < 0) this.#size++;
  }

  delete(key: Key): void {
    if (this.get(key) === undefined) return;
    this.#replace(key, GONE);
    this.#size--;
  }

  /** Answers what was there. */
  #replace(key: Key, position: number): number {
    return this.#partOf(key).set(key.low, key.high, position);
  }

  #partOf(key: Key): Part {
    const part = this.#parts[key.high >>> 24]; // there is one for each byte
    if (part) return part;
    throw new RangeError("A key has 64 bits");
  }
}

class Part {
  #capacity: number;
  #taken = 0;
  #low: Uint32Array;
  #high: Uint32Array;
  #positions: Int32Array;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#low = new Uint32Array(capacity);
    this.#high = new Uint32Array(capacity);
    this.#positions = new Int32Array(capacity).fill(EMPTY);
  }

  get(low: number, high: number): number {
    return this.#positions[this.#placeOf(low, high)] ?? EMPTY;
  }

  set(low: number, high: number, position: number): number {
    if (this.#taken >= this.#capacity * MOST_TAKEN) this.#grow();
    const place = this.#placeOf(low, high);
    const before = this.#positions[place] ?? EMPTY;
    if (before === EMPTY) this.#taken++;
    this.#low[place] = low;
    this.#high[place] = high;
    this.#positions[place] = position;
    return before;
  }

  /** Where the key is, or where it would go. */
  #placeOf(low: number, high: number): number {
    let place = low % this.#capacity;
    while (
      this.#positions[place] !== EMPTY &&
      (this.#low[place] !== low || this.#high[place] !== high)
    ) {
      place = (place + 1) % this.#capacity;
    }
    return place;
  }

  #grow(): void {
    const larger = new Part(Math.ceil(this.#capacity * GROWTH));
    for (const [place, position] of this.#positions.entries()) {
      if (position !== EMPTY) larger.set(this.#low[place] ?? 0, this.#high[place] ?? 0, position);
    }
    this.#capacity = larger.#capacity;
    this.#low = larger.#low;
    this.#high = larger.#high;
    this.#positions = larger.#positions;
  }
}
