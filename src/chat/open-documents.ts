/** The small state of the bot as it lies in its home. */

import { join } from "node:path";

import type { Log } from "../log.ts";
import { openDocument, type StateDocument } from "../state/document.ts";
import { Consents } from "./consent.ts";
import { BotSettings } from "./settings.ts";

/** @throws HintedError if it cannot be read. */
export function openSettings(home: string, log: Log): Promise<StateDocument<BotSettings>> {
  const initial = BotSettings.parse({});
  return openDocument({ path: join(home, "settings.json"), schema: BotSettings, initial, log });
}

/** @throws HintedError if it cannot be read. */
export function openConsents(home: string, log: Log): Promise<StateDocument<Consents>> {
  const initial = Consents.parse({});
  return openDocument({ path: join(home, "consent.json"), schema: Consents, initial, log });
}
