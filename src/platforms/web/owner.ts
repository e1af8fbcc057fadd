/**
 * The page as a place where the bot is met, and the one person who is met there.
 *
 * Whoever asks from this machine, or holds the key of the server, owns it as
 * whoever sits at the terminal does; there is one owner and one pseudonym,
 * that of `web:owner`, however many browsers are open. Nobody else gets this
 * far: without a key the server listens on this machine only.
 */

import type { IncomingMessage } from "node:http";

import type { Bot, Person, Place } from "../../chat/platform.ts";
import { ApiError } from "./api-error.ts";

/** What the page needs of the bot. */
export type PageBot = Pick<
  Bot,
  | "commands"
  | "commandsFor"
  | "command"
  | "termsAt"
  | "guard"
  | "now"
  | "keep"
  | "reply"
  | "rate"
  | "explainRating"
  | "correct"
>;

export const PAGE: Place = { platform: "web", channel: "web", isDirect: true };
export const OWNER: Person = {
  id: "owner",
  name: "You",
  isBot: false,
  roles: [],
  isManager: true,
};

/**
 * Is this the owner, given that the key, where there is one, was right? A
 * proxy on this machine brings people from elsewhere, and says so.
 */
export function isOwner({ headers, socket }: IncomingMessage, apiKey: string | undefined): boolean {
  if (apiKey !== undefined) return true;
  const isPassedOn = headers.forwarded !== undefined || headers["x-forwarded-for"] !== undefined;
  return !isPassedOn && isLoopback(socket.remoteAddress);
}

/** @throws ApiError 403 for everybody else. */
export function requireOwner(request: IncomingMessage, apiKey: string | undefined): void {
  if (isOwner(request, apiKey)) return;
  throw new ApiError(403, "That is for whoever owns this machine: start it with LFZ_API_KEY.", {
    type: "permission_error",
    code: "owner_only",
  });
}

/** Both families, and IPv4 as IPv6 writes it. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}
