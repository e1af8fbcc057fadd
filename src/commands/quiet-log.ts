/** The log of a command that talks to a person itself: only what went wrong, unless they ask for more. */

import { secretsOf, type BotEnvironment } from "../config.ts";
import { createLog, type Log } from "../log.ts";

export function quietLog(environment: BotEnvironment): Log {
  return createLog({
    stream: process.stderr,
    level: environment.LFZ_LOG ?? "error",
    secrets: secretsOf(environment),
    now: () => new Date(),
  });
}
