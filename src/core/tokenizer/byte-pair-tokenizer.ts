/**
 * Byte-level BPE: text is cut into pre-tokens, each becomes its UTF-8 bytes,
 * and neighbours are merged in the order the merges were learnt.
 *
 * Knows a definition; not files. Any text encodes and decodes to itself, but
 * for lone surrogates, which are no text and become U+FFFD.
 */

import { sha256Of } from "../files.ts";
import { vocabSizeOf, type AddedToken, type TokenizerDefinition } from "./definition.ts";
import { definitionToJson } from "./definition-to-json.ts";
import { mergeAll } from "./merge.ts";
import { PairTable } from "./pair-table.ts";
import { escapePattern } from "./pattern.ts";
import { toPreTokenizer, type PreTokenizer } from "./pre-tokenizer.ts";
import {
  SPECIAL_NAMES,
  spellingOf,
  type ChatTokenizer,
  type EncodeOptions,
  type SpecialTokens,
  type TokenId,
  type Tokenizer,
} from "./tokenizer.ts";
import { toText } from "./streaming-decoder.ts";

/** Whole pre-tokens remembered; natural text repeats a few ten thousand. */
const REMEMBERED = 1 << 16;
/** Longer pre-tokens hardly come twice. */
const REMEMBERED_LENGTH = 64;
const NOTHING = new Uint8Array(0);
const ABSENT = -1;

export class BytePairTokenizer implements Tokenizer {
  readonly definition: TokenizerDefinition;
  readonly vocabSize: number;
  readonly specials: SpecialTokens | undefined;

  readonly #split: PreTokenizer;
  readonly #table: PairTable;
  readonly #idOfByte: Int32Array;
  /** With `ignoreMerges`: every id by the bytes it spells, as a Latin-1 string. */
  readonly #wholes: ReadonlyMap<string, TokenId>;
  readonly #specialIds: ReadonlySet<TokenId>;
  readonly #contents: ReadonlyMap<TokenId, Uint8Array>;
  readonly #remembered = new Map<string, readonly TokenId[]>();
  readonly #finders = new Map<EncodeOptions["allowedSpecial"], Finder>();
  #hash: string | undefined;

  /** @param source the file it is from, for errors */
  constructor(definition: TokenizerDefinition, source = "tokenizer.json") {
    const { pieces, added, merges, split, ignoreMerges } = definition;
    this.definition = definition;
    this.vocabSize = vocabSizeOf(definition);
    this.specials = chatSpecialsOf(added);
    this.#split = toPreTokenizer(split, `${source}, pre_tokenizer`);
    this.#table = new PairTable(merges);
    this.#idOfByte = idsOfBytes(pieces);
    this.#wholes = ignoreMerges ? idsOfPieces(pieces) : new Map();
    this.#specialIds = new Set(added.filter(({ special }) => special).map(({ id }) => id));
    this.#contents = new Map(
      added.filter(({ special }) => !special).map(({ id, content }) => [id, Buffer.from(content)]),
    );
  }

  get hash(): string {
    this.#hash ??= sha256Of(definitionToJson(this.definition));
    return this.#hash;
  }

  encode(text: string, { allowedSpecial }: EncodeOptions = {}): TokenId[] {
    const ids: TokenId[] = [];
    const { pattern, idOf } = this.#finderOf(allowedSpecial);
    let start = 0;
    for (const found of pattern ? text.matchAll(pattern) : []) {
      this.#encodeText(text.slice(start, found.index), ids);
      ids.push(idOf.get(found[0])!); // the pattern lists the keys of the map
      start = found.index + found[0].length;
    }
    this.#encodeText(start === 0 ? text : text.slice(start), ids);
    return ids;
  }

  decode(ids: Iterable<TokenId>): string {
    return toText(Array.from(ids, (id) => this.bytesOf(id)));
  }

  bytesOf(id: TokenId): Uint8Array {
    return this.definition.pieces[id] ?? this.#contents.get(id) ?? NOTHING;
  }

  isSpecial(id: TokenId): boolean {
    return this.#specialIds.has(id);
  }

  /** The id of a special token by its spelling, for example `<|im_end|>`. */
  specialId(content: string): TokenId | undefined {
    return this.definition.added.find((token) => token.special && token.content === content)?.id;
  }

  #encodeText(text: string, ids: TokenId[]): void {
    const { normalize } = this.definition;
    this.#split(normalize ? text.normalize(normalize) : text, (piece) => {
      for (const id of this.#idsOf(piece)) ids.push(id);
    });
  }

  #idsOf(piece: string): readonly TokenId[] {
    const known = this.#remembered.get(piece);
    if (known) return known;
    const bytes = Buffer.from(piece);
    const whole = this.#wholes.get(bytes.toString("latin1"));
    const ids = whole === undefined ? mergeAll(this.#toBytes(bytes), this.#table) : [whole];
    if (piece.length <= REMEMBERED_LENGTH) {
      if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
      // A slice of a text would keep all of it in memory; this copy does not.
      this.#remembered.set(bytes.toString("utf8"), ids);
    }
    return ids;
  }

  #toBytes(bytes: Uint8Array): TokenId[] {
    const { unknown } = this.definition;
    const ids: TokenId[] = [];
    for (const byte of bytes) {
      const id = this.#idOfByte[byte]!;
      if (id !== ABSENT) ids.push(id);
      else if (unknown !== undefined) ids.push(unknown);
    }
    return ids;
  }

  #finderOf(allowed: EncodeOptions["allowedSpecial"]): Finder {
    const known = this.#finders.get(allowed);
    if (known) return known;
    const finder = toFinder(
      this.definition.added.filter(
        ({ special, content }) => !special || allowed === "all" || allowed?.has(content),
      ),
    );
    // A set may change between calls, so only the two fixed answers are kept.
    if (typeof allowed !== "object") this.#finders.set(allowed, finder);
    return finder;
  }
}

/** The tokenizer of a vocabulary that has our special tokens. */
export function chatTokenizerOf(definition: TokenizerDefinition): ChatTokenizer {
  const tokenizer = new BytePairTokenizer(definition);
  if (!tokenizer.specials) throw new TypeError("The definition has no special tokens of ours.");
  return tokenizer as BytePairTokenizer & ChatTokenizer; // just checked
}

/** Finds added tokens in text, the longest where several begin. */
interface Finder {
  readonly pattern: RegExp | undefined;
  readonly idOf: ReadonlyMap<string, TokenId>;
}

function toFinder(tokens: readonly AddedToken[]): Finder {
  const contents = tokens.map(({ content }) => content).filter((content) => content !== "");
  contents.sort((a, b) => b.length - a.length);
  return {
    pattern:
      contents.length > 0 ? new RegExp(contents.map(escapePattern).join("|"), "gu") : undefined,
    idOf: new Map(tokens.map(({ content, id }) => [content, id])),
  };
}

function idsOfBytes(pieces: TokenizerDefinition["pieces"]): Int32Array {
  const ids = new Int32Array(256).fill(ABSENT);
  pieces.forEach((bytes, id) => {
    const [byte] = bytes ?? [];
    if (bytes?.length === 1 && byte !== undefined) ids[byte] = id;
  });
  return ids;
}

function idsOfPieces(pieces: TokenizerDefinition["pieces"]): Map<string, TokenId> {
  const ids = new Map<string, TokenId>();
  pieces.forEach((bytes, id) => {
    if (bytes) ids.set(Buffer.from(bytes).toString("latin1"), id);
  });
  return ids;
}

function chatSpecialsOf(added: readonly AddedToken[]): SpecialTokens | undefined {
  const idOf = new Map(
    added.filter(({ special }) => special).map(({ content, id }) => [content, id]),
  );
  const ids = SPECIAL_NAMES.map((name) => idOf.get(spellingOf(name)));
  if (ids.includes(undefined)) return undefined;
  return Object.fromEntries(SPECIAL_NAMES.map((name, i) => [name, ids[i]])) as SpecialTokens; // none is undefined
}
