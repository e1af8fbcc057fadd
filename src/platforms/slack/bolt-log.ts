/**
 * Bolt's log as part of ours.
 *
 * Its debug lines hold whole requests, what people said included, so they end
 * here. Of errors the words are kept, never the object: it can carry headers.
 */

import { LogLevel, type Logger } from "@slack/bolt";

import { reasonOf } from "../../core/errors.ts";
import type { Log } from "../../log.ts";

/** Any token of Slack, also one of a workspace that joined while we run. */
const TOKEN = /\bx(?:ox[a-z]|app|oxe\.xox[a-z])-[\w-]+/g;

export function boltLogOf(log: Log): Logger {
  const writer =
    (level: "info" | "warn" | "error") =>
    (...parts: unknown[]) =>
      log[level]("slack", { words: withoutTokens(parts.map(reasonOf).join(" ")) });
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

export function withoutTokens(text: string): string {
  return text.replace(TOKEN, "…");
}
