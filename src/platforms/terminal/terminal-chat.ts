/**
 * The terminal as a place where the bot is met: one person, one conversation,
 * replies that grow to the right.
 *
 * Whoever sits here owns the machine, and may do everything.
 */

import type {
  Bot,
  ChatMessage,
  PastMessage,
  Person,
  Place,
  ReplyView,
  Stage,
} from "../../chat/platform.ts";
import { giveLine } from "../../chat/commands/give-line.ts";
import { toPrintable } from "./printable.ts";

const PLACE: Place = { platform: "terminal", channel: "terminal", isDirect: true };
const OWNER: Person = { id: "owner", name: "You", isBot: false, roles: [], isManager: true };
const BOT: Person = { id: "bot", name: "Bot", isBot: true, roles: [], isManager: false };

/** Between two pieces of text, in milliseconds: faster than anybody reads. */
const PACE = 30;

export interface TerminalOutput {
  write(text: string): void;
  note(text: string): void;
}

export class TerminalChat {
  readonly #bot: Bot;
  readonly #output: TerminalOutput;
  readonly #now: () => number;
  readonly #said: PastMessage[] = [];
  #writing: string | undefined;

  constructor(bot: Bot, output: TerminalOutput, now: () => number) {
    this.#bot = bot;
    this.#output = output;
    this.#now = now;
  }

  /** Resolves when the reply is over. */
  async say(text: string): Promise<void> {
    const message: ChatMessage = {
      id: `${this.#now()}-${this.#said.length}`,
      place: PLACE,
      author: OWNER,
      text,
      address: "command",
      attachments: 0,
      at: this.#now(),
    };
    await this.#bot.hear(message, this.#stageOf(message));
  }

  /** A line like `persona You are a pirate`, without its slash. */
  async command(line: string): Promise<void> {
    const { text, ask, file } = await giveLine(line, { person: OWNER, place: PLACE }, this.#bot);
    if (ask !== undefined) return this.say(ask);
    this.#output.note(toPrintable(withoutMarks(text)));
    if (file) this.#output.note(toPrintable(file.text));
  }

  /** Ends the reply that is being written; false if there is none. */
  async stop(): Promise<boolean> {
    if (this.#writing === undefined) return false;
    await this.#bot.stop(this.#writing, OWNER);
    return true;
  }

  #stageOf(message: ChatMessage): Stage {
    return {
      history: async (limit) => this.#said.slice(-limit),
      notify: async (words) => this.#output.note(toPrintable(words)),
      open: (replyId) => this.#viewOf(replyId, message),
    };
  }

  #viewOf(replyId: string, { id, author, text: question, at }: ChatMessage): ReplyView {
    let written = "";
    const write = (text: string) => {
      this.#output.write(toPrintable(text.slice(written.length)));
      written = text;
    };
    this.#writing = replyId;
    return {
      messages: [], // none is to be read before it is whole
      pace: PACE,
      begin: async () => {},
      show: async (text) => write(text),
      finish: async ({ outcome, text, notes }) => {
        this.#writing = undefined;
        write(text);
        this.#output.write("\n");
        if (outcome === "silent") this.#output.note("(I have nothing to say to that.)");
        for (const note of notes) this.#output.note(`(${withoutMarks(note)})`);
        const own = { author: BOT, isOwn: true, isNotice: false, at: this.#now() };
        this.#said.push({ id, author, isOwn: false, isNotice: false, at, text: question });
        if (text !== "") this.#said.push({ ...own, id: replyId, text });
        return [replyId];
      },
    };
  }
}

/** Marks of emphasis and code mean nothing here. */
function withoutMarks(text: string): string {
  return text.replaceAll(/\*\*|`/g, "");
}
