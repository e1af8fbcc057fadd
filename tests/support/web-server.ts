/** The real web server on a free loopback port, with an engine that a test scripts. */

import type { JobsStatus } from "../../src/chat/jobs.ts";
import { createLog, type Log } from "../../src/log.ts";
import { engineSourceOf } from "../../src/platforms/web/engine-source.ts";
import { startWebServer, type WebOptions, type WebServer } from "../../src/platforms/web/server.ts";
import { openBot } from "./chat/open-bot.ts";
import { scriptedEngine } from "./scripted-engine.ts";

/** Nothing is trained. */
export const IDLE: JobsStatus = {
  curve: { train: [], validation: [] },
  waiting: [],
  canary: "off",
};

const open: WebServer[] = [];

export async function serve(options: Partial<WebOptions> = {}): Promise<WebServer> {
  const server = await startWebServer({
    host: "127.0.0.1",
    port: 0,
    source: engineSourceOf(Promise.resolve(scriptedEngine())),
    bot: options.bot ?? (await openBot()).bot,
    jobs: { status: async () => IDLE },
    platforms: () => ({}),
    metrics: { contentType: "text/plain", text: async () => "" },
    log: silentLog,
    ...options,
  });
  open.push(server);
  return server;
}

/** For `afterEach`: no port outlives its test. */
export async function closeServers(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()));
}

export const silentLog: Log = createLog({
  stream: { write: () => true },
  level: "error",
  secrets: [],
  now: () => new Date(),
});
