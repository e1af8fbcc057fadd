/** One workspace as the bot stands in it: its client, and who it is there. */

import type { AllMiddlewareArgs, webApi } from "@slack/bolt";

export type WebClient = webApi.WebClient;

export interface Workspace {
  readonly client: WebClient;
  readonly team: string;
  readonly botUserId: string;
  readonly botId: string | undefined;
}

/** Bolt has looked up the installation before any listener runs. */
export function workspaceOf({
  client,
  context,
}: Pick<AllMiddlewareArgs, "client" | "context">): Workspace {
  const { teamId = "", botUserId = "", botId } = context;
  return { client, team: teamId, botUserId, botId };
}

/** What Slack refused, as it names it: `channel_not_found`. */
export function refusalOf(error: unknown): string | undefined {
  const data = error instanceof Error && "data" in error ? error.data : undefined;
  const refusal = typeof data === "object" && data !== null && "error" in data ? data.error : "";
  return typeof refusal === "string" && refusal !== "" ? refusal : undefined;
}
