import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { parseTokenizerJson } from "../../../../src/core/tokenizer/tokenizer-file.ts";
import { readGgufStrings } from "../../../support/gguf-vocabulary.ts";

/** Published vectors of llama.cpp, kept beside the repository and not in it. */
const folder = fileURLToPath(
  new URL("../../../../../shared/data/reference/gpt2/", import.meta.url),
);
const vocabulary = `${folder}ggml-vocab-gpt-2.gguf`;
const isThere = existsSync(vocabulary);

describe.skipIf(!isThere)(
  `GPT-2's vocabulary${isThere ? "" : ` (skipped: no ${vocabulary})`}`,
  () => {
    const lists = isThere ? readGgufStrings(readFileSync(vocabulary)) : new Map<string, string[]>();
    const tokens = lists.get("tokenizer.ggml.tokens") ?? [];
    const file = {
      added_tokens: [{ id: 50256, content: "<|endoftext|>", special: true }],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
      model: {
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: lists.get("tokenizer.ggml.merges"),
      },
    };
    const casesOf = (name: string) =>
      isThere ? readFileSync(`${vocabulary}.${name}`, "utf8") : "";
    const texts = casesOf("inp").split("\n__ggml_vocab_test__\n");
    const expected = casesOf("out").split("\n");

    it("gives the published ids for all cases", () => {
      const tokenizer = parseTokenizerJson(JSON.stringify(file), "gpt2");
      expect(tokenizer.vocabSize).toBe(50257);
      expect(texts.length).toBeGreaterThan(30);
      for (const [i, text] of texts.entries()) {
        const ids = tokenizer.encode(text);
        expect(ids.join(" "), JSON.stringify(text)).toBe(expected[i]?.trim());
        expect(tokenizer.decode(ids)).toBe(text);
      }
    });
  },
);
