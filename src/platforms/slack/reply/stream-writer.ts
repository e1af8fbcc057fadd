/**
 * A reply written as a native stream: text is only ever added.
 *
 * A stream lives about five minutes and holds 12,000 characters; before
 * either is reached the reply goes on in a new one. Any failure is final:
 * `handOver` says what stands, and an `EditWriter` goes on from there.
 */

import type { types } from "@slack/bolt";

import type { Clock } from "../../../chat/clock.ts";
import { fenceAfter, goodCut } from "../../../chat/split.ts";
import { NOTHING, type Beginnings } from "./edit-writer.ts";
import { MARKDOWN_LIMIT, type ReplyBlock } from "./reply-blocks.ts";
import { refusalOf } from "../conversation/workspace.ts";
import { remove, startStream, type ReplyTarget } from "./reply-target.ts";

const ROLL_AFTER = 4 * 60_000;
const REFUSED_BLOCKS = new Set(["invalid_chunks", "invalid_blocks", "invalid_arguments"]);

interface OpenStream {
  readonly ts: string;
  readonly startedAt: number;
  /** How much of the reply stands before it, and what opens its text. */
  readonly from: number;
  readonly opening: string;
  text: string;
}

export class StreamWriter {
  readonly pace = 1000;
  readonly #target: ReplyTarget;
  readonly #clock: Clock;
  readonly #stopBlocks: readonly ReplyBlock[];
  readonly #complete: string[] = [];
  #stream: OpenStream | undefined;
  /** All of the reply that was taken, sent or skipped between two messages. */
  #taken = "";
  #opening = "";

  /** `stopBlocks` stand in the message while it is written: how to end it, where Slack has no button for it. */
  constructor(target: ReplyTarget, clock: Clock, stopBlocks: readonly ReplyBlock[]) {
    this.#target = target;
    this.#clock = clock;
    this.#stopBlocks = stopBlocks;
  }

  get hasBegun(): boolean {
    return this.messages.length > 0;
  }

  /** The messages of the reply, in order. */
  get messages(): readonly string[] {
    return this.#stream ? [...this.#complete, this.#stream.ts] : this.#complete;
  }

  /** `text` is all of it so far. */
  async write(text: string): Promise<void> {
    if (!text.startsWith(this.#taken)) throw new Error("What was streamed cannot be taken back.");
    for (;;) {
      const rest = text.slice(this.#taken.length);
      if (rest.trim() === "") return;
      if (this.#stream && this.#clock.now() - this.#stream.startedAt >= ROLL_AFTER) {
        await this.#roll();
        continue;
      }
      const room = MARKDOWN_LIMIT - (this.#stream?.text ?? this.#opening).length;
      const piece = rest.length <= room ? rest : rest.slice(0, goodCut(rest, room));
      await this.#append(piece);
      if (piece.length < rest.length) await this.#roll();
    }
  }

  /** Writes what is left and ends the stream with these blocks. */
  async end(text: string, blocks: readonly ReplyBlock[]): Promise<readonly string[]> {
    await this.write(text);
    if (!this.#stream) throw new Error("There is no stream to end.");
    await this.#stop([], blocks);
    return this.#complete;
  }

  /** Ends what can be ended; what stands is left to somebody who can edit. */
  async handOver(): Promise<Beginnings> {
    const stream = this.#stream;
    const complete = [...this.#complete];
    const open = stream ? [stream.ts] : [];
    await this.#stop([], []).catch(() => {}); // it has ended by itself; its message can be edited
    this.#stream = undefined;
    // Our own stop button stands in every message, and must go from every one.
    if (this.#stopBlocks.length > 0) return { ...NOTHING, open: [...complete, ...open] };
    const text = this.#taken.slice(0, stream?.from);
    return { complete, text, opening: stream?.opening ?? this.#opening, open };
  }

  async withdraw(): Promise<void> {
    const { complete, open } = await this.handOver();
    for (const ts of [...complete, ...open]) await remove(this.#target, ts);
  }

  async #append(piece: string): Promise<void> {
    const stream = this.#stream;
    if (stream) {
      const { workspace, channel } = this.#target;
      const chunks = [chunkOf(piece)];
      await workspace.client.chat.appendStream({ channel, ts: stream.ts, chunks });
      stream.text += piece;
    } else await this.#start(piece);
    this.#taken += piece;
  }

  async #start(piece: string): Promise<void> {
    const isFirst = !this.hasBegun;
    const indent = isFirst || this.#opening !== "" ? 0 : piece.length - piece.trimStart().length;
    const text = this.#opening + piece.slice(indent);
    const startedAt = this.#clock.now();
    const ts = await this.#startWithButton(chunkOf(text));
    const from = this.#taken.length;
    this.#stream = { ts, startedAt, from, opening: this.#opening, text };
  }

  /** Text matters more than the button, where Slack does not take both. */
  async #startWithButton(chunk: types.AnyChunk): Promise<string> {
    try {
      return await startStream(this.#target, [chunk, ...blocksChunk(this.#stopBlocks)]);
    } catch (error) {
      const isRefused = REFUSED_BLOCKS.has(refusalOf(error) ?? "");
      if (this.#stopBlocks.length === 0 || !isRefused) throw error;
      return startStream(this.#target, [chunk]);
    }
  }

  /** Ends this message in good order, and the next will go on. */
  async #roll(): Promise<void> {
    const fence = fenceAfter(this.#stream?.text ?? "");
    await this.#stop(fence ? [chunkOf(`\n${fence.mark}`)] : [], []);
    this.#opening = fence ? `${fence.line}\n` : "";
  }

  async #stop(chunks: types.AnyChunk[], blocks: readonly ReplyBlock[]): Promise<void> {
    if (!this.#stream) return;
    const { workspace, channel } = this.#target;
    const { ts } = this.#stream;
    await workspace.client.chat.stopStream({
      channel,
      ts,
      ...(chunks.length > 0 && { chunks }),
      ...(blocks.length > 0 && { blocks: [...blocks] }),
    });
    this.#complete.push(ts);
    this.#stream = undefined;
  }
}

function chunkOf(text: string): types.MarkdownTextChunk {
  return { type: "markdown_text", text };
}

function blocksChunk(blocks: readonly ReplyBlock[]): types.BlocksChunk[] {
  return blocks.length > 0 ? [{ type: "blocks", blocks: [...blocks] }] : [];
}
