/**
 * Writes tokenised conversations to disk as they come.
 *
 * Memory holds one buffer and 16 bytes a conversation (its point and its
 * length); tokens lie in reading order, and which split a conversation belongs
 * to is decided at the end, when all are known.
 */

import { open, type FileHandle } from "node:fs/promises";

import type { Conversation } from "../../src/core/chat/conversation.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import {
  indexPath,
  manifestPath,
  peoplePath,
  replyPath,
  tokensPath,
  type ShardManifest,
} from "./manifest.ts";
import { float64List, int32List } from "./number-list.ts";
import { SourceTally } from "./source-tally.ts";
import { PeopleTally } from "./people-tally.ts";
import { pointOf, splitterOf, SPLITS } from "./split.ts";

const BUFFERED_TOKENS = 1 << 18;
/** The largest vocabulary whose ids fit two bytes. */
const TWO_BYTES = 1 << 16;

/** The tokenizer that the tokens belong to. */
export type TokenizerIdentity = Pick<ShardManifest, "tokenizerHash" | "vocabSize" | "sos" | "pad">;

/** Tokens and beside each whether the bot says it; a number where that is not all (see `UNWANTED`). */
export interface MarkedTokens {
  readonly ids: readonly number[];
  readonly reply: readonly (boolean | number)[];
}

export class ShardWriter {
  readonly #folder: string;
  readonly #tokenizer: TokenizerIdentity;
  readonly #tokens: FileHandle;
  readonly #reply: FileHandle;
  readonly #idBuffer: Uint16Array | Uint32Array;
  readonly #replyBuffer = new Uint8Array(BUFFERED_TOKENS);
  #buffered = 0;
  readonly #points = float64List();
  readonly #lengths = int32List();
  readonly #replyLengths = int32List();
  readonly #sources = new SourceTally();
  readonly #people = new PeopleTally();

  static async open(folder: string, tokenizer: TokenizerIdentity): Promise<ShardWriter> {
    const tokens = await open(tokensPath(folder), "w");
    return new ShardWriter(folder, tokenizer, tokens, await open(replyPath(folder), "w"));
  }

  private constructor(
    folder: string,
    tokenizer: TokenizerIdentity,
    tokens: FileHandle,
    reply: FileHandle,
  ) {
    this.#folder = folder;
    this.#tokenizer = tokenizer;
    this.#tokens = tokens;
    this.#reply = reply;
    const Ids = tokenizer.vocabSize <= TWO_BYTES ? Uint16Array : Uint32Array;
    this.#idBuffer = new Ids(BUFFERED_TOKENS);
  }

  async append(conversation: Conversation, { ids, reply }: MarkedTokens): Promise<void> {
    let replies = 0;
    for (let i = 0; i < ids.length; i++) {
      if (this.#buffered === BUFFERED_TOKENS) await this.#flush();
      this.#idBuffer[this.#buffered] = ids[i];
      this.#replyBuffer[this.#buffered++] = Number(reply[i]);
      if (reply[i]) replies++;
    }
    this.#points.push(pointOf(conversation.messages));
    this.#lengths.push(ids.length);
    this.#replyLengths.push(replies);
    this.#sources.add(conversation, ids.length);
    this.#people.add(conversation);
  }

  /** Writes what is left, the indexes and, last of all, the manifest. */
  async finish(dataHash: string): Promise<void> {
    await this.#flush();
    await Promise.all([this.#tokens.sync(), this.#reply.sync()]);
    await this.close();
    const splits = await this.#writeIndexes();
    const manifest: ShardManifest = {
      schema: 1,
      dataHash,
      ...this.#tokenizer,
      bytesPerToken: this.#idBuffer.BYTES_PER_ELEMENT as 2 | 4, // the constructor chose one of the two
      splits,
      sources: this.#sources.counts,
    };
    await writeFileAtomic(peoplePath(this.#folder), JSON.stringify(this.#people.people));
    await writeFileAtomic(manifestPath(this.#folder), `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** Lets go of the files; harmless after `finish`. */
  async close(): Promise<void> {
    await Promise.all([this.#tokens.close(), this.#reply.close()]);
  }

  /** Decides where each conversation belongs, and counts. */
  async #writeIndexes(): Promise<ShardManifest["splits"]> {
    const points = this.#points.values;
    const lengths = this.#lengths.values;
    const replyLengths = this.#replyLengths.values;
    const splitOf = splitterOf(points);
    const splits = { train: noCounts(), validation: noCounts(), test: noCounts() };
    for (const [i, length] of lengths.entries()) {
      const split = splits[splitOf(points[i])];
      split.conversations++;
      split.tokens += length;
      split.replyTokens += replyLengths[i];
    }
    for (const split of SPLITS) {
      const index = new Float64Array(2 * splits[split].conversations);
      let [filled, offset] = [0, 0];
      for (const [i, length] of lengths.entries()) {
        if (splitOf(points[i]) === split) index.set([offset, length], 2 * filled++);
        offset += length;
      }
      await writeFileAtomic(indexPath(this.#folder, split), bytesOf(index));
    }
    return splits;
  }

  async #flush(): Promise<void> {
    await this.#tokens.writeFile(bytesOf(this.#idBuffer.subarray(0, this.#buffered)));
    await this.#reply.writeFile(this.#replyBuffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }
}

function noCounts() {
  return { conversations: 0, tokens: 0, replyTokens: 0 };
}

function bytesOf(values: Float64Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
