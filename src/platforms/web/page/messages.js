/** One message on the page: its text, what is to be said about it, and what can be done with it. */

import { toNodes } from "./formatting.js";

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** How long "Copied" stands on the button, in milliseconds. */
const COPIED_FOR = 1600;

export function userElement({ content }) {
  const item = itemOf("user", "You");
  const text = document.createElement("div");
  text.className = "bubble";
  text.textContent = content;
  item.append(text);
  return item;
}

/** `onRetry` is given for the newest reply only, which also speaks for the whole chat. */
export function replyElement(message, { onRetry } = {}) {
  const item = itemOf("assistant", "The model");
  const { content, report, error } = message;
  if (onRetry && report?.dropped_turns > 0) item.append(note(droppedText(report.dropped_turns)));
  const text = document.createElement("div");
  text.className = "reply";
  text.append(...toNodes(content));
  item.append(text);
  if (error) item.append(note(error, "error"));
  else if (content.trim() === "") item.append(note(emptyText(message)));
  item.append(actionsOf(message, onRetry));
  return item;
}

/** A reply that is being written: show its text with `update`. */
export function writingElement(waitingText) {
  const item = itemOf("assistant", "The model");
  item.classList.add("writing");
  const text = document.createElement("div");
  text.className = "reply";
  const waiting = document.createElement("p");
  waiting.className = "waiting";
  waiting.append(span(waitingText));
  text.append(waiting);
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
  if (stopped) facts.push("stopped");
  return facts.join(" · ");
}

function actionsOf(message, onRetry) {
  const row = document.createElement("div");
  row.className = "actions";
  if (message.content !== "") row.append(copyButton(message.content));
  if (onRetry) row.append(button(message.error ? "Try again" : "Retry", onRetry));
  const facts = factsOf(message);
  if (facts !== "") {
    const text = span(facts);
    text.className = "facts";
    row.append(text);
  }
  return row;
}

function copyButton(content) {
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(content);
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "The browser forbids it"; // clipboards need https or localhost
    }
    setTimeout(() => {
      copy.textContent = "Copy";
    }, COPIED_FOR);
  });
  return copy;
}

function droppedText(turns) {
  const what = turns === 1 ? "its oldest exchange" : `its ${turns} oldest exchanges`;
  return `The chat is longer than the model can read: it no longer sees ${what}.`;
}

function emptyText({ stopped }) {
  return stopped ? "Stopped before the first word." : "The model had nothing to say to that.";
}

function itemOf(role, speaker) {
  const item = document.createElement("li");
  item.className = `message ${role}`;
  const label = span(`${speaker}:`);
  label.className = "for-readers";
  item.append(label);
  return item;
}

function note(text, kind = "plain") {
  const paragraph = document.createElement("p");
  paragraph.className = `note ${kind}`;
  paragraph.textContent = text;
  return paragraph;
}

function button(text, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "action";
  element.textContent = text;
  element.addEventListener("click", onClick);
  return element;
}

function span(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}
