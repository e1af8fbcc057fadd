/** Where one reply goes, and the calls that put it there. */

import type { types } from "@slack/bolt";

import { ANSWER_LOST } from "../connection/once-only.ts";
import { markdown, type ReplyBlock } from "./reply-blocks.ts";
import { REPLY, type SlackMessage } from "../conversation/slack-message.ts";
import { isOwn, messagesIn, type Thread } from "../conversation/thread-history.ts";
import { refusalOf } from "../conversation/workspace.ts";
import { escaped } from "../conversation/wire-text.ts";

/** In notifications and old clients this much of a reply stands for it. */
const PREVIEW = 150;

/** Slack's word for a message that cannot be edited because it is still streamed into. */
export const STREAMING = "streaming_state_conflict";

export interface ReplyTarget extends Thread {
  readonly replyId: string;
  /** Who asked: streams are written for somebody. */
  readonly askerId: string;
  /** The message that is answered: replies are younger. */
  readonly question: string;
}

/** One message of a reply that is written by edits. */
export interface Written {
  readonly text: string;
  readonly blocks: readonly ReplyBlock[];
}

export async function post(target: ReplyTarget, part: number, written: Written): Promise<string> {
  const { workspace, channel, thread, replyId } = target;
  const event_payload = { reply: replyId, part };
  const isPart = ({ metadata }: SlackMessage) =>
    metadata?.event_payload["reply"] === replyId && metadata.event_payload["part"] === part;
  return orAdopt(target, isPart, async () => {
    const { ts } = await workspace.client.chat.postMessage({
      channel,
      thread_ts: thread,
      ...contentOf(written),
      metadata: { event_type: REPLY, event_payload },
      unfurl_links: false,
    });
    return ts;
  });
}

export async function update(target: ReplyTarget, ts: string, written: Written): Promise<void> {
  const { channel } = target;
  const { chat } = target.workspace.client;
  try {
    await chat.update({ channel, ts, ...contentOf(written) });
  } catch (error) {
    if (refusalOf(error) !== STREAMING) throw error;
    await chat.stopStream({ channel, ts }).catch(() => {}); // the second try tells whether it helped
    await chat.update({ channel, ts, ...contentOf(written) });
  }
}

/** What is gone already is not missed. */
export async function remove({ workspace, channel }: Thread, ts: string): Promise<void> {
  try {
    await workspace.client.chat.delete({ channel, ts });
  } catch (error) {
    if (refusalOf(error) !== "message_not_found") throw error;
  }
}

export async function startStream(target: ReplyTarget, chunks: types.AnyChunk[]): Promise<string> {
  const { workspace, channel, thread, askerId } = target;
  return orAdopt(target, isStreaming, async () => {
    const { ts } = await workspace.client.chat.startStream({
      channel,
      thread_ts: thread,
      recipient_team_id: workspace.team,
      recipient_user_id: askerId,
      chunks,
    });
    return ts;
  });
}

function isStreaming({ streaming_state: state }: SlackMessage): boolean {
  return state === "in_progress";
}

/** A message whose birth was not confirmed is looked for where it must stand. */
async function orAdopt(
  target: ReplyTarget,
  isIt: (message: SlackMessage) => boolean,
  create: () => Promise<string | undefined>,
): Promise<string> {
  try {
    const ts = await create();
    if (ts !== undefined) return ts;
    throw new Error("Slack gave no ts for a new message.");
  } catch (error) {
    if (refusalOf(error) !== ANSWER_LOST) throw error;
    const found = (await messagesIn(target)).findLast(
      (message) =>
        message.ts > target.question && isOwn(message, target.workspace) && isIt(message),
    );
    if (found) return found.ts;
    throw error;
  }
}

function contentOf({ text, blocks }: Written) {
  const body = text === "" ? [] : [markdown(text)];
  return { text: preview(text), blocks: [...body, ...blocks] };
}

function preview(text: string): string {
  if (text === "") return "…";
  return escaped(text.length > PREVIEW ? `${text.slice(0, PREVIEW)}…` : text);
}
