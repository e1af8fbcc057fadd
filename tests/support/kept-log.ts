/** A log that a test reads back. */

import { createLog, type Log } from "../../src/log.ts";

export interface KeptLog {
  readonly log: Log;
  /** Every line so far, parsed. */
  readonly lines: Readonly<Record<string, unknown>>[];
  /** The events so far. */
  readonly events: () => unknown[];
}

export function keptLog(): KeptLog {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    stream: { write: (line: string) => lines.push(JSON.parse(line)) > 0 },
    level: "debug",
    secrets: [],
    now: () => new Date(0),
  });
  return { log, lines, events: () => lines.map(({ event }) => event) };
}
