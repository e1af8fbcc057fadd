/** A vocabulary small enough to work out ids by hand, and texts that break tokenizers. */

import fc from "fast-check";

import { chatTokenizerOf } from "../../src/core/tokenizer/byte-pair-tokenizer.ts";
import { ourDefinition } from "../../src/core/tokenizer/definition.ts";

/** The id of a byte, by its character. */
export const idOf = (character: string): number => 6 + character.charCodeAt(0);

/** Six special tokens, 256 bytes, then he=262, ll=263, hell=264, " w"=265, aa=266, aaaa=267. */
export const tinyDefinition = ourDefinition(
  [
    [idOf("h"), idOf("e")],
    [idOf("l"), idOf("l")],
    [262, 263],
    [idOf(" "), idOf("w")],
    [idOf("a"), idOf("a")],
    [266, 266],
  ],
  undefined,
);
export const tinyTokenizer = chatTokenizerOf(tinyDefinition);

export const HARD_TEXTS = [
  "",
  " ",
  "hello world",
  "Don't, I'LL, we've; they'RE 'sure 'S",
  "12345 1,234.5 ٣٤٥٦ ½ Ⅷ",
  "tabs\tand\r\nlines\n\n\n  indented   twice  ",
  "def f(x):\n    return x**2  # done!!!\n",
  "naïve café cafe\u0301 Ελληνικά",
  "こんにちは世界。中文,標點 한국어",
  "مرحبا بالعالم שלום עולם \u200f",
  "👩‍👩‍👧‍👦 ❤️ 🇰🇷 👍🏽 1️⃣",
  "हिन्दी ไทย தமிழ்",
  "\ufeffmark \u0085 next\u2028line \u00a0 \u3000",
  "\u0000\u0007\u001b[0m\u007f",
  "<sos> <sep><eos><pad><unk><stop>",
  "the \u017f and \u212a don'\u017f",
  "a".repeat(200),
  " ".repeat(100) + "x" + "\n".repeat(70),
  "𝕳𝖊𝖑𝖑𝖔 𠜎𠜱",
] as const;

/** Text of any code points; much quicker to set up than fast-check's own "binary". */
export const anyText = fc.string({
  unit: fc
    .oneof(
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
      fc.integer({ min: 0, max: 0xd7ff }),
      fc.integer({ min: 0xe000, max: 0x10ffff }),
    )
    .map((code) => String.fromCodePoint(code)),
});
