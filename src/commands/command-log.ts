/** The log of a command, on stderr: at the level that the environment names, or the command's own. */

import { secretsOf, type BotEnvironment } from "../config.ts";
import { createLog, type Log, type LogOptions } from "../log.ts";

export function commandLog(environment: BotEnvironment, level: LogOptions["level"]): Log {
  return createLog({
    stream: process.stderr,
    level: environment.LFZ_LOG ?? level,
    secrets: secretsOf(environment),
    now: () => new Date(),
  });
}
