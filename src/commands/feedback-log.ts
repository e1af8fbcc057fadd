/** Where commands about feedback say what is wrong with what they read. */

import { createLog, type Log } from "../log.ts";

export function feedbackLog(): Log {
  return createLog({ stream: process.stderr, level: "warn", secrets: [], now: () => new Date() });
}
