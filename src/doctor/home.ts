/** Can the bot keep its state, and does one keep it already? */

import { constants, existsSync } from "node:fs";
import { access, stat } from "node:fs/promises";

import { lockOwner } from "../core/lock.ts";
import { HOME_SCHEMA, readHomeSchema } from "../state/home.ts";
import { failed, ok, type Check, type CheckResult } from "./check.ts";
import { nearestFolder } from "./disk.ts";

export function homeCheck(folder: string): Check {
  return {
    name: "State folder",
    async run(): Promise<CheckResult> {
      const nearest = nearestFolder(folder);
      if (!(await stat(nearest)).isDirectory()) {
        return failed(`${nearest} is a file`, "Set LFZ_HOME to a folder.");
      }
      if (!(await isWritable(nearest))) {
        return failed(`${nearest} cannot be written`, "Change its owner, or set LFZ_HOME.");
      }
      if (!existsSync(folder)) return ok(`${folder} will be made at the first start`);
      const schema = await readHomeSchema(folder);
      if (schema !== undefined && schema > HOME_SCHEMA) {
        return failed(`${folder} was written by a newer version`, "Update the bot.");
      }
      const owner = await lockOwner(folder);
      return ok(
        `${folder} ${owner === undefined ? "is free" : `is in use: the bot runs as process ${owner}`}`,
      );
    },
  };
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false; // whatever the reason, nothing can be written there
  }
}
