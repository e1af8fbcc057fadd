/**
 * `lfz start`: the bot, until it is stopped.
 *
 * The page answers as soon as the port is open; the block that is printed
 * says that the model is there too.
 */

import { z } from "zod";

import { systemClock } from "../chat/clock.ts";
import { loadDotEnv, readEnvironment, requireSafeHost } from "../config.ts";
import { defineCommand, type Command } from "../core/cli/command.ts";
import { formatCount } from "../core/cli/console.ts";
import { EXIT_INTERRUPTED } from "../core/cli/run-command.ts";
import { EXIT_FAILURE } from "../core/errors.ts";
import { EXPERIMENTS_ROOT } from "../core/experiment/paths.ts";
import type { StartEngine } from "../generate/prove-engine.ts";
import type { Engine } from "../generate/types.ts";
import { startBot, type Bot } from "../main.ts";
import { untilAborted } from "../core/until-aborted.ts";
import { orTimeout } from "../or-timeout.ts";
import { loadPlatforms } from "../platforms/index.ts";
import { commandLog } from "./command-log.ts";
import { openBrowser } from "./open-browser.ts";

/** Whatever hangs while closing, the process is gone after this, in milliseconds. */
const EXIT_AFTER = 15_000;

/** How long the welcome waits for the chat services, in milliseconds. */
const WELCOME_AFTER = 10_000;

export const start = startWith(loadPlatforms);

/** The command for a bot with other platforms than the ones that ship. */
export function startWith(load: typeof loadPlatforms): Command {
  return defineCommand({
    name: "start",
    summary: "Serve the chat page, the HTTP API, and Discord and Slack",
    usage: "[--port N] [--host H] [--model DIR] [--open]",
    flags: z.strictObject({
      port: z.coerce
        .number("a whole number from 0 to 65535")
        .int("a whole number from 0 to 65535")
        .min(0, "a whole number from 0 to 65535")
        .max(65_535, "a whole number from 0 to 65535")
        .optional()
        .describe("where to listen; PORT, or the first free port from 3000 on"),
      host: z.string().optional().describe("HOST, or 127.0.0.1: this machine only"),
      model: z
        .string()
        .optional()
        .describe("folder or experiment; LFZ_MODEL, or the champion of those promoted"),
      open: z.boolean().default(false).describe("open the page in the browser"),
    }),
    examples: ["lfz start", "lfz start --port 8080 --model experiments/mine --open"],

    async run({ port, host, model, open }, { console, signal }) {
      loadDotEnv();
      const environment = readEnvironment(process.env);
      const chosenHost = host ?? environment.HOST;
      requireSafeHost(chosenHost, environment.LFZ_API_KEY);

      // People at a terminal are told what is wrong; logs elsewhere are told everything.
      const log = commandLog(environment, console.isTerminal ? "warn" : "info");
      const bot = await startBot({
        host: chosenHost,
        port: port ?? environment.PORT,
        apiKey: environment.LFZ_API_KEY,
        home: environment.LFZ_HOME,
        admins: environment.LFZ_ADMINS,
        retentionDays: environment.LFZ_RETENTION_DAYS,
        originalData: environment.LFZ_ORIGINAL_DATA,
        needsTwoAdmins: environment.LFZ_TWO_ADMINS,
        model: { named: model ?? environment.LFZ_MODEL, root: EXPERIMENTS_ROOT },
        startEngine: loadEngine,
        loadPlatforms: (home) => load({ environment, home, clock: systemClock, log }),
        log,
      });
      const over = Promise.race([untilAborted(signal), bot.failed]);
      try {
        if (open) openBrowser(bot.url);
        const engine = await Promise.race([readyEngine(bot), over]);
        if (engine) {
          console.print(welcomeOf(bot, engine, await bot.untried()));
          await over;
          console.note("Stopping.");
        }
        return { url: bot.url, model: engine?.model.name, platforms: bot.isConnected() };
      } finally {
        const code = signal.aborted ? EXIT_INTERRUPTED : EXIT_FAILURE;
        setTimeout(() => process.exit(code), EXIT_AFTER).unref();
        await bot.close();
      }
    },
  });
}

/** The engine, once it can answer and it is known which services are reached. */
async function readyEngine(bot: Bot): Promise<Engine> {
  const engine = await bot.engine;
  await orTimeout(bot.settled, WELCOME_AFTER);
  return engine;
}

/** Imported late: the page should not wait for the native library either. */
const loadEngine: StartEngine = async (folder, options) => {
  const { startEngine } = await import("../generate/start-engine.ts");
  return startEngine(folder, options);
};

function welcomeOf(bot: Bot, engine: Engine, untried: string | undefined): string {
  const { url, isConnected } = bot;
  const { name, parameters, context } = engine.model;
  const champion = bot.championInsteadOf(engine);
  const platforms = Object.entries(isConnected()).map(([platform, isUp]) => {
    const title = platform.slice(0, 1).toUpperCase() + platform.slice(1);
    return `  ${title.padEnd(8)}${isUp ? "connected" : "not reached yet; it goes on trying"}`;
  });
  return [
    "",
    "  language-from-zero is ready.",
    "",
    `  Chat    ${url}`,
    `  API     ${url}/v1 (OpenAI's shape)`,
    ...platforms,
    `  Model   ${name}, ${formatCount(parameters)} parameters, reads ${context} tokens`,
    ...(champion ? [`          as you named it; the champion is ${champion}`] : []),
    ...(untried
      ? [`          ${untried} is newer: try it with --model ${untried}, or promote it`]
      : []),
    "  Stop    Ctrl-C",
    "",
  ].join("\n");
}
