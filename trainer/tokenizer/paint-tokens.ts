/**
 * Ids as a person sees them on a terminal: each token's text on its own
 * background, special tokens by their names.
 */

import type { BytePairTokenizer } from "../../src/core/tokenizer/byte-pair-tokenizer.ts";
import type { TokenId } from "../../src/core/tokenizer/tokenizer.ts";

const BACKGROUNDS = [24, 58, 53]; // blue, olive, purple of the 256-colour palette
const SPECIAL_BACKGROUND = 88; // red
const SHOWN: Readonly<Record<string, string>> = { "\n": "⏎\n", "\t": "⇥", "\r": "␍" };

export function paintTokens(ids: readonly TokenId[], tokenizer: BytePairTokenizer): string {
  const names = new Map(tokenizer.definition.added.map(({ id, content }) => [id, content]));
  return ids
    .map((id, index) => {
      const name = names.get(id);
      const background = name ? SPECIAL_BACKGROUND : BACKGROUNDS[index % BACKGROUNDS.length];
      return paint(name ?? textOf(tokenizer.bytesOf(id)), background);
    })
    .join("");
}

/** A line break is painted up to its sign, so that no background runs to the edge. */
function paint(text: string, background: number): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `\x1b[48;5;${background}m${line}\x1b[0m`))
    .join("\n");
}

/** Bytes that are no whole character are shown as hex, control characters as signs. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  if (text.includes("\ufffd")) return `\\x${Buffer.from(bytes).toString("hex")}`;
  return text.replaceAll(/\p{Cc}/gu, (character) => SHOWN[character] ?? "·");
}
