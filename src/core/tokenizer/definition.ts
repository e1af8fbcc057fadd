/**
 * All that decides which ids a text gets, as plain data: what tokenizer.json
 * says, without its spelling.
 */

import { SPECIAL_NAMES, spellingOf, type TokenId } from "./tokenizer.ts";

export interface TokenizerDefinition {
  /** The bytes an id spells; nothing for added tokens and for gaps in the numbering. */
  readonly pieces: readonly (Uint8Array | undefined)[];
  readonly added: readonly AddedToken[];
  readonly merges: Merges;
  readonly normalize: "NFC" | undefined;
  readonly split: readonly SplitStep[];
  /** Llama 3's rule: a whole pre-token that is in the vocabulary is not taken apart. */
  readonly ignoreMerges: boolean;
  /** Stands for bytes that an imported vocabulary lacks; without it they are dropped. */
  readonly unknown: TokenId | undefined;
}

/** A token found by its spelling, before anything else looks at the text. */
export interface AddedToken {
  readonly id: TokenId;
  readonly content: string;
  /** Special tokens spell no text, and text spells them only where allowed. */
  readonly special: boolean;
}

/** Merge number i joins `left[i]` and `right[i]` into `result[i]`; lower numbers go first. */
export interface Merges {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly result: Int32Array;
}

/** A step that cuts text into pre-tokens, in Hugging Face's words. */
export type SplitStep =
  | {
      readonly type: "Split";
      /** In Oniguruma's dialect, or text to be found literally. */
      readonly pattern: { readonly Regex: string } | { readonly String: string };
      /** Isolated keeps matches and what lies between; Removed drops one of the two. */
      readonly behavior: "Isolated" | "Removed";
      /** With Removed: what lies between the matches goes, the matches stay. */
      readonly invert: boolean;
    }
  | { readonly type: "Digits"; readonly individual_digits: boolean }
  | {
      readonly type: "ByteLevel";
      readonly add_prefix_space: boolean;
      readonly use_regex: boolean;
    };

/**
 * Our split: the one of GPT-4 as Llama 3 spells it. English contractions,
 * words with the space or sign before them, up to three digits, runs of
 * punctuation, line ends, other space.
 *
 * Written without `(?i:)` and `\s`, which engines read differently (U+017F is
 * an s to some, U+0085 no space to others): this form means the same to all.
 */
const WORDS = [
  String.raw`'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])`,
  String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`,
  String.raw`\p{N}{1,3}`,
  String.raw` ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*`,
  String.raw`\p{White_Space}*[\r\n]+`,
  String.raw`\p{White_Space}+(?!\P{White_Space})`,
  String.raw`\p{White_Space}+`,
].join("|");

export const OUR_SPLIT: readonly SplitStep[] = [
  { type: "Split", pattern: { Regex: WORDS }, behavior: "Isolated", invert: false },
  { type: "ByteLevel", add_prefix_space: false, use_regex: false },
];

/** Where the 256 bytes begin in a vocabulary of ours: right after the special tokens. */
export const FIRST_BYTE = SPECIAL_NAMES.length;
/** A vocabulary of ours that has learnt nothing yet. */
export const SMALLEST_VOCABULARY = FIRST_BYTE + 256;

/** A vocabulary of ours: special tokens, the bytes in order, then what the merges make. */
export function ourDefinition(
  pairs: readonly (readonly [left: TokenId, right: TokenId])[],
  normalize: "NFC" | undefined,
): TokenizerDefinition {
  const pieces: (Uint8Array | undefined)[] = SPECIAL_NAMES.map(() => undefined);
  for (let byte = 0; byte < 256; byte++) pieces.push(Uint8Array.of(byte));
  for (const [left, right] of pairs) pieces.push(joined(pieces[left], pieces[right]));
  return {
    pieces,
    added: SPECIAL_NAMES.map((name, id) => ({ id, content: spellingOf(name), special: true })),
    merges: {
      left: Int32Array.from(pairs, ([left]) => left),
      right: Int32Array.from(pairs, ([, right]) => right),
      result: Int32Array.from(pairs, (_, rank) => SMALLEST_VOCABULARY + rank),
    },
    normalize,
    split: OUR_SPLIT,
    ignoreMerges: false,
    unknown: undefined,
  };
}

/** One more than the highest id. */
export function vocabSizeOf({ pieces, added }: TokenizerDefinition): number {
  return added.reduce((size, { id }) => Math.max(size, id + 1), pieces.length);
}

function joined(left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array {
  if (!left || !right) throw new RangeError("A merge names an id that spells nothing.");
  const bytes = new Uint8Array(left.length + right.length);
  bytes.set(left);
  bytes.set(right, left.length);
  return bytes;
}
