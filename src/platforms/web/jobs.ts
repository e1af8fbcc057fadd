/** `GET /v1/jobs`: how far the training is, what waits, and what came of the last one. */

import type { ServerResponse } from "node:http";

import type { Jobs } from "../../chat/jobs.ts";
import { ApiError } from "./api-error.ts";
import { sendJson } from "./send-json.ts";

export type PageJobs = Pick<Jobs, "status">;

export async function showJobs(
  response: ServerResponse,
  jobs: PageJobs | undefined,
): Promise<void> {
  if (jobs) return sendJson(response, 200, await jobs.status());
  throw new ApiError(404, "Nothing can be trained from here.", { code: "no_jobs" });
}
