/**
 * The Bolt app and the ways into it: Socket Mode or signed HTTP, one
 * workspace or many. What it listens to is none of its business.
 */

import type { RequestListener } from "node:http";

import {
  App,
  HTTPReceiver,
  SocketModeReceiver,
  webApi,
  type Authorize,
  type Logger,
} from "@slack/bolt";

import { boltLogOf } from "./bolt-log.ts";
import { createInstallations, type Installations } from "./installations.ts";
import { onceOnly } from "./once-only.ts";
import { accessOf, intakeOf, type Access, type SlackOptions } from "./options.ts";
import { SCOPES } from "./scopes.ts";
import { storeKeyOf } from "./sealed.ts";
import type { WebClient } from "../conversation/workspace.ts";

/** A call is repeated for about half a minute; after that there is a newer text to show. */
const RETRIES = { retries: 5, factor: 2, maxTimeout: 10_000, randomize: true };
const RETRY_WAIT = 500;

/** A connection is worth waiting for; whether it is hopeless is decided in `socket-loop.ts`. */
const CONNECTION_RETRIES = { retries: 2 };

/** No call of the Web API takes longer, in milliseconds. */
const TIMEOUT = 30_000;

export interface SlackApp {
  readonly app: App;
  /** Nothing over HTTP. */
  readonly socket?: SocketModeReceiver;
  /** What Slack, or a browser that installs the app, may ask for. */
  readonly listener?: RequestListener;
  /** For what the bot says by itself in a workspace: rejects if it is not in there. */
  readonly clientFor: (team: string) => Promise<WebClient>;
  /** Nothing where there is one workspace only. */
  readonly installations?: Installations;
}

/** @throws HintedError if the options do not fit together */
export function createSlackApp(options: SlackOptions): SlackApp {
  const access = accessOf(options);
  const intake = intakeOf(options);
  const logger = boltLogOf(options.log);
  const clientOptions = clientOptionsOf(options, logger);
  const installations = installationsOf(access, options);
  const oauth = oauthOf(access, options, { logger, installations, clientOptions });
  const common = { logger, clientOptions, deferInitialization: true, convoStore: false } as const;
  const token = access.kind === "one" ? { token: access.token } : {};

  if (intake.kind === "http") {
    const receiver = new HTTPReceiver({ signingSecret: intake.signingSecret, logger, ...oauth });
    const app = withErrorsLogged(new App({ ...common, ...token, receiver }), options);
    const clientFor = clientsOf(app, installations, clientOptions);
    return { app, clientFor, listener: receiver.requestListener, installations };
  }
  const socket = new SocketModeReceiver({
    appToken: intake.appToken,
    logger,
    autoReconnectEnabled: false, // see socket-loop.ts
    installerOptions: {
      clientOptions: {
        ...clientOptions,
        retryConfig: { ...clientOptions.retryConfig, ...CONNECTION_RETRIES },
      },
    },
  });
  const pages = oauth && new HTTPReceiver({ ...UNSIGNED, ...oauth });
  const installer = pages?.installer;
  const authorize: Authorize<boolean> | undefined =
    installer && ((source) => installer.authorize(source));
  const made = new App({ ...common, ...token, receiver: socket, ...(authorize && { authorize }) });
  const app = withErrorsLogged(made, options);
  const clientFor = clientsOf(app, installations, clientOptions);
  return { app, clientFor, socket, listener: pages?.requestListener, installations };
}

/** Only the pages of an installation; no event comes this way. */
const UNSIGNED = { signingSecret: "", signatureVerification: false, endpoints: [] };

function clientOptionsOf({ apiUrl, retryWait = RETRY_WAIT }: SlackOptions, logger: Logger) {
  return {
    logger,
    retryConfig: { ...RETRIES, minTimeout: retryWait },
    timeout: TIMEOUT,
    fetch: onceOnly(globalThis.fetch),
    ...(apiUrl && { slackApiUrl: apiUrl }),
  };
}

function clientsOf(
  app: App,
  installations: Installations | undefined,
  clientOptions: ReturnType<typeof clientOptionsOf>,
): SlackApp["clientFor"] {
  if (!installations) return async () => app.client;
  return async (teamId) => {
    const query = { teamId, enterpriseId: undefined, isEnterpriseInstall: false };
    const { bot } = await installations.fetchInstallation(query);
    return new webApi.WebClient(bot?.token, clientOptions);
  };
}

function installationsOf(access: Access, { home }: SlackOptions): Installations | undefined {
  if (access.kind === "one") return undefined;
  return createInstallations(home, storeKeyOf(access.storeKey));
}

function oauthOf(
  access: Access,
  { apiUrl }: SlackOptions,
  {
    logger,
    installations,
    clientOptions,
  }: {
    logger: Logger;
    installations: Installations | undefined;
    clientOptions: ReturnType<typeof clientOptionsOf>;
  },
) {
  if (access.kind === "one" || !installations) return undefined;
  const { clientId, clientSecret, stateSecret } = access;
  return {
    clientId,
    clientSecret,
    stateSecret,
    logger,
    installationStore: installations,
    scopes: [...SCOPES],
    installerOptions: {
      clientOptions,
      directInstall: true,
      ...(apiUrl && { authorizationUrl: new URL("/oauth/v2/authorize", apiUrl).href }),
    },
  };
}

/** Bolt would hand the error on to whoever delivered the event; it ends here. */
function withErrorsLogged(app: App, { log }: SlackOptions): App {
  app.error(async (error) => {
    log.error("slack event failed", { words: error.message, code: error.code });
  });
  return app;
}
