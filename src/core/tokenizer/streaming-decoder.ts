/**
 * Ids to text as they come: a character whose bytes are not all there yet is
 * held back, and the pieces joined are what decoding everything at once gives.
 */

import type { TokenId, Tokenizer } from "./tokenizer.ts";

export class StreamingDecoder {
  readonly #tokenizer: Pick<Tokenizer, "bytesOf">;
  readonly #utf8 = newDecoder();

  constructor(tokenizer: Pick<Tokenizer, "bytesOf">) {
    this.#tokenizer = tokenizer;
  }

  /** The text that has become whole with this id; often empty. */
  push(id: TokenId): string {
    return this.#utf8.decode(this.#tokenizer.bytesOf(id), { stream: true });
  }

  /** What is left: U+FFFD for bytes that never became a character. */
  end(): string {
    return this.#utf8.decode();
  }
}

/** All at once. */
export function toText(pieces: readonly Uint8Array[]): string {
  return newDecoder().decode(Buffer.concat(pieces));
}

/** A U+FEFF at the beginning is a character of the text, not a mark to drop. */
function newDecoder() {
  return new TextDecoder("utf-8", { ignoreBOM: true });
}
