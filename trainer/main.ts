/** The trainer as a process of its own: `lfz` starts it with the words after `lfz`. */

import { runProcess } from "../src/core/cli/process.ts";
import { commands } from "./commands/index.ts";

await runProcess(commands, process.argv.slice(2));
