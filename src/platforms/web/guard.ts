/**
 * Who may ask: the checks before any work.
 *
 * A page on another site can make a browser send requests here. `Host` stops
 * it from hiding behind a name of its own that it points at this machine (DNS
 * rebinding), `Origin` from posting across sites, and the key, where there is
 * one, everybody who does not have it, behind whatever name. Knows headers only.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

import { ApiError } from "./api-error.ts";

/**
 * Where there is a key any name will do: a page behind a name of its own has
 * none, and keeps to what is for all, the files of our page and whether model
 * and platforms are there. The browser keeps the key for the name it was
 * entered under, so such a page cannot find it either.
 *
 * @throws ApiError 403 unless the request was addressed to this server by a name it knows.
 */
export function requireKnownHost(
  headers: IncomingHttpHeaders,
  { host: boundHost, apiKey }: { host: string; apiKey?: string | undefined },
): void {
  if (apiKey !== undefined) return;
  const name = hostnameOf(`http://${headers.host ?? ""}`);
  // An address cannot be rebound: only names go through DNS.
  const isKnown =
    name === "localhost" ||
    name?.endsWith(".localhost") ||
    name === boundHost.toLowerCase() ||
    isIP(name ?? "") !== 0;
  if (isKnown) return;
  throw new ApiError(403, `This server does not answer to the name "${headers.host ?? ""}".`, {
    type: "permission_error",
    code: "unknown_host",
  });
}

/** @throws ApiError 403 if a page of another origin asks. */
export function requireSameOrigin(headers: IncomingHttpHeaders): void {
  const { origin, host } = headers;
  if (origin === undefined) return; // not a browser, or its own plain GET
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new ApiError(403, `Pages of ${origin} may not use this server.`, {
    type: "permission_error",
    code: "foreign_origin",
  });
}

/** @throws ApiError 401 without the key, if there is one. */
export function requireKey(headers: IncomingHttpHeaders, key: string | undefined): void {
  if (key === undefined) return;
  const given = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1];
  if (given !== undefined && isSameText(given, key)) return;
  const message =
    given === undefined
      ? "This server asks for a key: send it as `Authorization: Bearer KEY`."
      : "The key is not the one this server was started with (LFZ_API_KEY).";
  throw new ApiError(401, message, {
    type: "authentication_error",
    code: "invalid_api_key",
    headers: { "www-authenticate": "Bearer" },
  });
}

/** `[::1]:3000` gives `::1`. */
function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : undefined;
}

/** Takes the same time wherever the two differ; hashing makes the lengths equal. */
function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
