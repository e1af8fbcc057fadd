/**
 * What people see around a reply: a status while it is thought of, Slack's
 * own stop button while it is written, a mark where there is none.
 *
 * All of it is a courtesy: where Slack refuses, the reply goes on.
 */

import { reasonOf } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";
import type { ReplyTarget } from "./reply-target.ts";

const THINKING = "is thinking…";
const READ = "eyes";

/** Which signs Slack shows. */
export interface ShownSigns {
  readonly status: boolean;
  /** Slack knows that somebody is at work, and offers to stop it. */
  readonly session: boolean;
}

export class ReplySigns {
  readonly #target: ReplyTarget;
  readonly #log: Log;

  constructor(target: ReplyTarget, log: Log) {
    this.#target = target;
    this.#log = log;
  }

  async begin(): Promise<ShownSigns> {
    const [status, session] = await Promise.all([
      this.#attempt(this.#setStatus(THINKING)),
      this.#attempt(this.#setSession("processing")),
    ]);
    return { status, session };
  }

  /** A message takes the status away by itself. */
  async end({ session }: ShownSigns): Promise<void> {
    if (session) await this.#attempt(this.#setSession("active"));
  }

  async clear(shown: ShownSigns): Promise<void> {
    if (shown.status) await this.#attempt(this.#setStatus(""));
    await this.end(shown);
  }

  async markAsRead(): Promise<void> {
    const { workspace, channel, question } = this.#target;
    const reaction = { channel, timestamp: question, name: READ };
    await this.#attempt(workspace.client.reactions.add(reaction));
  }

  async #setStatus(status: string): Promise<void> {
    const { workspace, channel, thread } = this.#target;
    const where = { channel_id: channel, thread_ts: thread };
    await workspace.client.assistant.threads.setStatus({ ...where, status });
  }

  async #setSession(status: "processing" | "active"): Promise<void> {
    const { workspace, channel, thread } = this.#target;
    const where = { channel_id: channel, thread_ts: thread };
    await workspace.client.agents.sessions.setStatus({ ...where, status });
  }

  async #attempt(sign: Promise<unknown>): Promise<boolean> {
    try {
      await sign;
      return true;
    } catch (error) {
      this.#log.debug("no sign", { reason: reasonOf(error) });
      return false;
    }
  }
}
