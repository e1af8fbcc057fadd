/**
 * The log: one JSON object a line on stderr, made for machines to read.
 *
 * A few lines of our own instead of a library with eleven dependencies: the
 * bot logs a line a request, not a line a token. What is said in a chat is
 * never logged, and secrets are cut out wherever they turn up.
 */

import type { Writable } from "node:stream";

import { redactorOf } from "./core/secrets.ts";
import { toLoggable } from "./loggable.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

type LogLevel = (typeof LEVELS)[number];

type LogFields = Readonly<Record<string, unknown>>;

/** `event` says what happened in a few fixed words; `fields` say to what. */
export interface Log extends Readonly<
  Record<LogLevel, (event: string, fields?: LogFields) => void>
> {
  /** The same log for one matter: all its lines carry `fields`, such as the id of a message. */
  readonly with: (fields: LogFields) => Log;
}

export interface LogOptions {
  readonly stream: Pick<Writable, "write">;
  readonly level: LogLevel;
  readonly secrets: readonly string[];
  readonly now: () => Date;
}

export function createLog({ stream, level, secrets, now }: LogOptions): Log {
  const redact = redactorOf(secrets);
  const logWith = (carried: LogFields): Log => {
    const writer = (lineLevel: LogLevel) => (event: string, fields?: LogFields) => {
      if (LEVELS.indexOf(lineLevel) < LEVELS.indexOf(level)) return;
      const line = { time: now().toISOString(), level: lineLevel, event, ...carried, ...fields };
      stream.write(`${JSON.stringify(toLoggable(line, redact))}\n`);
    };
    return {
      debug: writer("debug"),
      info: writer("info"),
      warn: writer("warn"),
      error: writer("error"),
      with: (fields) => logWith({ ...carried, ...fields }),
    };
  };
  return logWith({});
}
