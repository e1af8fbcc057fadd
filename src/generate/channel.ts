/**
 * One producer, one reader: values that wait until they are taken, in order,
 * then an end or an error.
 */

export class Channel<Value> {
  readonly #values: Value[] = [];
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  push(value: Value): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** What waits is still read first. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#wake?.();
  }

  /** The next value, as soon as there is one. */
  async take(): Promise<Value> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) return value;
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
