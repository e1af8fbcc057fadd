/**
 * Tokenised conversations on disk, read where they are needed.
 *
 * Memory holds the index (16 bytes a conversation); tokens come through
 * positioned reads, which the system serves from its page cache. What is open
 * can be read when its folder is gone. Knows nothing of text, nor of batches.
 */

import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";

import { HintedError } from "../../src/core/errors.ts";
import { People } from "../../src/core/experiment/lineage.ts";
import {
  indexPath,
  manifestPath,
  peoplePath,
  replyPath,
  ShardManifest,
  tokensPath,
} from "./manifest.ts";
import type { SplitName } from "./split.ts";

export interface TokenRange {
  readonly ids: Int32Array;
  /** 1 where the bot speaks; 2 where it should not have said that, in preferences. */
  readonly reply: Uint8Array;
}

export interface Shard {
  readonly conversations: number;
  readonly tokens: number;
  readonly sos: number;
  readonly pad: number;
  /** Tokens of conversation `i`. */
  length(i: number): number;
  /** Its tokens from `start` up to, not including, `end`. */
  read(i: number, start: number, end: number): TokenRange;
}

export interface ShardSet {
  readonly folder: string;
  readonly manifest: ShardManifest;
  readonly people: People;
  split(name: SplitName): Shard;
  close(): void;
}

/** @throws HintedError if the folder does not hold whole shards */
export function openShards(folder: string): ShardSet {
  const { manifest, people, indexes, tokens, reply } = openParts(folder);
  const close = () => {
    closeSync(tokens);
    closeSync(reply);
  };
  const counted = Object.values(manifest.splits).reduce((sum, split) => sum + split.tokens, 0);
  if (
    fstatSync(tokens).size !== counted * manifest.bytesPerToken ||
    fstatSync(reply).size !== counted
  ) {
    close();
    throw damaged(folder);
  }
  return {
    folder,
    manifest,
    people,
    split: (name) => toSplit(name, indexes[name], manifest, { tokens, reply }),
    close,
  };
}

function openParts(folder: string) {
  try {
    const manifest = ShardManifest.parse(jsonOf(manifestPath(folder)));
    return {
      manifest,
      people: People.parse(jsonOf(peoplePath(folder))),
      indexes: {
        train: readIndex(folder, "train", manifest),
        validation: readIndex(folder, "validation", manifest),
        test: readIndex(folder, "test", manifest),
      },
      tokens: openSync(tokensPath(folder), "r"),
      reply: openSync(replyPath(folder), "r"),
    };
  } catch (cause) {
    throw damaged(folder, cause);
  }
}

function jsonOf(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** First token and length of each conversation. */
function readIndex(folder: string, name: SplitName, { splits }: ShardManifest): Float64Array {
  const bytes = readFileSync(indexPath(folder, name));
  if (bytes.length !== splits[name].conversations * 16) throw damaged(folder);
  return toFloat64(bytes);
}

function toSplit(
  name: SplitName,
  index: Float64Array,
  { bytesPerToken, splits, sos, pad }: ShardManifest,
  files: { readonly tokens: number; readonly reply: number },
): Shard {
  const { conversations, tokens } = splits[name];
  const Ids = bytesPerToken === 2 ? Uint16Array : Uint32Array;
  return {
    conversations,
    tokens,
    sos,
    pad,
    length: (i) => index[2 * i + 1],
    read(i, start, end) {
      const first = index[2 * i] + start;
      const ids = new Ids(end - start);
      const reply = new Uint8Array(end - start);
      readSync(files.tokens, ids, 0, ids.byteLength, first * bytesPerToken);
      readSync(files.reply, reply, 0, reply.byteLength, first);
      return { ids: new Int32Array(ids), reply };
    },
  };
}

/** Without a copy where it lies well; small buffers are parts of a pool. */
function toFloat64(bytes: Buffer): Float64Array {
  const aligned = bytes.byteOffset % Float64Array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, length } = aligned ? bytes : Uint8Array.from(bytes);
  return new Float64Array(buffer, byteOffset, length / Float64Array.BYTES_PER_ELEMENT);
}

function damaged(folder: string, cause?: unknown): HintedError {
  return new HintedError(`${folder} does not hold whole training shards.`, {
    hint: "Delete the folder; it is made again from the conversations.",
    cause,
  });
}
