/** What stands under the text of a reply: small print, and what can be done with it. */

import type { types } from "@slack/bolt";

import { CONTROLS_WHILE_WRITING, type Control } from "../../../chat/controls.ts";
import { escaped } from "../conversation/wire-text.ts";

export type ReplyBlock =
  | types.MarkdownBlock
  | types.ContextBlock
  | types.ActionsBlock
  | types.ContextActionsBlock;

/** Both thumbs are one element; which was pressed stands before the reply's id in its value. */
export const RATE_ACTION = "lfz_rate";
export const ACTION_PREFIX = "lfz_";

/** Characters of markdown in one message: Slack takes 12,000, and the end of a fence needs room. */
export const MARKDOWN_LIMIT = 11_000;

const SMALL_PRINT = 2000;

export function endBlocks(
  replyId: string,
  notes: readonly string[],
  controls: readonly Control[],
): ReplyBlock[] {
  return [...smallPrint(notes), ...feedback(replyId, controls), ...buttons(replyId, controls)];
}

/** While a reply is written by edits: the way to end it. */
export function writingBlocks(replyId: string): ReplyBlock[] {
  return buttons(replyId, CONTROLS_WHILE_WRITING);
}

export function markdown(text: string): types.MarkdownBlock {
  return { type: "markdown", text };
}

function smallPrint(notes: readonly string[]): types.ContextBlock[] {
  if (notes.length === 0) return [];
  const text = escaped(notes.join("\n")).slice(0, SMALL_PRINT);
  return [{ type: "context", elements: [{ type: "mrkdwn", text }] }];
}

function feedback(replyId: string, controls: readonly Control[]): types.ContextActionsBlock[] {
  const good = controls.find(({ action }) => action === "good");
  const bad = controls.find(({ action }) => action === "bad");
  const remove = controls.find(({ action }) => action === "remove");
  const thumbs: types.FeedbackButtons[] =
    good && bad
      ? [
          {
            type: "feedback_buttons",
            action_id: RATE_ACTION,
            positive_button: thumb(good, replyId),
            negative_button: thumb(bad, replyId),
          },
        ]
      : [];
  const trash: types.IconButton[] = remove
    ? [
        {
          type: "icon_button",
          icon: "trash",
          action_id: `${ACTION_PREFIX}remove`,
          text: plain(remove.label),
          value: replyId,
        },
      ]
    : [];
  const elements = [...thumbs, ...trash];
  return elements.length > 0 ? [{ type: "context_actions", elements }] : [];
}

function thumb({ action, label }: Control, replyId: string) {
  return { text: plain(label), accessibility_label: label, value: `${action}:${replyId}` };
}

const NOT_A_BUTTON = new Set<Control["action"]>(["good", "bad", "remove"]);

function buttons(replyId: string, controls: readonly Control[]): types.ActionsBlock[] {
  const elements = controls
    .filter(({ action }) => !NOT_A_BUTTON.has(action))
    .map(({ action, symbol, label }): types.Button => ({
      type: "button",
      action_id: `${ACTION_PREFIX}${action}`,
      text: { ...plain(`${symbol} ${label}`), emoji: true },
      accessibility_label: label,
      value: replyId,
    }));
  return elements.length > 0 ? [{ type: "actions", elements }] : [];
}

export function plain(text: string): types.PlainTextElement {
  return { type: "plain_text", text };
}
