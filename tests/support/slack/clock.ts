/**
 * The time in our Slack. It stands still until a test moves it, so that five
 * minutes of a stream pass in no time.
 */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  advance(milliseconds: number): void;
  /** Called after every move. */
  onAdvance(listener: () => void): void;
}

export function createClock(start: number): Clock {
  let now = start;
  const listeners: (() => void)[] = [];
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
      for (const listener of listeners) listener();
    },
    onAdvance: (listener) => void listeners.push(listener),
  };
}
