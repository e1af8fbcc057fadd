/** A message as Slack tells it, in an event or in the history of a thread, as far as the bot cares. */

import { z } from "zod";

import { wordsOf } from "./wire-text.ts";

export const NOTICE = "lfz_notice";
export const QUESTION = "lfz_question";
export const REPLY = "lfz_reply";

export const SlackMessage = z
  .object({
    ts: z.string(),
    thread_ts: z.string().optional(),
    user: z.string().optional(),
    bot_id: z.string().optional(),
    subtype: z.string().optional(),
    text: z.string().default(""),
    blocks: z.array(z.looseObject({ type: z.string() })).default([]),
    files: z.array(z.unknown()).default([]),
    attachments: z.array(z.unknown()).default([]),
    parent_user_id: z.string().optional(),
    streaming_state: z.string().optional(),
    metadata: z
      .object({
        event_type: z.string(),
        event_payload: z.record(z.string(), z.unknown()).default({}),
      })
      .optional()
      .catch(undefined),
    bot_profile: z.object({ name: z.string().optional() }).optional().catch(undefined),
  })
  .readonly();

export type SlackMessage = z.infer<typeof SlackMessage>;

/** The same in a `message` or `app_mention` event. */
export const MessageEvent = z.object({
  channel: z.string(),
  channel_type: z.string().optional(),
});

/** Kinds of messages in which somebody says something; all others tell what happened. */
const SAYING = new Set([undefined, "file_share", "thread_broadcast", "bot_message"]);

export function isSaying({ subtype }: SlackMessage): boolean {
  return SAYING.has(subtype);
}

/** Direct conversations are named D…. */
export function isDirectChannel(channel: string): boolean {
  return channel.startsWith("D");
}

/** Milliseconds since 1970. */
export function timeOf(ts: string): number {
  return Math.round(Number(ts) * 1000);
}

/** As people read it. A reply that was written in blocks has only a beginning as its text. */
export function readableText({ text, blocks }: SlackMessage, botUserId: string): string {
  const markdown = blocks.flatMap(({ type, text: inside }) =>
    type === "markdown" && typeof inside === "string" ? [inside] : [],
  );
  if (markdown.length > 0) return markdown.join("\n").replaceAll("\u200B", "");
  return wordsOf(text, botUserId).replaceAll("<\u200B", "<");
}
