/** A set that forgets what was added longest ago, so that it never grows beyond its limit. */

export class RecentSet<Value> {
  readonly #values = new Set<Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(value: Value): boolean {
    return this.#values.has(value);
  }

  add(value: Value): void {
    this.#values.delete(value);
    this.#values.add(value);
    const [oldest] = this.#values;
    if (oldest !== undefined && this.#values.size > this.#limit) this.#values.delete(oldest);
  }

  delete(value: Value): void {
    this.#values.delete(value);
  }
}
