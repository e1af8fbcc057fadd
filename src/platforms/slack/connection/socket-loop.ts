/**
 * Socket Mode, kept up: connects, waits until the connection is lost, and
 * connects again, at once where Slack asked for it and ever slower where it
 * fails.
 *
 * Bolt would do so itself, but a connection that cannot be had any more (a
 * token taken back) would end there as an unhandled rejection.
 */

import type { SocketModeReceiver } from "@slack/bolt";

import type { Clock } from "../../../chat/clock.ts";
import type { OnConnection } from "../../../chat/platform.ts";
import { HintedError, reasonOf } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";
import { refusalOf } from "../conversation/workspace.ts";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 60_000;

/** Refusals that waiting does not mend. */
const HOPELESS = new Set([
  "not_authed",
  "invalid_auth",
  "account_inactive",
  "token_revoked",
  "missing_scope",
  "not_allowed_token_type",
  "user_removed_from_team",
  "team_disabled",
]);

export interface SocketLoopOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onConnection: OnConnection;
}

/** Resolves once the signal aborts; rejects with a HintedError if there is no use in trying. */
export async function keepConnected(
  receiver: SocketModeReceiver,
  { clock, log, signal, onConnection }: SocketLoopOptions,
): Promise<void> {
  let wait = FIRST_WAIT;
  const leave = () => void receiver.client.disconnect();
  signal.addEventListener("abort", leave);
  try {
    while (!signal.aborted) {
      try {
        await receiver.start();
        const lost = lossOf(receiver);
        if (signal.aborted) leave(); // it came up while we were leaving
        wait = FIRST_WAIT;
        onConnection("connected");
        await lost;
        onConnection("lost");
      } catch (error) {
        requireHope(error);
        log.warn("slack not connected", { reason: reasonOf(error), wait });
        await clock.sleep(wait, signal);
        wait = Math.min(LONGEST_WAIT, wait * 2);
      }
    }
  } finally {
    signal.removeEventListener("abort", leave);
  }
}

function lossOf({ client }: SocketModeReceiver): Promise<void> {
  return new Promise((resolve) => client.once("disconnected", () => resolve()));
}

function requireHope(cause: unknown): void {
  const refusal = refusalOf(cause);
  if (refusal === undefined || !HOPELESS.has(refusal)) return;
  throw new HintedError(`Slack refuses the app token: ${refusal}.`, {
    hint: "Set SLACK_APP_TOKEN to an app-level token (xapp-…) with the scope connections:write.",
    cause,
  });
}
