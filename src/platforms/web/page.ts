/**
 * The page and its assets, read from disk: what may be fetched, and how
 * browsers may keep it. A browser asks each time and is told "not modified"
 * until a file changes, so an update is never half old.
 */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";

const FOLDER = new URL("page/", import.meta.url);

const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
} as const;

/** Nothing but this list is ever read from disk. */
const ASSETS: Readonly<Record<string, { file: string; type: string }>> = {
  "/": { file: "index.html", type: TYPES.html },
  "/style.css": { file: "style.css", type: TYPES.css },
  "/icon.svg": { file: "icon.svg", type: TYPES.svg },
  "/app.js": { file: "app.js", type: TYPES.js },
  "/feedback.css": { file: "feedback.css", type: TYPES.css },
  "/commands.css": { file: "commands.css", type: TYPES.css },
  "/jobs.css": { file: "jobs.css", type: TYPES.css },
  "/client.js": { file: "client.js", type: TYPES.js },
  "/commands.js": { file: "commands.js", type: TYPES.js },
  "/consent.js": { file: "consent.js", type: TYPES.js },
  "/conversation.js": { file: "conversation.js", type: TYPES.js },
  "/curve.js": { file: "curve.js", type: TYPES.js },
  "/dom.js": { file: "dom.js", type: TYPES.js },
  "/feedback.js": { file: "feedback.js", type: TYPES.js },
  "/formatting.js": { file: "formatting.js", type: TYPES.js },
  "/jobs.js": { file: "jobs.js", type: TYPES.js },
  "/messages.js": { file: "messages.js", type: TYPES.js },
  "/model.js": { file: "model.js", type: TYPES.js },
  "/notices.js": { file: "notices.js", type: TYPES.js },
};

/** Only what this server itself serves may run, be shown or be asked. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function isAsset(path: string): boolean {
  return Object.hasOwn(ASSETS, path);
}

export async function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const asset = ASSETS[path];
  if (!asset) throw new Error(`There is no asset ${path}.`);
  const bytes = await readFile(new URL(asset.file, FOLDER));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  const headers = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-cache",
    etag,
  };
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    "content-type": asset.type,
    "content-length": bytes.length,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
