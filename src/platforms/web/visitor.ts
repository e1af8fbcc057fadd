/**
 * Who asks, as far as it decides which model answers: the same one always
 * gets the same. It is a pseudonym that lasts as long as the request.
 *
 * The page gives a number that it drew by chance and keeps in its browser; of
 * any other client it is the key, and where it comes from.
 */

import type { IncomingMessage } from "node:http";

import { sha256Of } from "../../core/files.ts";

const VISITOR = /^[\w-]{8,64}$/;

export function visitorOf({ headers, socket }: IncomingMessage): string {
  const drawn = headers["x-lfz-visitor"];
  if (typeof drawn === "string" && VISITOR.test(drawn)) return `web:${drawn}`;
  const { authorization = "" } = headers;
  return `web:${sha256Of(`${authorization} ${socket.remoteAddress}`)}`;
}
