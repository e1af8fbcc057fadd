/** Reads the JSON body of a request: of a bounded size, whole, and really JSON. */

import type { IncomingMessage } from "node:http";

import { reasonOf } from "../../core/errors.ts";
import { ApiError } from "./api-error.ts";

/** Far more than any context holds. */
const MAX_BODY_BYTES = 1_000_000;

export async function readJson(request: IncomingMessage): Promise<unknown> {
  requireJsonType(request.headers["content-type"]);
  const text = toText(await readAll(request));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(400, `The body is not JSON: ${reasonOf(cause)}.`, {
      code: "invalid_json",
      cause,
    });
  }
}

/** Insisting on the type also makes browsers ask before they post across sites. */
function requireJsonType(type: string | undefined): void {
  if (/^application\/json\b/i.test(type ?? "")) return;
  throw new ApiError(415, "Send the body as JSON, with `Content-Type: application/json`.", {
    code: "unsupported_media_type",
  });
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early must not destroy the socket: the answer goes out on it.
  const parts: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of parts) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError(400, "The body is not UTF-8.", { code: "invalid_encoding", cause });
  }
}

function tooLarge(): ApiError {
  return new ApiError(413, `The body is larger than ${MAX_BODY_BYTES / 1e6} MB.`, {
    code: "body_too_large",
  });
}
