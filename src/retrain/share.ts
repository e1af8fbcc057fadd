/** Who belongs to the share of a canary. */

import { createHash } from "node:crypto";

/**
 * The same person always, whatever else happens; more people, never others,
 * when the share grows; other people for another version, so that not always
 * the same ones try what is new.
 */
export function isInShare(pseudonym: string, version: string, percent: number): boolean {
  const hash = createHash("sha256").update(`${version}:${pseudonym}`).digest();
  return hash.readUInt32BE() / 2 ** 32 < percent / 100;
}
