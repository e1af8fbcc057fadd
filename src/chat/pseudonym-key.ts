/** The key of the pseudonyms: without it nobody knows whose is whose, the bot included. */

import { randomBytes } from "node:crypto";

import { z } from "zod";

import type { Log } from "../log.ts";
import { openDocument } from "../state/document.ts";
import type { Home } from "../state/home.ts";

export const Pseudonyms = z.strictObject({ key: z.string().regex(/^[0-9a-f]{64}$/) }).readonly();

/** Made at the first start and kept for good. */
export async function pseudonymKey(home: Home, log: Log): Promise<Buffer> {
  const document = await openDocument({
    path: home.path("pseudonyms.json"),
    schema: Pseudonyms,
    initial: { key: randomBytes(32).toString("hex") },
    log,
  });
  const { key } = await document.change((value) => value); // kept from the first start on, with a backup from the second
  return Buffer.from(key, "hex");
}
