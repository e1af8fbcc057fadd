/**
 * What a tokenizer is to everybody else: text to ids, ids to bytes.
 *
 * Knows the six special tokens of our chat template and nothing of how text
 * is cut; `byte-pair-tokenizer.ts` does that.
 */

import { HintedError } from "../errors.ts";

export type TokenId = number;

export interface EncodeOptions {
  /**
   * The special tokens that may be written out in the text, such as `<sos>`;
   * none by default, so that what people type never becomes one.
   */
  readonly allowedSpecial?: ReadonlySet<string> | "all";
}

export interface Tokenizer {
  /** One more than the highest id. */
  readonly vocabSize: number;
  /** SHA-256 of the tokenizer.json it writes: equal hashes, equal ids for every text. */
  readonly hash: string;
  /** The ids of our chat template, where the vocabulary has all six. */
  readonly specials?: SpecialTokens | undefined;
  /** Never yields a special id unless `allowedSpecial` says so. */
  encode(text: string, options?: EncodeOptions): TokenId[];
  /** The text that ids spell; special tokens spell nothing. */
  decode(ids: Iterable<TokenId>): string;
  /** Empty for special tokens and for ids that spell nothing. */
  bytesOf(id: TokenId): Uint8Array;
  isSpecial(id: TokenId): boolean;
}

/** Our special tokens in the order of their ids in a vocabulary trained here. */
export const SPECIAL_NAMES = ["sos", "sep", "eos", "pad", "unk", "stop"] as const;
export type SpecialName = (typeof SPECIAL_NAMES)[number];
export type SpecialTokens = Readonly<Record<SpecialName, TokenId>>;

/** How a special token is written: `<sos>`. */
export const spellingOf = (name: SpecialName): string => `<${name}>`;

export interface ChatTokenizer extends Tokenizer {
  readonly specials: SpecialTokens;
}

/** @throws HintedError if the vocabulary lacks the special tokens of our template; `source` is its file. */
export function requireChatTokenizer(tokenizer: Tokenizer, source: string): ChatTokenizer {
  if (isChatTokenizer(tokenizer)) return tokenizer;
  const names = SPECIAL_NAMES.map(spellingOf).join(" ");
  throw new HintedError(`${source} lacks special tokens of the chat template (${names}).`, {
    hint: "Name a folder that `lfz train` or `lfz tokenizer train` made.",
  });
}

function isChatTokenizer(tokenizer: Tokenizer): tokenizer is ChatTokenizer {
  return tokenizer.specials !== undefined;
}

/** How many bytes each id spells: what turns nats per token into bits per byte. */
export function byteLengths(tokenizer: Tokenizer): Uint32Array {
  return Uint32Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.bytesOf(id).length);
}
