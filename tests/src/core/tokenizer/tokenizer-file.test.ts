import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HintedError } from "../../../../src/core/errors.ts";
import {
  parseTokenizerJson,
  readTokenizerFile,
  toTokenizerJson,
} from "../../../../src/core/tokenizer/tokenizer-file.ts";
import { anyText, HARD_TEXTS, tinyTokenizer } from "../../../support/tiny-tokenizer.ts";

interface Json {
  [key: string]: unknown;
}
const ours = (): { model: Json; added_tokens: Json[] } & Json =>
  JSON.parse(toTokenizerJson(tinyTokenizer)) as ReturnType<typeof ours>;

/** The same vocabulary, as other projects write their files. */
const LLAMA3_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const split = (Regex: string, behavior = "Isolated", invert = false) => ({
  type: "Split",
  pattern: { Regex },
  behavior,
  invert,
});
const byteLevel = (use_regex: boolean, add_prefix_space = false) => ({
  type: "ByteLevel",
  add_prefix_space,
  trim_offsets: true,
  use_regex,
});
const sequence = (...pretokenizers: Json[]) => ({ type: "Sequence", pretokenizers });
const STYLES: Readonly<Record<string, Json>> = {
  "GPT-2": { pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true } },
  "RoBERTa (a space before the first word)": { pre_tokenizer: byteLevel(true, true) },
  "Llama 3": { pre_tokenizer: sequence(split(LLAMA3_WORDS), byteLevel(false)) },
  "Qwen (NFC)": {
    normalizer: { type: "NFC" },
    pre_tokenizer: sequence(split(LLAMA3_WORDS.replace("{1,3}", "")), byteLevel(false)),
  },
  "SmolLM2 (single digits)": {
    pre_tokenizer: sequence({ type: "Digits", individual_digits: true }, byteLevel(true)),
  },
  "whole numbers": {
    normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }] },
    pre_tokenizer: sequence({ type: "Digits", individual_digits: false }, byteLevel(true)),
  },
  "GPT-4o (matches only)": {
    pre_tokenizer: sequence(split("\\p{L}+|[^\\p{L}]", "Removed", true), byteLevel(false)),
  },
};

describe("tokenizer.json", () => {
  it("reads back as the same tokenizer", () => {
    const text = toTokenizerJson(tinyTokenizer);
    const again = parseTokenizerJson(text, "tokenizer.json");
    expect(toTokenizerJson(again)).toBe(text);
    expect(again.hash).toBe(tinyTokenizer.hash);
    expect(again.specials).toEqual(tinyTokenizer.specials);
    for (const hard of HARD_TEXTS) expect(again.encode(hard)).toEqual(tinyTokenizer.encode(hard));
  });

  it("is read by Hugging Face's library, with the same ids for any text", () => {
    const theirs = new HuggingFaceTokenizer(ours(), {});
    const same = (text: string): void => {
      expect(theirs.encode(text, { add_special_tokens: false }).ids).toEqual(
        tinyTokenizer.encode(text, { allowedSpecial: "all" }),
      );
    };
    HARD_TEXTS.forEach(same);
    fc.assert(fc.property(anyText, same));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."h,e,l, ,w,a,',S,1,\n,\r,\t,!,é".split(",")) }),
        same,
      ),
    );
  });

  describe.each(Object.entries(STYLES))("in the style of %s", (_, style) => {
    const file = { ...ours(), ...style, added_tokens: [] };
    const theirs = new HuggingFaceTokenizer(file, {});
    const tokenizer = parseTokenizerJson(JSON.stringify(file), "tokenizer.json");
    // Their JavaScript folds case as ASCII does; the Rust original and ours follow Unicode.
    const texts = HARD_TEXTS.filter((text) => !/[\u017f\u212a]/.test(text));

    it("gives the ids of Hugging Face's library, also after writing it again", () => {
      const again = parseTokenizerJson(toTokenizerJson(tokenizer), "tokenizer.json");
      for (const text of texts) {
        const ids = tokenizer.encode(text);
        expect(ids, text).toEqual(theirs.encode(text, { add_special_tokens: false }).ids);
        expect(again.encode(text), text).toEqual(ids);
      }
    });
  });

  it("reads merges in both spellings", () => {
    const file = ours();
    const merges = (file.model.merges as string[]).map((merge) => merge.split(" "));
    const tokenizer = parseTokenizerJson(
      JSON.stringify({ ...file, model: { ...file.model, merges } }),
      "t",
    );
    expect(tokenizer.hash).toBe(tinyTokenizer.hash);
  });

  it("keeps a whole pre-token of the vocabulary with ignore_merges", () => {
    const file = ours();
    const vocab = { ...(file.model.vocab as object), hello: 268 };
    const whole = (ignore_merges: boolean) =>
      parseTokenizerJson(
        JSON.stringify({ ...file, model: { ...file.model, vocab, ignore_merges } }),
        "t",
      );
    expect(whole(true).encode("hello")).toEqual([268]);
    expect(whole(false).encode("hello")).toHaveLength(2);
  });

  it("drops bytes that the vocabulary lacks, or names them unknown, as others do", () => {
    const file = ours();
    const vocab = { ...(file.model.vocab as Record<string, number>) };
    delete vocab["z"];
    const lacking = (unk_token: string | null) =>
      parseTokenizerJson(
        JSON.stringify({ ...file, model: { ...file.model, vocab, unk_token } }),
        "t",
      );
    expect(lacking(null).encode("azb")).toHaveLength(2);
    expect(lacking("<unk>").encode("azb")[1]).toBe(4);
  });

  it("finds added tokens that are not special in any text", () => {
    const file = ours();
    const added_tokens = [...file.added_tokens, { id: 268, content: "<think>", special: false }];
    const tokenizer = parseTokenizerJson(JSON.stringify({ ...file, added_tokens }), "t");
    const ids = tokenizer.encode("a<think>b");
    expect(ids[1]).toBe(268);
    expect(tokenizer.decode(ids)).toBe("a<think>b");
    expect(parseTokenizerJson(toTokenizerJson(tokenizer), "t").hash).toBe(tokenizer.hash);
  });

  it("keeps a token called __proto__", () => {
    const file = JSON.stringify(ours()).replace('"Ġw":265', '"Ġw":265,"__proto__":268');
    const tokenizer = parseTokenizerJson(file, "t");
    expect(tokenizer.decode([268])).toBe("__proto__");
    expect(parseTokenizerJson(toTokenizerJson(tokenizer), "t").decode([268])).toBe("__proto__");
  });
});

describe("a tokenizer.json that cannot be read", () => {
  const withModel = (part: Json) =>
    JSON.stringify({ ...ours(), model: { ...ours().model, ...part } });
  const vocab = (part: Json) =>
    withModel({ vocab: { ...(ours().model.vocab as object), ...part } });

  it.each([
    ["is cut off", toTokenizerJson(tinyTokenizer).slice(0, 3000), "t.json is not whole JSON"],
    ["is empty", "", "t.json is not whole JSON"],
    ["is a list", "[]", "t.json: "],
    ["has no model", JSON.stringify({ ...ours(), model: undefined }), "t.json, model: "],
    ["is WordPiece", withModel({ type: "WordPiece" }), "t.json, model.type: only BPE"],
    ["has no merges", withModel({ merges: undefined }), "t.json, model.merges: not a list"],
    ["has a list for a vocabulary", withModel({ vocab: [] }), "t.json, model.vocab: not an object"],
    ["has a bad id", vocab({ he: -1 }), 't.json, model.vocab["he"]: -1 is not an id'],
    ["has an id twice", vocab({ he: 263 }), "263"],
    [
      "has an unknown merge",
      withModel({ merges: ["h e", "q x"] }),
      't.json, model.merges[1]: "qx" is not in model.vocab',
    ],
    [
      "has half a merge",
      withModel({ merges: ["h"] }),
      't.json, model.merges[0]: "h" is not a pair',
    ],
    ["is SentencePiece", vocab({ "▁the": 268 }), '"▁the" is not in the byte alphabet'],
    [
      "has no pre-tokenizer",
      JSON.stringify({ ...ours(), pre_tokenizer: null }),
      "t.json, pre_tokenizer: there is no ByteLevel step",
    ],
    [
      "splits as BERT does",
      JSON.stringify({ ...ours(), pre_tokenizer: { type: "BertPreTokenizer" } }),
      "t.json, pre_tokenizer",
    ],
    [
      "lowers case",
      JSON.stringify({ ...ours(), normalizer: { type: "Lowercase" } }),
      "t.json, normalizer",
    ],
    [
      "has a bad pattern",
      JSON.stringify({ ...ours(), pre_tokenizer: sequence(split("(?<a"), byteLevel(false)) }),
      "t.json, pre_tokenizer: the pattern (?<a",
    ],
    [
      "has a special token twice",
      JSON.stringify({ ...ours(), added_tokens: [{ id: 9, content: "<sos>", special: true }] }),
      "added_tokens[0]",
    ],
  ])("because it %s is refused by name", (_, text, message) => {
    const parse = () => parseTokenizerJson(text, "t.json");
    expect(parse).toThrow(HintedError);
    expect(parse).toThrow(message);
  });

  it("names a file that is missing", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "lfz-")), "tokenizer.json");
    await expect(readTokenizerFile(path)).rejects.toThrow(`Cannot read the tokenizer ${path}`);
    await writeFile(path, toTokenizerJson(tinyTokenizer));
    expect((await readTokenizerFile(path)).hash).toBe(tinyTokenizer.hash);
  });
});
