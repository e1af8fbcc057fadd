/** What was said in a thread, with who said it: its beginning, and its newest messages. */

import { z } from "zod";

import type { PastMessage } from "../../../chat/platform.ts";
import { NOTICE, QUESTION, readableText, SlackMessage, timeOf } from "./slack-message.ts";
import { programOf, type UserDirectory } from "./user-directory.ts";
import type { Workspace } from "./workspace.ts";

/** Slack gives a thread from its beginning; the end of a longer one than this is not reached. */
const PAGE = 200;
const MOST_PAGES = 5;

const Payload = z.object({ user: z.string(), text: z.string() });

export interface Thread {
  readonly workspace: Workspace;
  readonly channel: string;
  readonly thread: string;
}

export interface Reading {
  readonly limit: number;
  readonly users: UserDirectory;
  /** Is this a command to the bot? Those are no part of the conversation. */
  readonly isCommand: (text: string) => boolean;
  readonly signal: AbortSignal;
}

export async function readThread(thread: Thread, reading: Reading): Promise<PastMessage[]> {
  const { limit, signal } = reading;
  const messages = await messagesIn(thread, signal);
  const [root] = messages;
  const newest = messages.slice(1).slice(1 - limit);
  const kept = root ? [root, ...newest] : [];
  return Promise.all(kept.map((message) => toPast(message, thread.workspace, reading)));
}

/** All messages of a thread, oldest first, as far as they are reached. */
export async function messagesIn(
  { workspace, channel, thread }: Thread,
  signal?: AbortSignal,
): Promise<SlackMessage[]> {
  const messages: SlackMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    signal?.throwIfAborted();
    const answer = await workspace.client.conversations.replies({
      channel,
      ts: thread,
      limit: PAGE,
      include_all_metadata: true,
      ...(cursor && { cursor }),
    });
    for (const message of answer.messages ?? []) messages.push(SlackMessage.parse(message));
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) break;
  }
  return messages;
}

export function isOwn({ user, bot_id: botId }: SlackMessage, workspace: Workspace): boolean {
  return user === workspace.botUserId || (botId !== undefined && botId === workspace.botId);
}

async function toPast(
  message: SlackMessage,
  workspace: Workspace,
  { users, isCommand }: Reading,
): Promise<PastMessage> {
  const { ts, user, bot_id: botId, bot_profile: profile, metadata, subtype } = message;
  const common = { id: ts, at: timeOf(ts), isOwn: false, isNotice: false };
  const asked = metadata?.event_type === QUESTION && Payload.safeParse(metadata.event_payload);
  if (asked && asked.success && isOwn(message, workspace)) {
    const author = await users.personOf(workspace, asked.data.user);
    return { ...common, author, text: asked.data.text };
  }
  const author = user
    ? await users.personOf(workspace, user)
    : programOf(botId ?? "nobody", profile?.name);
  const own = isOwn(message, workspace);
  const text = readableText(message, workspace.botUserId);
  const isNotice = own
    ? metadata?.event_type === NOTICE || subtype === "assistant_app_thread"
    : isCommand(text);
  return { ...common, author, isOwn: own, isNotice, text };
}
