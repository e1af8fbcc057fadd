/** One message on the page: its text, what is to be said about it, and what can be done with it. */

import { buttonOf, elementOf } from "./dom.js";
import { feedbackOf } from "./feedback.js";
import { toNodes } from "./formatting.js";

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** How long "Copied" stands on the button, in milliseconds. */
const COPIED_FOR = 1600;

export function userElement({ content }) {
  const item = itemOf("user", "You");
  item.append(elementOf("div", "bubble", content));
  return item;
}

/**
 * `onRetry` is given for the newest reply only, which also speaks for the whole
 * chat; `onChange` and `onError` for what is said of it.
 */
export function replyElement(message, { onRetry, ...onFeedback } = {}) {
  const item = itemOf("assistant", "The model");
  const { content, report, error, leftOut = 0 } = message;
  const unread = report ? report.dropped_turns + leftOut : 0;
  if (report?.cut) item.append(note(CUT_TEXT));
  else if (onRetry && unread > 0) item.append(note(unreadText(unread)));
  item.append(elementOf("div", "reply", ...toNodes(content)));
  if (error) item.append(note(error, "error"));
  else if (content.trim() === "") item.append(note(emptyText(message)));
  const feedback = report?.reply_id ? feedbackOf(message, onFeedback) : undefined;
  item.append(actionsOf(message, feedback?.buttons ?? [], onRetry));
  if (feedback) item.append(feedback.panel);
  return item;
}

/** A reply that is being written: show its text with `update`. */
export function writingElement(waitingText) {
  const item = itemOf("assistant", "The model");
  item.classList.add("writing");
  const waiting = elementOf("p", "waiting", elementOf("span", "", waitingText));
  const text = elementOf("div", "reply", waiting);
  item.append(text);
  return { item, update: (content) => text.replaceChildren(...toNodes(content)) };
}

/** "1,060 tokens/s, first word after 38 ms", and why it ended where it is not plain to see. */
function factsOf({ report, stopped }) {
  const facts = [];
  if (report?.tokens_per_second > 0) {
    facts.push(`${count.format(report.tokens_per_second)} tokens/s`);
  }
  if (report?.first_token_ms >= 0) {
    facts.push(`first word after ${count.format(report.first_token_ms)} ms`);
  }
  if (report?.finishReason === "length") facts.push("cut off at the longest reply");
  if (report?.finishReason === "content_filter") {
    facts.push("ended before it repeated what somebody said in private");
  }
  if (stopped) facts.push("stopped");
  return facts.join(" · ");
}

function actionsOf(message, feedbackButtons, onRetry) {
  const row = elementOf("div", "actions", ...feedbackButtons);
  if (message.content !== "") row.append(copyButton(message.content));
  if (onRetry) row.append(buttonOf("action", onRetry, message.error ? "Try again" : "Retry"));
  const facts = factsOf(message);
  if (facts !== "") row.append(elementOf("span", "facts", facts));
  return row;
}

function copyButton(content) {
  const copy = buttonOf("action", copyContent, "Copy");
  async function copyContent() {
    try {
      await navigator.clipboard.writeText(content);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "The browser forbids it"; // clipboards need https or localhost
    }
    setTimeout(() => {
      copy.textContent = "Copy";
    }, COPIED_FOR);
  }
  return copy;
}

const CUT_TEXT = "Your message was longer than the model can read: it read its end.";

function unreadText(exchanges) {
  const what = exchanges === 1 ? "its oldest exchange" : `its ${exchanges} oldest exchanges`;
  return `The chat is longer than the model can read: it no longer sees ${what}.`;
}

function emptyText({ stopped }) {
  return stopped ? "Stopped before the first word." : "The model had nothing to say to that.";
}

function itemOf(role, speaker) {
  return elementOf("li", `message ${role}`, elementOf("span", "for-readers", `${speaker}:`));
}

function note(text, kind = "plain") {
  return elementOf("p", `note ${kind}`, text);
}
