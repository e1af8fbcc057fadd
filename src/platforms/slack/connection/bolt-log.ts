/**
 * Bolt's log as part of ours.
 *
 * Its debug lines hold whole requests, what people said included, so they end
 * here. Of errors the words are kept, never the object: it can carry headers.
 * Tokens are cut out by our log itself.
 */

import { LogLevel, type Logger } from "@slack/bolt";

import { reasonOf } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";

export function boltLogOf(log: Log): Logger {
  const writer =
    (level: "info" | "warn" | "error") =>
    (...parts: unknown[]) =>
      log[level]("slack", { words: parts.map(reasonOf).join(" ") });
  return {
    debug() {}, // see above
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    setLevel() {}, // our log has its own
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}
