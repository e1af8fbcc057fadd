/** What Discord refuses, by what can be done about it. */

import { DiscordAPIError, HTTPError, RESTJSONErrorCodes } from "discord.js";

import type { Clock } from "../../chat/clock.ts";

/** How long before each further attempt, in milliseconds; discord.js itself has tried four times by then. */
const WAITS = [500, 1000, 2000, 4000, 8000];

/** Repeats what failed on the way; what Discord refuses stays refused. */
export async function persist<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  for (const wait of WAITS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await clock.sleep(wait);
    }
  }
  return work();
}

/** Nobody knows whether the work was done: the network failed, or the server did. */
export function isPassing(error: unknown): boolean {
  if (error instanceof HTTPError) return error.status >= 500;
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return error.name === "AbortError" || NETWORK.test(code);
}

/** Codes of Node and of undici, such as ECONNRESET and UND_ERR_SOCKET. */
const NETWORK = /^(E[A-Z]+|EAI_[A-Z]+|UND_ERR_[A-Z_]+)$/;

/** The message is gone. */
export function isUnknownMessage(error: unknown): boolean {
  return codeOf(error) === RESTJSONErrorCodes.UnknownMessage;
}

export function isArchived(error: unknown): boolean {
  return codeOf(error) === RESTJSONErrorCodes.InvalidActionOnArchivedThread;
}

/** An interaction that can no longer be answered: too late, its token is over, or its message is gone. */
export function isOver(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === RESTJSONErrorCodes.UnknownInteraction ||
    code === RESTJSONErrorCodes.InvalidWebhookToken ||
    code === RESTJSONErrorCodes.UnknownWebhook ||
    code === RESTJSONErrorCodes.UnknownMessage
  );
}

/** It was acknowledged before: by an attempt whose answer got lost. */
export function isAcknowledged(error: unknown): boolean {
  return codeOf(error) === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged;
}

function codeOf(error: unknown): number | string | undefined {
  return error instanceof DiscordAPIError ? error.code : undefined;
}
