/**
 * The log: one JSON object a line on stderr, made for machines to read.
 *
 * Thirty lines of our own instead of a library with eleven dependencies: the
 * bot logs a line a request, not a line a token. What is said in a chat is
 * never logged, and known secrets are cut out wherever they turn up.
 */

import type { Writable } from "node:stream";

const LEVELS = ["debug", "info", "warn", "error"] as const;

type LogLevel = (typeof LEVELS)[number];

type LogFields = Readonly<Record<string, unknown>>;

/** `event` says what happened in a few fixed words; `fields` say to what. */
export type Log = Readonly<Record<LogLevel, (event: string, fields?: LogFields) => void>> & {
  /** A log whose every line carries these fields too: what belongs to one message, say. */
  with(fields: LogFields): Log;
};

export interface LogOptions {
  readonly stream: Pick<Writable, "write">;
  readonly level: LogLevel;
  readonly secrets: readonly string[];
  readonly now: () => Date;
}

export function createLog(options: LogOptions): Log {
  return logWith({}, options);
}

function logWith(common: LogFields, options: LogOptions): Log {
  const { stream, level, secrets, now } = options;
  const writer = (lineLevel: LogLevel) => (event: string, fields?: LogFields) => {
    if (LEVELS.indexOf(lineLevel) < LEVELS.indexOf(level)) return;
    const line = JSON.stringify(
      { time: now().toISOString(), level: lineLevel, event, ...common, ...fields },
      (_, value: unknown) => toLoggable(value, secrets),
    );
    stream.write(`${line}\n`);
  };
  return {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    with: (fields) => logWith({ ...common, ...fields }, options),
  };
}

/** Errors keep their words and stack, which JSON would drop; secrets become dots. */
function toLoggable(value: unknown, secrets: readonly string[]): unknown {
  if (value instanceof Error) {
    return { name: value.name, message: value.message, stack: value.stack, cause: value.cause };
  }
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "string") return value;
  return secrets.reduce((text, secret) => text.replaceAll(secret, "…"), value);
}
