/**
 * One reply in a thread: a status at once, a native stream while it grows,
 * buttons at its end. Where the stream breaks, edits take over.
 */

import type { Clock } from "../../../chat/clock.ts";
import type { ReplyEnd, ReplyView } from "../../../chat/platform.ts";
import { reasonOf } from "../../../core/errors.ts";
import type { Log } from "../../../log.ts";
import { EditWriter, NOTHING } from "./edit-writer.ts";
import { endBlocks, writingBlocks, type ReplyBlock } from "./reply-blocks.ts";
import { ReplySigns, type ShownSigns } from "./reply-signs.ts";
import type { ReplyTarget } from "./reply-target.ts";
import { defuse, settledPart } from "./safe-text.ts";
import { StreamWriter } from "./stream-writer.ts";

/** The end is tried so often: it is what stays. */
const ATTEMPTS = 3;
const BETWEEN_ATTEMPTS = 2000;

export interface ReplyViewOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Messages of an earlier reply that this one takes the place of. */
  readonly replaces?: readonly string[];
  /** The reply is over. */
  readonly onEnd: () => void;
}

export class SlackReplyView implements ReplyView {
  readonly #target: ReplyTarget;
  readonly #options: ReplyViewOptions;
  #writer: StreamWriter | EditWriter;
  readonly #signs: ReplySigns;
  #shownSigns: Promise<ShownSigns> | undefined;

  constructor(target: ReplyTarget, options: ReplyViewOptions) {
    this.#target = target;
    this.#options = options;
    this.#signs = new ReplySigns(target, options.log);
    const open = options.replaces ?? [];
    this.#writer =
      open.length > 0
        ? new EditWriter(target, { ...NOTHING, open })
        : new StreamWriter(target, options.clock, []);
  }

  get pace(): number {
    return this.#writer.pace;
  }

  /** The messages it consists of so far. */
  get messages(): readonly string[] {
    return this.#writer.messages;
  }

  async begin(): Promise<void> {
    await this.#begun();
  }

  async show(text: string): Promise<void> {
    const signs = await this.#begun();
    const safe = defuse(settledPart(text)).trim(); // as the end will be
    const writer = this.#freshWriter(signs.session);
    if (safe === "" && writer instanceof StreamWriter) {
      if (!writer.hasBegun && signs.status) return; // the status says that it is being thought of
      return (await this.#toEdits()).write("", this.#whileWriting);
    }
    if (writer instanceof EditWriter) return writer.write(safe, this.#whileWriting);
    try {
      await writer.write(safe);
    } catch (error) {
      this.#options.log.info("stream given up", { reason: reasonOf(error) });
      await (await this.#toEdits()).write(safe, this.#whileWriting);
    }
  }

  async finish(end: ReplyEnd): Promise<readonly string[]> {
    try {
      return await this.#finish(end);
    } finally {
      this.#options.onEnd();
    }
  }

  async #finish(end: ReplyEnd): Promise<readonly string[]> {
    const { outcome, notes, controls } = end;
    if (outcome === "silent" || outcome === "withdrawn") return this.#vanish(end);
    const blocks = endBlocks(this.#target.replyId, notes, controls);
    const text = defuse(end.text);
    const streamed = await this.#endStream(text, blocks);
    const messages = streamed ?? (await this.#endEdits(text, blocks));
    await this.#signs.end(await this.#begun());
    return messages;
  }

  /** Nothing if the end has to be written by edits. */
  async #endStream(
    text: string,
    blocks: readonly ReplyBlock[],
  ): Promise<readonly string[] | undefined> {
    const { session } = await this.#begun();
    const writer = this.#freshWriter(session);
    if (!(writer instanceof StreamWriter)) return undefined;
    // Without Slack's stop button the message carries ours, which only an edit takes away.
    const mustEdit = text === "" || (!session && writer.hasBegun);
    if (mustEdit) return undefined;
    try {
      return await writer.end(text, blocks);
    } catch (error) {
      this.#options.log.info("stream given up", { reason: reasonOf(error) });
      return undefined;
    }
  }

  async #endEdits(text: string, blocks: readonly ReplyBlock[]): Promise<readonly string[]> {
    const writer = await this.#toEdits();
    for (let attempt = 1; ; attempt++) {
      try {
        await writer.write(text, blocks);
        return writer.messages;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        this.#options.log.warn("end not shown", { reason: reasonOf(error) });
        await this.#options.clock.sleep(BETWEEN_ATTEMPTS);
      }
    }
  }

  async #vanish({ acknowledge }: ReplyEnd): Promise<readonly string[]> {
    await this.#writer.withdraw();
    await this.#signs.clear(await this.#begun());
    if (acknowledge) await this.#signs.markAsRead();
    return [];
  }

  #begun(): Promise<ShownSigns> {
    return (this.#shownSigns ??= this.#signs.begin());
  }

  /** What was not begun yet can still be begun with our own stop button. */
  #freshWriter(hasSession: boolean): StreamWriter | EditWriter {
    const isUntouched = this.#writer instanceof StreamWriter && !this.#writer.hasBegun;
    if (isUntouched && !hasSession) {
      const { clock } = this.#options;
      this.#writer = new StreamWriter(this.#target, clock, this.#whileWriting);
    }
    return this.#writer;
  }

  async #toEdits(): Promise<EditWriter> {
    if (this.#writer instanceof StreamWriter) {
      this.#writer = new EditWriter(this.#target, await this.#writer.handOver());
    }
    return this.#writer;
  }

  get #whileWriting(): readonly ReplyBlock[] {
    return writingBlocks(this.#target.replyId);
  }
}
