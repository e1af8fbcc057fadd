/** The smallest whole tokenizer: six specials, then the 256 bytes in order. */

import type { ChatTokenizer, TokenId } from "../../src/core/tokenizer/tokenizer.ts";

const SPECIALS = { sos: 0, sep: 1, eos: 2, pad: 3, unk: 4, stop: 5 } as const;
const FIRST_BYTE = 6;

export const byteTokenizer: ChatTokenizer = {
  vocabSize: FIRST_BYTE + 256,
  hash: "bytes",
  specials: SPECIALS,
  encode: (text) => Array.from(Buffer.from(text), (byte) => byte + FIRST_BYTE),
  decode: (ids) => Buffer.from(bytesOf(ids)).toString(),
  bytesOf: (id) => Uint8Array.from(bytesOf([id])),
  isSpecial: (id) => id < FIRST_BYTE,
};

function bytesOf(ids: Iterable<TokenId>): number[] {
  return Array.from(ids)
    .filter((id) => id >= FIRST_BYTE)
    .map((id) => id - FIRST_BYTE);
}

/** Token ids as people read them: `<sos>Hi<sep>`. */
export function spelled(ids: Iterable<TokenId>): string {
  const names = Object.keys(SPECIALS);
  const shown = Array.from(ids, (id) =>
    id < FIRST_BYTE ? [...Buffer.from(`<${names[id]}>`)] : [id - FIRST_BYTE],
  );
  return Buffer.from(shown.flat()).toString();
}
