/**
 * Writes a definition as Hugging Face's tokenizer.json, which transformers,
 * transformers.js and vLLM read as it is.
 *
 * The same definition gives the same text, so its SHA-256 is the tokenizer's
 * hash; nothing else goes in, as other readers refuse fields they do not know.
 */

import { toAlphabet } from "./byte-alphabet.ts";
import type { TokenizerDefinition } from "./definition.ts";

export function definitionToJson(definition: TokenizerDefinition): string {
  const { added, normalize, split, ignoreMerges, unknown } = definition;
  const names = namesOf(definition);
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.map(({ id, content, special }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special,
    })),
    normalizer: normalize ? { type: normalize } : null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: split.map((step) =>
        step.type === "ByteLevel" ? { trim_offsets: true, ...step } : step,
      ),
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unknown === undefined ? null : names.get(unknown),
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab: Object.fromEntries([...names].map(([id, name]) => [name, id])),
      merges: mergeLines(definition, names),
    },
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** How each id is written in `vocab`, in order of ids. */
function namesOf({ pieces, added }: TokenizerDefinition): Map<number, string> {
  const names = new Map<number, string>();
  for (const [id, bytes] of pieces.entries()) if (bytes) names.set(id, toAlphabet(bytes));
  for (const { id, content } of added) names.set(id, content);
  return new Map([...names].sort(([a], [b]) => a - b));
}

/** "a b", the spelling that readers of every age know. */
function mergeLines({ merges }: TokenizerDefinition, names: Map<number, string>): string[] {
  return Array.from(
    merges.left,
    (left, rank) => `${names.get(left)} ${names.get(merges.right[rank]!)}`,
  );
}
