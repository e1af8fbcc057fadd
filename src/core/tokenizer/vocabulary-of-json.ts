/**
 * Reads the vocabulary, the merges and the added tokens of a tokenizer.json:
 * from names of tokens to ids and the bytes they spell.
 */

import { HintedError } from "../errors.ts";
import { fromAlphabet } from "./byte-alphabet.ts";
import type { AddedToken, Merges, TokenizerDefinition } from "./definition.ts";
import type { TokenId } from "./tokenizer.ts";
import type { TokenizerFile } from "./tokenizer-file.ts";

/** More than any vocabulary has; keeps a damaged id from asking for gigabytes. */
const LARGEST_ID = 1 << 24;

type Refuse = (field: string, problem: string) => HintedError;

export function toVocabulary(
  { model, added_tokens: added }: TokenizerFile,
  source: string,
): Pick<TokenizerDefinition, "pieces" | "added" | "merges" | "unknown"> {
  const refuse: Refuse = (field, problem) =>
    new HintedError(`${source}, ${field}: ${problem}.`, {
      hint: "The file is damaged or not byte-level BPE; take it from its model folder again.",
    });
  const idOf = toIds(model.vocab, refuse);
  checkAdded(added, idOf, refuse);
  const unknown = typeof model.unk_token === "string" ? idOf.get(model.unk_token) : undefined;
  return {
    pieces: toPieces(idOf, added, refuse),
    added,
    merges: toMerges(model.merges, idOf, refuse),
    unknown,
  };
}

function toIds(vocab: Readonly<Record<string, unknown>>, refuse: Refuse): Map<string, TokenId> {
  const idOf = new Map<string, TokenId>();
  const nameOf = new Map<TokenId, string>();
  for (const [name, id] of Object.entries(vocab)) {
    const field = `model.vocab[${JSON.stringify(name)}]`;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > LARGEST_ID) {
      throw refuse(field, `${JSON.stringify(id)} is not an id`);
    }
    const other = nameOf.get(id);
    if (other !== undefined) throw refuse(field, `the id ${id} is ${JSON.stringify(other)}'s too`);
    idOf.set(name, id);
    nameOf.set(id, name);
  }
  return idOf;
}

/** Added tokens may or may not stand in the vocabulary too; where they do, with the same id. */
function checkAdded(
  added: readonly AddedToken[],
  idOf: ReadonlyMap<string, TokenId>,
  refuse: Refuse,
): void {
  const taken = new Map([...idOf].map(([name, id]) => [id, name]));
  for (const [index, { id, content }] of added.entries()) {
    const field = `added_tokens[${index}]`;
    if (id > LARGEST_ID) throw refuse(field, `${id} is not an id`);
    const inVocabulary = idOf.get(content);
    if (inVocabulary !== undefined && inVocabulary !== id) {
      throw refuse(
        field,
        `${JSON.stringify(content)} is ${id} here and ${inVocabulary} in model.vocab`,
      );
    }
    const other = taken.get(id);
    if (other !== undefined && other !== content) {
      throw refuse(field, `the id ${id} is ${JSON.stringify(other)}'s too`);
    }
    taken.set(id, content);
  }
}

function toPieces(
  idOf: ReadonlyMap<string, TokenId>,
  added: readonly AddedToken[],
  refuse: Refuse,
): (Uint8Array | undefined)[] {
  const addedIds = new Set(added.map(({ id }) => id));
  let size = 0;
  for (const id of idOf.values()) size = Math.max(size, id + 1);
  const pieces = Array.from<Uint8Array | undefined>({ length: size });
  for (const [name, id] of idOf) {
    if (addedIds.has(id)) continue;
    const bytes = fromAlphabet(name);
    if (!bytes) throw refuse("model.vocab", `${JSON.stringify(name)} is not in the byte alphabet`);
    pieces[id] = bytes;
  }
  return pieces;
}

function toMerges(
  list: readonly unknown[],
  idOf: ReadonlyMap<string, TokenId>,
  refuse: Refuse,
): Merges {
  const merges = {
    left: new Int32Array(list.length),
    right: new Int32Array(list.length),
    result: new Int32Array(list.length),
  };
  for (const [rank, merge] of list.entries()) {
    const field = `model.merges[${rank}]`;
    const names = namesOf(merge);
    if (!names) throw refuse(field, `${JSON.stringify(merge)} is not a pair of tokens`);
    const [left, right, result] = [names[0], names[1], names[0] + names[1]].map((name) => {
      const id = idOf.get(name);
      if (id === undefined) throw refuse(field, `${JSON.stringify(name)} is not in model.vocab`);
      return id;
    }) as [TokenId, TokenId, TokenId]; // three names, three ids
    merges.left[rank] = left;
    merges.right[rank] = right;
    merges.result[rank] = result;
  }
  return merges;
}

/** `"a b"` in older files, `["a", "b"]` in newer ones. */
function namesOf(merge: unknown): readonly [string, string] | undefined {
  const names: unknown = typeof merge === "string" ? merge.split(" ") : merge;
  if (!Array.isArray(names) || names.length !== 2) return undefined;
  const [left, right] = names as unknown[];
  return typeof left === "string" && typeof right === "string" ? [left, right] : undefined;
}
