/** Waiting without sleeping: a condition is looked at again after every change of the world. */

export interface Changes {
  /** To be called after each change. */
  happened(): void;
  /** Resolves with the first value of `look` that is neither undefined nor false. */
  until<T>(look: () => T | undefined | false): Promise<T>;
}

export function createChanges(): Changes {
  const waiting = new Set<() => void>();
  return {
    happened() {
      for (const look of waiting) look();
    },
    until<T>(look: () => T | undefined | false): Promise<T> {
      return new Promise((resolve, reject) => {
        const lookAgain = () => {
          try {
            const found = look();
            if (found === undefined || found === false) return;
            waiting.delete(lookAgain);
            resolve(found);
          } catch (error) {
            waiting.delete(lookAgain);
            reject(error);
          }
        };
        waiting.add(lookAgain);
        lookAgain();
      });
    },
  };
}
