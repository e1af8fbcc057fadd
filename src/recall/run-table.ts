/**
 * Many keys of 53 bits, each with a number, in little memory: 12 bytes for a
 * place, and places are filled to two thirds at most. Beyond its limit the
 * older half is forgotten.
 */

const FIRST_CAPACITY = 1024;

export class RunTable {
  readonly #limit: number;
  #young = new HashTable(FIRST_CAPACITY);
  #old = new HashTable(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** 0 if there is none. */
  get(key: number): number {
    return this.#young.get(key) || this.#old.get(key);
  }

  /** @param value not 0 */
  set(key: number, value: number): void {
    this.#young.set(key, value);
    if (this.#young.size <= this.#limit / 2) return;
    this.#old = this.#young;
    this.#young = new HashTable(FIRST_CAPACITY);
  }
}

/** Open addressing with linear probing; a key's first place is its remainder. */
class HashTable {
  #keys: Float64Array;
  #values: Uint32Array;
  size = 0;

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity);
    this.#values = new Uint32Array(capacity);
  }

  get(key: number): number {
    return this.#keys.length === 0 ? 0 : this.#values[this.#placeOf(key)]!;
  }

  set(key: number, value: number): void {
    if ((this.size + 1) * 3 > this.#keys.length * 2) this.#grow();
    const place = this.#placeOf(key);
    if (this.#values[place] === 0) this.size++;
    this.#keys[place] = key;
    this.#values[place] = value;
  }

  /** Where it stands, or would. */
  #placeOf(key: number): number {
    let place = key % this.#keys.length;
    while (this.#values[place] !== 0 && this.#keys[place] !== key) {
      place = (place + 1) % this.#keys.length;
    }
    return place;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2);
    this.#values = new Uint32Array(keys.length * 2);
    this.size = 0;
    for (const [place, value] of values.entries()) if (value !== 0) this.set(keys[place]!, value);
  }
}
