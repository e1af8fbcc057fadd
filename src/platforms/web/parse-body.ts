/** A body through its schema: what does not fit is a 400 that names the field. */

import type { z } from "zod";

import { ApiError } from "./api-error.ts";

/** @throws ApiError 400 naming the first field that does not fit. */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw toBadRequest(parsed.error.issues[0]);
}

function toBadRequest(issue: z.core.$ZodIssue | undefined): ApiError {
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const param = pathOf([...(issue?.path ?? []), ...unknown]);
  const reason = unknown.length > 0 ? "this server does not know the field" : issue?.message;
  const message = param === "" ? `The body: ${reason}.` : `${param}: ${reason}.`;
  return new ApiError(400, message, { param, code: "invalid_value" });
}

/** `["messages", 2, "role"]` gives `messages[2].role`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at > 0 ? "." : ""}${String(key)}`))
    .join("");
}
