/** What a request carries: JSON, or a form whose files are kept. */

import type { IncomingMessage } from "node:http";

import { z } from "zod";

import type { Attachment, World } from "./world.ts";

export interface RequestBody {
  readonly body: unknown;
  readonly files: readonly Attachment[];
}

export async function readBody(request: IncomingMessage, world: World): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  const bytes = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data")) {
    return { body: bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined, files: [] };
  }
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  const files: Attachment[] = [];
  for (const [, value] of form) {
    if (typeof value === "string") continue;
    files.push(world.attach(value.name, value.type, new Uint8Array(await value.arrayBuffer())));
  }
  return { body: JSON.parse(z.string().parse(form.get("payload_json"))), files };
}
