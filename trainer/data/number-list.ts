/** Numbers that arrive one by one, kept as tightly as a typed array keeps them. */

type Numbers = Int32Array | Float64Array;

export class NumberList<T extends Numbers> {
  #values: T;
  #length = 0;
  readonly #allocate: (length: number) => T;

  constructor(allocate: (length: number) => T) {
    this.#allocate = allocate;
    this.#values = allocate(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = this.#allocate(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** A view of what has been pushed so far. */
  get values(): T {
    return this.#values.subarray(0, this.#length) as T; // a subarray keeps its type
  }
}

export function int32List(): NumberList<Int32Array> {
  return new NumberList<Int32Array>((length) => new Int32Array(length));
}

export function float64List(): NumberList<Float64Array> {
  return new NumberList<Float64Array>((length) => new Float64Array(length));
}
