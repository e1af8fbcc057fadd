/** Waiting for a state instead of for a time: every change looks again. */

export class Watch {
  readonly #waiting = new Set<() => void>();

  changed(): void {
    for (const look of Array.from(this.#waiting)) look();
  }

  /** What `find` finds, as soon as it finds something; what it throws, at once. */
  until<T>(find: () => T | undefined | null | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          const found = find();
          if (found === undefined || found === null || found === false) return;
          resolve(found);
        } catch (error) {
          reject(error);
        }
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }
}
