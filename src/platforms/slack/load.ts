/** The Slack platform as the environment describes it. */

import type { ChatPlatform } from "../../chat/platform.ts";
import type { BotEnvironment } from "../../config.ts";
import type { PlatformContext } from "../index.ts";
import type { SlackOptions } from "./connection/options.ts";
import { createSlackPlatform } from "./slack-platform.ts";

const DEFAULT_PORT = 3100;

/** @throws HintedError if the variables do not fit together */
export async function loadSlack({
  environment,
  home,
  clock,
  log,
}: PlatformContext): Promise<ChatPlatform> {
  const options = credentialsOf(environment);
  return createSlackPlatform({
    ...options,
    host: environment.HOST,
    port: environment.SLACK_PORT ?? DEFAULT_PORT,
    home: home.path("slack"),
    clock,
    log,
  });
}

function credentialsOf(environment: BotEnvironment): Partial<SlackOptions> {
  return {
    botToken: environment.SLACK_BOT_TOKEN,
    appToken: environment.SLACK_APP_TOKEN,
    signingSecret: environment.SLACK_SIGNING_SECRET,
    clientId: environment.SLACK_CLIENT_ID,
    clientSecret: environment.SLACK_CLIENT_SECRET,
    stateSecret: environment.SLACK_STATE_SECRET,
    storeKey: environment.SLACK_STORE_KEY,
    apiUrl: environment.SLACK_API_URL,
  };
}
