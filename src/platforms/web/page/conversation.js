/**
 * What was said, kept in this browser across reloads, and shared by its tabs:
 * what another tab has stored is read before anything is stored here.
 *
 * A message is `{id, role, content}`, and a reply carries how it ended besides:
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
  messages = [];
  #stored; // the text that was stored when it was last read or written here

  constructor() {
    this.readAgain();
  }

  get isEmpty() {
    return this.messages.length === 0;
  }

  /** The last message of the conversation itself. */
  get last() {
    return this.messages.findLast(({ role }) => role !== "notice");
  }

  get hasPrevious() {
    return toMessages(PREVIOUS).length > 0;
  }

  has({ id }) {
    return this.messages.some((message) => message.id === id);
  }

  isLast({ id }) {
    return this.last?.id === id;
  }

  add(words) {
    this.readAgain();
    const message = { id: drawId(), ...words };
    this.#write([...this.messages, message]);
    return message;
  }

  remove({ id }) {
    this.readAgain();
    this.#write(this.messages.filter((message) => message.id !== id));
  }

  /** Keeps what became of a message, also if another tab has started over since. */
  save(message) {
    this.readAgain();
    if (this.has(message)) this.#write(withChanged(this.messages, message));
    else store(PREVIOUS, withChanged(toMessages(PREVIOUS), message));
  }

  /** Starts over; the old conversation stays one step away. */
  clear() {
    this.readAgain();
    if (!this.isEmpty) store(PREVIOUS, this.messages);
    this.#write([]);
  }

  restore() {
    this.readAgain();
    if (this.isEmpty) this.#write(toMessages(PREVIOUS)); // or another tab has begun one
  }

  /** Takes over what other tabs have stored; where nothing can be stored, all there is is here. */
  readAgain() {
    const stored = textOf(CURRENT);
    if (stored === this.#stored) return;
    this.#stored = stored;
    this.messages = toMessages(CURRENT);
  }

  #write(messages) {
    this.messages = messages;
    store(CURRENT, messages);
    this.#stored = textOf(CURRENT);
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

function withChanged(messages, changed) {
  return messages.map((message) => (message.id === changed.id ? changed : message));
}

function drawId() {
  return crypto.getRandomValues(new Uint32Array(2)).join("-");
}

function textOf(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is forbidden
  }
}

function toMessages(name) {
  try {
    const stored = JSON.parse(textOf(name) ?? "[]");
    // Messages of an earlier version have no id yet: every tab must give them the same.
    return stored.filter(isMessage).map((message, at) => ({ id: `${name}-${at}`, ...message }));
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

function store(name, messages) {
  try {
    localStorage.setItem(name, JSON.stringify(messages, withoutFiles));
  } catch {
    // Storage may be full or forbidden: the chat works, it just will not survive a reload.
  }
}
