/** The models of a bot that is not running, for the commands that change them. */

import { resolve } from "node:path";

import { systemClock } from "../chat/clock.ts";
import { loadDotEnv, readEnvironment } from "../config.ts";
import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import { lockOwner } from "../core/lock.ts";
import { startEngine } from "../generate/start-engine.ts";
import { Opened } from "../opened.ts";
import type { Deployment } from "../retrain/deployment.ts";
import { openModels } from "../retrain/open-models.ts";
import { openHome } from "../state/home.ts";
import { commandLog } from "./command-log.ts";

/** @throws HintedError if the bot is running: then it changes its model itself, when it is told to. */
export async function withModels<Result>(
  work: (models: Deployment) => Promise<Result>,
): Promise<Result> {
  loadDotEnv();
  const environment = readEnvironment(process.env);
  await requireIdle(environment.LFZ_HOME);
  const log = commandLog(environment, "error");
  const opened = new Opened(log);
  try {
    const home = await openHome(environment.LFZ_HOME);
    opened.add("home", () => home.close());
    const { models } = await openModels(home, opened, {
      choice: { root: EXPERIMENTS_ROOT },
      needsTwoAdmins: environment.LFZ_TWO_ADMINS,
      startEngine,
      clock: systemClock,
      log,
    });
    opened.add("engine", () => models.close());
    return await work(models);
  } finally {
    await opened.close();
  }
}

async function requireIdle(home: string): Promise<void> {
  const owner = await lockOwner(resolve(home));
  if (owner === undefined) return;
  throw new HintedError(`The bot is running, as process ${owner}: it changes its model itself.`, {
    hint: "Say `promote NAME` or `rollback` to it in Discord or Slack, or stop it first.",
    exitCode: EXIT_FAILURE,
  });
}
