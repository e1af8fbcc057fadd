/**
 * Text that only the holder of the key can read or change: AES-256-GCM.
 *
 * The label is bound to the text, so a sealed file cannot pass for another.
 */

import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

import { z } from "zod";

import { HintedError } from "../../../core/errors.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const SALT = "language-from-zero/slack";

/** A shorter text could be guessed. */
const SHORTEST = 32;

const base64 = z.base64().transform((text) => Buffer.from(text, "base64"));

const Sealed = z.strictObject({
  version: z.literal(1),
  nonce: base64,
  tag: base64,
  text: base64,
});

/** @throws HintedError if the text is too short to make a key of */
export function storeKeyOf(text: string): Buffer {
  if (text.length >= SHORTEST) return scryptSync(text, SALT, KEY_BYTES);
  throw new HintedError(`SLACK_STORE_KEY is too short: ${SHORTEST} characters at least.`, {
    hint: "Make one with `openssl rand -hex 32`, and keep it: without it, stored tokens are lost.",
  });
}

export function seal(text: string, key: Buffer, label: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(label));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const tag = cipher.getAuthTag();
  return JSON.stringify({
    version: 1,
    nonce: nonce.toString("base64"),
    tag: tag.toString("base64"),
    text: sealed.toString("base64"),
  });
}

/** @throws if the key or the label is another, or a byte was changed */
export function unseal(sealed: string, key: Buffer, label: string): string {
  const { nonce, tag, text } = Sealed.parse(JSON.parse(sealed));
  const options = { authTagLength: 16 };
  const decipher = createDecipheriv(ALGORITHM, key, nonce, options).setAAD(Buffer.from(label));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
}
