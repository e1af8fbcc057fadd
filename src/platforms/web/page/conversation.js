/**
 * What was said, kept in this browser across reloads.
 *
 * A message is `{role, content}`, and a reply carries how it ended besides:
 * `report` (from the server), `stopped`, or `error` in words; `leftOut`, how many
 * exchanges were too long ago to be sent for it; and `feedback`, what the person
 * said of it. A `notice` is the bot's answer to a command, no part of what is
 * said: `line` is the command, `failed` if it was refused; its `file` is not kept
 * over a reload.
 */

/** Under which name the browser keeps it, for all tabs. */
export const CURRENT = "lfz.conversation";
const PREVIOUS = "lfz.conversation.previous";

/** More than any context holds, and below the server's limit of 1 MB: as JSON a character is six bytes at most. */
const MAX_MESSAGES = 100;
const MAX_CHARACTERS = 150_000;

export class Conversation {
  messages = readMessages(CURRENT);

  get isEmpty() {
    return this.messages.length === 0;
  }

  /** The last message of the conversation itself. */
  get last() {
    return this.messages.findLast(({ role }) => role !== "notice");
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
    const reply = this.last;
    if (reply?.role === "assistant") this.remove(reply);
  }

  remove(message) {
    this.messages = this.messages.filter((other) => other !== message);
    this.save();
  }

  /** Starts over; the old conversation stays one step away. */
  clear() {
    if (!this.isEmpty) write(PREVIOUS, this.messages);
    this.messages = [];
    this.save();
  }

  restore() {
    this.messages = readMessages(PREVIOUS);
    this.save();
  }

  readAgain() {
    this.messages = readMessages(CURRENT);
  }

  save() {
    write(CURRENT, this.messages);
  }

  /** For the server: only what was really said, and of that the end; `leftOut` exchanges were before it. */
  toRequest() {
    const said = this.messages.filter(({ role, content }) => role !== "notice" && content !== "");
    const sent = [];
    let room = MAX_CHARACTERS;
    for (const { role, content } of said.slice(-MAX_MESSAGES).reverse()) {
      if (room === 0) break;
      const end = content.slice(-room);
      sent.unshift({ role, content: fromWholeCharacter(end) });
      room -= end.length;
    }
    return { sent, leftOut: countExchanges(said) - countExchanges(sent) };
  }
}

/** As the server counts them: each begins with the user's words, the first one with whatever there is. */
function countExchanges(messages) {
  return messages.filter(
    ({ role }, at) => at === 0 || (role === "user" && messages[at - 1].role !== "user"),
  ).length;
}

/** Drops half a surrogate pair at the start. */
function fromWholeCharacter(text) {
  return text.replace(/^[\udc00-\udfff]/, "");
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
  return ["user", "assistant", "notice"].includes(value?.role) && typeof value.content === "string";
}

/** A file may be large, and all about somebody: it is there to be downloaded at once. */
function withoutFiles(key, value) {
  return key === "file" ? undefined : value;
}

function write(name, messages) {
  try {
    localStorage.setItem(name, JSON.stringify(messages, withoutFiles));
  } catch {
    // Storage may be full or forbidden: the chat works, it just will not survive a reload.
  }
}
