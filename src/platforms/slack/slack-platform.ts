/**
 * The bot in Slack.
 *
 * Translates: Slack's events into what the bot hears, replies into streams
 * and messages with buttons. What is said, and when, is decided elsewhere.
 */

import type { App } from "@slack/bolt";

import type { Cards } from "../../chat/cards.ts";
import type { Bot, ChatPlatform, OnConnection } from "../../chat/platform.ts";
import { HintedError } from "../../core/errors.ts";
import { untilAborted } from "../../core/until-aborted.ts";
import type { Log } from "../../log.ts";
import { serveActions, serveShortcuts } from "./listeners/actions.ts";
import { serveAssistantPane } from "./listeners/assistant-pane.ts";
import { hearMessages } from "./listeners/hear.ts";
import { serveHome } from "./listeners/home.ts";
import { startSlackServer, type SlackServer } from "./connection/http-server.ts";
import type { Installations } from "./connection/installations.ts";
import { serveModals } from "./listeners/modals.ts";
import { checkOptions, type SlackOptions } from "./connection/options.ts";
import { OwnThreads } from "./conversation/own-threads.ts";
import { countReactions } from "./listeners/reactions.ts";
import { missingScopes } from "./connection/scopes.ts";
import { createSlackApp, type SlackApp } from "./connection/slack-app.ts";
import type { SlackDeps } from "./slack-deps.ts";
import { serveSlashCommands } from "./listeners/slash-commands.ts";
import { keepConnected } from "./connection/socket-loop.ts";
import { SlackCards } from "./card/slack-cards.ts";
import { UserDirectory } from "./conversation/user-directory.ts";
import { refusalOf } from "./conversation/workspace.ts";

/** @throws HintedError if the options do not fit together */
export function createSlackPlatform(
  options: SlackOptions,
): ChatPlatform & { readonly cards: Cards } {
  checkOptions(options);
  const cards = new SlackCards(options);
  return { name: "slack", cards, serve: (...how) => serve(options, cards, ...how) };
}

async function serve(
  options: SlackOptions,
  cards: SlackCards,
  bot: Bot,
  signal: AbortSignal,
  onConnection: OnConnection,
): Promise<void> {
  const { clock, log } = options;
  const slack = createSlackApp(options);
  listen(slack, depsOf(bot, options), log);
  await introduce(slack, log);
  cards.serve(slack.clientFor);
  const server = await startServer(slack, options);
  if (server) log.info("listening for slack", { url: server.url });
  try {
    if (slack.socket) {
      await keepConnected(slack.socket, { clock, log, signal, onConnection });
    } else {
      onConnection("connected");
      await untilAborted(signal);
    }
  } finally {
    cards.serve(undefined);
    await server?.close();
  }
}

function depsOf(bot: Bot, { clock, log }: SlackOptions): SlackDeps {
  return {
    bot,
    clock,
    log,
    users: new UserDirectory(clock),
    threads: new OwnThreads(),
    making: new Map(),
    untitled: new Set(),
  };
}

function listen({ app, installations }: SlackApp, deps: SlackDeps, log: Log): void {
  hearMessages(app, deps);
  serveAssistantPane(app, deps);
  serveActions(app, deps);
  serveShortcuts(app, deps);
  serveModals(app, deps);
  serveSlashCommands(app, deps);
  serveHome(app, deps);
  countReactions(app, deps);
  if (installations) forgetUninstalled(app, installations, log);
}

/** Whoever takes the app out takes its token back. */
function forgetUninstalled(app: App, installations: Installations, log: Log): void {
  const forget = async (team = "") => {
    const query = { teamId: team, enterpriseId: undefined, isEnterpriseInstall: false };
    await installations.deleteInstallation(query);
    log.info("slack uninstalled", { team });
  };
  app.event("app_uninstalled", async ({ context }) => forget(context.teamId));
  app.event("tokens_revoked", async ({ event, context }) => {
    if ((event.tokens.bot ?? []).length > 0) await forget(context.teamId);
  });
}

/** Tries the token, and says what it lacks. */
async function introduce({ app, installations }: SlackApp, log: Log): Promise<void> {
  if (installations) {
    await app.init();
    for (const { team, bot } of await installations.list()) {
      complain(bot?.scopes ?? [], { team: team?.id }, log);
    }
    return;
  }
  try {
    await app.init();
    const { response_metadata: granted, team_id: team } = await app.client.auth.test();
    complain(granted?.scopes ?? [], { team }, log);
  } catch (cause) {
    const refusal = refusalOf(cause);
    if (refusal === undefined) throw cause; // not reached: that passes
    throw new HintedError(`Slack refuses the bot's token: ${refusal}.`, {
      hint: "Set SLACK_BOT_TOKEN to the Bot User OAuth Token (xoxb-…) of the app.",
      cause,
    });
  }
}

function complain(granted: readonly string[], where: { team: string | undefined }, log: Log): void {
  const missing = missingScopes(granted);
  if (missing.length === 0) return;
  log.warn("slack scopes missing", {
    ...where,
    missing: missing.map(({ scope, purpose }) => `${scope} (to ${purpose})`),
    hint: "Add them under OAuth & Permissions, or use src/platforms/slack/manifest.json, and install the app anew.",
  });
}

async function startServer(
  { listener }: SlackApp,
  { host, port, clock }: SlackOptions,
): Promise<SlackServer | undefined> {
  return listener && startSlackServer({ listener, host, port, now: () => clock.now() });
}
