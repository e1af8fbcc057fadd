/** An unmodified Bolt app against our Slack, as its own documentation builds one. */

import { App, HTTPReceiver, LogLevel, SocketModeReceiver, type Logger } from "@slack/bolt";
import { onTestFinished } from "vitest";

import type { Slack } from "./slack.ts";

/** Bolt waits as long before it connects anew as it waits for a pong. */
const RECONNECT_AFTER = 400;

/** Says nothing: what goes wrong in these tests goes wrong on purpose. */
export const silentBolt: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

export async function socketApp(slack: Slack, token: string): Promise<App> {
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: slack.app.appToken,
    clientPingTimeout: RECONNECT_AFTER,
    installerOptions: { clientOptions },
    logger: silentBolt,
  });
  return started(
    new App({ token, receiver, clientOptions, deferInitialization: true, logger: silentBolt }),
  );
}

export async function httpApp(slack: Slack, token: string): Promise<App> {
  const { signingSecret } = slack.app;
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new HTTPReceiver({ signingSecret, logger: silentBolt });
  const app = new App({
    token,
    receiver,
    clientOptions,
    deferInitialization: true,
    logger: silentBolt,
  });
  await app.init();
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  slack.http.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  onTestFinished(async () => void (await app.stop()));
  return app;
}

async function started(app: App): Promise<App> {
  onTestFinished(async () => void (await app.stop()));
  await app.init();
  await app.start();
  return app;
}
