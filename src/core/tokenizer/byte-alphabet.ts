/**
 * GPT-2's alphabet: a visible character for each of the 256 bytes, so that
 * files can hold any bytes as text. Printable Latin-1 stands for itself, the
 * other bytes take the characters from U+0100 on: a space is written `Ġ`.
 */

const characterOfByte: string[] = [];
const byteOfCharacter = new Map<string, number>();

let next = 0x100;
for (let byte = 0; byte < 256; byte++) {
  const character = String.fromCharCode(isPrintable(byte) ? byte : next++);
  characterOfByte.push(character);
  byteOfCharacter.set(character, byte);
}

export function toAlphabet(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += characterOfByte[byte];
  return text;
}

/** The bytes that were written; nothing if a character is not of the alphabet. */
export function fromAlphabet(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = byteOfCharacter.get(text.charAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}
