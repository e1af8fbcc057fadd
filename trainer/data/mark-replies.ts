/** A conversation as the template writes it, with everything marked that the bot learns to say. */

import { conversationParts, type TemplatePart } from "../../src/core/chat/template.ts";
import type { Message } from "../../src/core/chat/conversation.ts";
import { withoutControls } from "../../src/core/cli/without-controls.ts";

/** Texts beyond this are shown by their beginning. */
const SHOWN_LENGTH = 300;

const GREEN = "\x1b[32m";
const PLAIN = "\x1b[0m";

/** `<sos>Hi<sep>[Hello!<eos><stop>]`; green instead of brackets where there are colours. */
export function markReplies(messages: readonly Message[], options: { colours: boolean }): string {
  const [open, close] = options.colours ? [GREEN, PLAIN] : ["[", "]"];
  let shown = "";
  let inReply = false;
  for (const part of conversationParts(messages)) {
    if (part.reply !== inReply) shown += part.reply ? open : close;
    inReply = part.reply;
    shown += spell(part);
  }
  return inReply ? shown + close : shown;
}

function spell(part: TemplatePart): string {
  if ("special" in part) return `<${part.special}>`;
  const { text } = part;
  return withoutControls(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
}
