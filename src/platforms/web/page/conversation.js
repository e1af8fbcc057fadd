/**
 * What was said, kept in this browser across reloads.
 *
 * A message is `{role, content}`, and a reply carries how it ended besides:
 * `report` (from the server), `stopped`, or `error` in words.
 */

const CURRENT = "lfz.conversation";
const PREVIOUS = "lfz.conversation.previous";

/** More than any context holds; keeps a month-long chat below the server's size limit. */
const MAX_SENT = 100;

export class Conversation {
  messages = readMessages(CURRENT);

  get last() {
    return this.messages.at(-1);
  }

  get hasPrevious() {
    return readMessages(PREVIOUS).length > 0;
  }

  add(message) {
    this.messages.push(message);
    this.save();
    return message;
  }

  /** Takes the last reply back, so that the same question can be asked again. */
  dropReply() {
    if (this.last?.role === "assistant") this.messages.pop();
    this.save();
  }

  /** Starts over; the old conversation stays one step away. */
  clear() {
    if (this.messages.length > 0) write(PREVIOUS, this.messages);
    this.messages = [];
    this.save();
  }

  restore() {
    this.messages = readMessages(PREVIOUS);
    this.save();
  }

  save() {
    write(CURRENT, this.messages);
  }

  /** For the server: only what was really said. */
  toRequest() {
    return this.messages
      .filter(({ content }) => content !== "")
      .slice(-MAX_SENT)
      .map(({ role, content }) => ({ role, content }));
  }
}

function readMessages(name) {
  try {
    const stored = JSON.parse(localStorage.getItem(name) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isMessage) : [];
  } catch {
    return []; // not ours, or from a version that wrote it otherwise
  }
}

function isMessage(value) {
  return ["user", "assistant"].includes(value?.role) && typeof value.content === "string";
}

function write(name, messages) {
  try {
    localStorage.setItem(name, JSON.stringify(messages));
  } catch {
    // Storage may be full or forbidden: the chat works, it just will not survive a reload.
  }
}
