/** Opens what a bot keeps at home of whom it has thanked. */

import { openDocument } from "../state/document.ts";
import type { Home } from "../state/home.ts";
import { Thanks, Told, type ThanksParts } from "./thanks.ts";

/** @throws HintedError if what is kept cannot be read. */
export async function openThanks(home: Home, parts: Omit<ThanksParts, "told">): Promise<Thanks> {
  const path = home.path("told.json");
  const { log } = parts;
  const told = await openDocument({ path, schema: Told, initial: { corrections: [] }, log });
  return new Thanks({ ...parts, told });
}
