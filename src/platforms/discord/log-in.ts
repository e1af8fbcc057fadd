/**
 * Logging in and being thrown out. What only a person can mend (a wrong token,
 * an intent that is switched off) says where; all else is worth another try.
 */

import {
  DiscordAPIError,
  Events,
  GatewayCloseCodes,
  Routes,
  type Client,
  type RESTGetCurrentApplicationResult,
} from "discord.js";

import { UnreachableError } from "../../chat/platform.ts";
import { HintedError, reasonOf } from "../../core/errors.ts";

const PORTAL = "https://discord.com/developers/applications";

/**
 * Asks who the token belongs to, before anything else begins.
 *
 * @throws HintedError if Discord does not know it, or cannot be asked.
 */
export async function readApplicationId(client: Client, token: string): Promise<string> {
  client.rest.setToken(token);
  try {
    const application = await client.rest.get(Routes.currentApplication());
    return (application as RESTGetCurrentApplicationResult).id; // the route promises it
  } catch (cause) {
    throw whyNotTold(cause);
  }
}

/** Why Discord did not say who the token belongs to. */
export function whyNotTold(cause: unknown): HintedError {
  if (cause instanceof DiscordAPIError && cause.status === 401) return wrongToken(cause);
  return new UnreachableError(`Discord cannot be reached: ${reasonOf(cause)}`, {
    hint: "Look at the network and, if it is set, at DISCORD_API_URL.",
    cause,
  });
}

/** Settles when every shard is ready. */
export async function logIn(client: Client, token: string): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  await client.login(token);
  return ready;
}

/** Rejects when Discord closes the connection for a reason that waiting does not mend. */
export function untilLost(client: Client, applicationId: string): Promise<never> {
  return new Promise((_, reject) => {
    client.once(Events.ShardDisconnect, ({ code }) => reject(lostFor(code, applicationId)));
  });
}

function lostFor(code: number, applicationId: string): Error {
  const mend = REASONS[code];
  return mend?.(applicationId) ?? new Error(`Discord closed the connection (code ${code}).`);
}

const REASONS: Readonly<Record<number, (applicationId: string) => HintedError>> = {
  [GatewayCloseCodes.AuthenticationFailed]: () => wrongToken(),
  [GatewayCloseCodes.DisallowedIntents]: missingIntent,
  [GatewayCloseCodes.ShardingRequired]: tooFewShards,
  [GatewayCloseCodes.InvalidShard]: tooFewShards,
};

function wrongToken(cause?: unknown): HintedError {
  return new HintedError("Discord does not know this DISCORD_TOKEN.", {
    hint: `Copy the token anew from ${PORTAL}, your application, Bot, Reset Token.`,
    cause,
  });
}

export function missingIntent(applicationId: string): HintedError {
  return new HintedError("Discord does not let the bot read messages: an intent is switched off.", {
    hint: `Switch on "Message Content Intent" at ${PORTAL}/${applicationId}/bot, under Privileged Gateway Intents.`,
  });
}

function tooFewShards(): HintedError {
  return new HintedError("The bot is in too many servers for so few shards.", {
    hint: "Set DISCORD_SHARDS=auto.",
  });
}
