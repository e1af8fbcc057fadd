/** Does Slack know the tokens, and do they allow what the bot does? */

import { webApi } from "@slack/bolt";

import type { BotEnvironment } from "../../config.ts";
import { failed, ok, warning, type Check, type CheckResult } from "../../doctor/check.ts";
import { createLog } from "../../log.ts";
import { boltLogOf } from "./connection/bolt-log.ts";
import { missingScopes } from "./connection/scopes.ts";
import { refusalOf, type WebClient } from "./conversation/workspace.ts";

/** The checks for the tokens that are set. */
export async function slackChecks(environment: BotEnvironment): Promise<readonly Check[]> {
  const { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app } = environment;
  const checks: Check[] = [];
  if (bot) checks.push({ name: "Slack token", run: () => tryBot(clientOf(bot, environment)) });
  if (app) checks.push({ name: "Slack app token", run: () => tryApp(clientOf(app, environment)) });
  return checks;
}

async function tryBot(client: WebClient): Promise<CheckResult> {
  return orRefusal("SLACK_BOT_TOKEN", async () => {
    const { user, team, response_metadata: granted } = await client.auth.test();
    const missing = missingScopes(granted?.scopes ?? []);
    if (missing.length === 0) return ok(`${user} in ${team}, with all scopes`);
    const words = missing.map(({ scope, purpose }) => `${scope} (to ${purpose})`).join(", ");
    return warning(
      `${user} in ${team} lacks ${words}`,
      "Add them under OAuth & Permissions, and install the app anew.",
    );
  });
}

async function tryApp(client: WebClient): Promise<CheckResult> {
  return orRefusal("SLACK_APP_TOKEN", async () => {
    await client.apps.connections.open({});
    return ok("opens Socket Mode");
  });
}

async function orRefusal(
  variable: string,
  attempt: () => Promise<CheckResult>,
): Promise<CheckResult> {
  try {
    return await attempt();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) {
      return failed(
        "Slack cannot be reached",
        "Check the network, and SLACK_API_URL if it is set.",
      );
    }
    return failed(`Slack says ${refusal}`, `Set ${variable} anew from the pages of the app.`);
  }
}

function clientOf(token: string, { SLACK_API_URL: slackApiUrl }: BotEnvironment): WebClient {
  return new webApi.WebClient(token, {
    retryConfig: { retries: 0 },
    logger: boltLogOf(SILENT),
    ...(slackApiUrl && { slackApiUrl }),
  });
}

/** What goes wrong stands in the finding. */
const SILENT = createLog({
  stream: { write: () => true },
  level: "error",
  secrets: [],
  now: () => new Date(),
});
