/** What the Slack platform needs to know, from the environment. */

import type { Clock } from "../../../chat/clock.ts";
import { HintedError } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";
import { storeKeyOf } from "./sealed.ts";

export interface SlackOptions {
  /** The bot's token in its one workspace. */
  readonly botToken?: string | undefined;
  /** With it events come over Socket Mode. */
  readonly appToken?: string | undefined;
  /** With it events come over HTTP. */
  readonly signingSecret?: string | undefined;
  /** With all three, people put the app into their workspaces themselves. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly stateSecret?: string | undefined;
  /** Seals the tokens of those workspaces: a long random text. */
  readonly storeKey?: string | undefined;
  /** Another host than Slack's own: a proxy, a test. */
  readonly apiUrl?: string | undefined;
  /** How long a call that failed waits before it is repeated for the first time, in milliseconds. */
  readonly retryWait?: number | undefined;
  /** Where requests from Slack and installations are received. */
  readonly host: string;
  readonly port: number;
  /** The folder of the tokens that are kept. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How the app is allowed into workspaces. */
export type Access =
  | { readonly kind: "one"; readonly token: string }
  | {
      readonly kind: "many";
      readonly clientId: string;
      readonly clientSecret: string;
      readonly stateSecret: string;
      readonly storeKey: string;
    };

/** How events come. */
export type Intake =
  | { readonly kind: "socket"; readonly appToken: string }
  | { readonly kind: "http"; readonly signingSecret: string };

/** @throws HintedError if the options do not fit together */
export function checkOptions(options: SlackOptions): void {
  const access = accessOf(options);
  intakeOf(options);
  if (access.kind === "many") storeKeyOf(access.storeKey);
}

/** @throws HintedError if something is missing for either way */
export function accessOf(options: SlackOptions): Access {
  const { botToken, clientId, clientSecret, stateSecret, storeKey } = options;
  if (clientId && clientSecret && stateSecret && storeKey) {
    return { kind: "many", clientId, clientSecret, stateSecret, storeKey };
  }
  if (clientId || clientSecret) {
    throw new HintedError("Slack can be installed in several workspaces only with all four.", {
      hint: "Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_STATE_SECRET and SLACK_STORE_KEY.",
    });
  }
  if (botToken) return { kind: "one", token: botToken };
  throw new HintedError("Slack needs a token of the bot.", {
    hint: "Set SLACK_BOT_TOKEN (it begins with xoxb-), from the page OAuth & Permissions.",
  });
}

/** @throws HintedError if events have no way to come */
export function intakeOf({ appToken, signingSecret }: SlackOptions): Intake {
  if (appToken) return { kind: "socket", appToken };
  if (signingSecret) return { kind: "http", signingSecret };
  throw new HintedError("Slack has no way to send its events.", {
    hint: "Set SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP).",
  });
}
