/**
 * `lfz start`: the bot, until it is stopped.
 *
 * The page answers as soon as the port is open; the block that is printed
 * says that the model is there too.
 */

import { once } from "node:events";

import { z } from "zod";

import {
  loadDotEnv,
  readEnvironment,
  requireSafeHost,
  secretsOf,
  type BotEnvironment,
} from "../config.ts";
import { defineCommand } from "../core/cli/command.ts";
import { formatCount } from "../core/cli/console.ts";
import { findModel } from "../generate/find-model.ts";
import type { ModelInfo } from "../generate/types.ts";
import { createLog, type Log } from "../log.ts";
import { startBot } from "../main.ts";
import { openBrowser } from "./open-browser.ts";

/** Whatever hangs while closing, the process is gone after this, in milliseconds. */
const EXIT_AFTER = 9000;

export const start = defineCommand({
  name: "start",
  summary: "Serve the chat page and the HTTP API on this machine",
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
      .describe("folder or experiment; LFZ_MODEL, the newest experiment, or the starter"),
    open: z.boolean().default(false).describe("open the page in the browser"),
  }),
  examples: ["lfz start", "lfz start --port 8080 --model experiments/mine --open"],

  async run({ port, host, model, open }, { console, signal }) {
    loadDotEnv();
    const environment = readEnvironment(process.env);
    const chosenHost = host ?? environment.HOST;
    requireSafeHost(chosenHost, environment.LFZ_API_KEY);
    const folder = await findModel({ named: model, environment });

    const bot = await startBot({
      host: chosenHost,
      port: port ?? environment.PORT,
      apiKey: environment.LFZ_API_KEY,
      startEngine: () => loadEngine(folder),
      log: logOf(environment, console.isTerminal),
    });
    const aborted = abortOf(signal);
    try {
      if (open) openBrowser(bot.url);
      const engine = await Promise.race([bot.engine, aborted]);
      if (engine) {
        console.print(welcomeOf(bot.url, engine.model));
        await aborted;
        console.note("Stopping.");
      }
      return { url: bot.url, model: engine?.model.name };
    } finally {
      setTimeout(() => process.exit(), EXIT_AFTER).unref();
      await bot.close();
    }
  },
});

/** Imported late: the page should not wait for the native library either. */
async function loadEngine(folder: string) {
  const { startEngine } = await import("../generate/start-engine.ts");
  return startEngine(folder);
}

/** People at a terminal are told what is wrong; logs elsewhere are told everything. */
function logOf(environment: BotEnvironment, isTerminal: boolean): Log {
  return createLog({
    stream: process.stderr,
    level: environment.LFZ_LOG ?? (isTerminal ? "warn" : "info"),
    secrets: secretsOf(environment),
    now: () => new Date(),
  });
}

function welcomeOf(url: string, { name, parameters, context }: ModelInfo): string {
  return [
    "",
    "  language-from-zero is ready.",
    "",
    `  Chat    ${url}`,
    `  API     ${url}/v1 (OpenAI's shape)`,
    `  Model   ${name}, ${formatCount(parameters)} parameters, reads ${context} tokens`,
    "  Stop    Ctrl-C",
    "",
  ].join("\n");
}

async function abortOf(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, "abort");
}
