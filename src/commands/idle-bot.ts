/** A bot that is not running, for the commands that change its models or make new ones. */

import { resolve } from "node:path";

import { systemClock } from "../chat/clock.ts";
import { loadDotEnv, readEnvironment, type BotEnvironment } from "../config.ts";
import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import { lockOwner } from "../core/lock.ts";
import { startEngine } from "../generate/start-engine.ts";
import { Opened } from "../opened.ts";
import type { Log } from "../log.ts";
import { openJobs, type OpenJobs } from "../retrain/jobs/open-jobs.ts";
import { openModels, type OpenModels } from "../retrain/open-models.ts";
import { openHome, type Home } from "../state/home.ts";
import { commandLog } from "./command-log.ts";

export interface IdleBot extends OpenModels {
  readonly home: Home;
  readonly environment: BotEnvironment;
  readonly log: Log;
}

export interface IdleOptions {
  /** Its folder, where it is not `LFZ_HOME`. */
  readonly home?: string | undefined;
  /** How a bot that runs is told to do the same. */
  readonly toldBy?: string;
}

/** @throws HintedError if the bot is running: then it changes its models itself, when it is told to. */
export async function withIdleBot<Result>(
  work: (bot: IdleBot) => Promise<Result>,
  { home: folder, toldBy = "`promote NAME` or `rollback`" }: IdleOptions = {},
): Promise<Result> {
  loadDotEnv();
  const environment = readEnvironment(process.env);
  const home = folder ?? environment.LFZ_HOME;
  await requireIdle(home, toldBy);
  const log = commandLog(environment, "error");
  const opened = new Opened(log);
  try {
    return await work(await openIdleBot(home, opened, environment, log));
  } finally {
    await opened.close();
  }
}

async function openIdleBot(
  folder: string,
  opened: Opened,
  environment: BotEnvironment,
  log: Log,
): Promise<IdleBot> {
  const home = await openHome(folder);
  opened.add("home", () => home.close());
  const kept = await openModels(home, opened, {
    choice: { root: EXPERIMENTS_ROOT },
    needsTwoAdmins: environment.LFZ_TWO_ADMINS,
    startEngine,
    clock: systemClock,
    log,
  });
  opened.add("engine", () => kept.models.close());
  return { ...kept, home, environment, log };
}

/** Its trainings, for whoever goes on with them or only changes them. */
export function openIdleJobs({
  home,
  models,
  environment,
  log,
}: Pick<IdleBot, "home" | "models" | "environment" | "log">): Promise<OpenJobs> {
  return openJobs(home, {
    champion: async () => (await models.start()).model.folder,
    promote: (promotion) => models.promote(promotion),
    originalData: environment.LFZ_ORIGINAL_DATA,
    root: EXPERIMENTS_ROOT,
    clock: systemClock,
    log,
  });
}

async function requireIdle(home: string, toldBy: string): Promise<void> {
  const owner = await lockOwner(resolve(home));
  if (owner === undefined) return;
  throw new HintedError(`The bot is running, as process ${owner}: it changes its model itself.`, {
    hint: `Say ${toldBy} to it in Discord or Slack, or stop it first.`,
    exitCode: EXIT_FAILURE,
  });
}
