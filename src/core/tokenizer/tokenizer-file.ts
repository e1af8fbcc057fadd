/**
 * tokenizer.json in and out: the file where a model folder keeps its
 * tokenizer, ours or another's byte-level BPE (GPT-2, Llama 3, SmolLM2, Qwen).
 *
 * Knows which fields there are and checks them once; what they mean to text
 * is `byte-pair-tokenizer.ts`'s business.
 */

import { readFile } from "node:fs/promises";

import { z } from "zod";

import { HintedError, reasonOf } from "../errors.ts";
import { requireFile } from "../files.ts";
import { BytePairTokenizer } from "./byte-pair-tokenizer.ts";
import { definitionToJson } from "./definition-to-json.ts";
import type { SplitStep, TokenizerDefinition } from "./definition.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { toVocabulary } from "./vocabulary-of-json.ts";

/** @throws HintedError naming the file and the field that do not fit */
export async function readTokenizerFile(path: string): Promise<BytePairTokenizer> {
  await requireFile(path, "tokenizer");
  return parseTokenizerJson(await readFile(path, "utf8"), path);
}

/** @param source the file the text is from, for errors */
export function parseTokenizerJson(text: string, source: string): BytePairTokenizer {
  const file = parseFile(text, source);
  const definition: TokenizerDefinition = {
    ...toVocabulary(file, source),
    normalize: file.normalizer.length > 0 ? "NFC" : undefined,
    split: file.pre_tokenizer,
    ignoreMerges: file.model.ignore_merges,
  };
  return new BytePairTokenizer(definition, source);
}

export function toTokenizerJson(tokenizer: Tokenizer): string {
  if (tokenizer instanceof BytePairTokenizer) return definitionToJson(tokenizer.definition);
  throw new TypeError("Only byte-level BPE tokenizers can be written.");
}

function parseFile(text: string, source: string): TokenizerFile {
  const hint = "The file is damaged or of another kind; take it from its model folder again.";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HintedError(`${source} is not whole JSON: ${reasonOf(cause)}.`, { hint, cause });
  }
  const parsed = TokenizerFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.length ? `, ${z.core.toDotPath(issue.path)}` : "";
  throw new HintedError(`${source}${field}: ${issue?.message ?? "not a tokenizer"}.`, {
    hint: "Only byte-level BPE is read here: GPT-2, Llama 3, SmolLM2, Qwen and what this program writes.",
    cause: parsed.error,
  });
}

/** A step, or a Sequence of steps, as a flat list. */
const listOf = <Step extends z.ZodType>(step: Step, key: "pretokenizers" | "normalizers") =>
  z.preprocess(
    (value) => flatten(value, key),
    z.array(step, { error: "not a step or a Sequence of steps" }),
  );

function flatten(value: unknown, key: string): unknown[] {
  if (value === null || value === undefined) return [];
  const steps = (value as Record<string, unknown>)[key];
  return Array.isArray(steps) ? steps.flatMap((step) => flatten(step, key)) : [value];
}

const Normalizer = z.object({
  type: z.literal("NFC", { error: "only the normalizer NFC is supported" }),
});

const Step = z.discriminatedUnion(
  "type",
  [
    z.object({
      type: z.literal("Split"),
      pattern: z.union([
        z.strictObject({ Regex: z.string() }),
        z.strictObject({ String: z.string() }),
      ]),
      behavior: z.enum(["Isolated", "Removed"], {
        error: "only Isolated and Removed are supported",
      }),
      invert: z.boolean().default(false),
    }),
    z.object({ type: z.literal("Digits"), individual_digits: z.boolean().default(false) }),
    z.object({
      type: z.literal("ByteLevel"),
      add_prefix_space: z.boolean().default(false),
      use_regex: z.boolean().default(true),
    }),
  ],
  { error: "only Split, Digits and ByteLevel are supported" },
);

const isRecord = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const TokenizerFile = z.object({
  added_tokens: z
    .array(
      z.object({
        id: z.int().nonnegative(),
        content: z.string(),
        special: z.boolean().default(false),
      }),
    )
    .nullish()
    .transform((tokens) => tokens ?? []),
  normalizer: listOf(Normalizer, "normalizers"),
  pre_tokenizer: listOf(Step, "pretokenizers").refine(
    (steps: readonly SplitStep[]) => steps.some(({ type }) => type === "ByteLevel"),
    { error: "there is no ByteLevel step" },
  ),
  model: z.object({
    type: z.literal("BPE", { error: "only BPE is supported" }).default("BPE"), // GPT-2's file is older than the field
    unk_token: z.string().nullish(),
    ignore_merges: z.boolean().default(false),
    continuing_subword_prefix: z.literal("", { error: "not supported" }).nullish(),
    end_of_word_suffix: z.literal("", { error: "not supported" }).nullish(),
    // Checked entry by entry in vocabulary-of-json.ts: a record schema would drop a token `__proto__`.
    vocab: z.custom<Readonly<Record<string, unknown>>>(isRecord, { error: "not an object" }),
    merges: z.array(z.unknown(), { error: "not a list" }),
  }),
});
export type TokenizerFile = z.infer<typeof TokenizerFile>;
