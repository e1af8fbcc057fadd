/** Time that passes when a test says so. */

import type { Wait } from "../../src/core/wait.ts";

export interface ManualClock {
  readonly now: () => number;
  readonly wait: Wait;
  /** Resolves as soon as somebody waits, with for how long. */
  readonly someoneWaits: () => Promise<number>;
  /** Lets time pass, and everybody go on whose wait is over by then. */
  readonly pass: (milliseconds: number) => void;
}

interface Waiting {
  readonly until: number;
  readonly resolve: () => void;
}

export function manualClock(): ManualClock {
  let now = 0;
  let waiting: Waiting[] = [];
  const watching: ((milliseconds: number) => void)[] = [];
  return {
    now: () => now,
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const abort = () => {
          waiting = waiting.filter((other) => other !== entry);
          reject(signal.reason as Error);
        };
        const entry = {
          until: now + milliseconds,
          resolve() {
            signal.removeEventListener("abort", abort);
            resolve();
          },
        };
        signal.addEventListener("abort", abort, { once: true });
        waiting.push(entry);
        for (const watcher of watching.splice(0)) watcher(milliseconds);
      }),
    someoneWaits: () =>
      new Promise((resolve) => {
        const [first] = waiting;
        if (first) resolve(first.until - now);
        else watching.push(resolve);
      }),
    pass(milliseconds) {
      now += milliseconds;
      const over = waiting.filter(({ until }) => until <= now);
      waiting = waiting.filter(({ until }) => until > now);
      for (const { resolve } of over) resolve();
    },
  };
}
