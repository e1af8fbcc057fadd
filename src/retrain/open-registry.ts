/** Opens the registry that a bot keeps at home. */

import { join } from "node:path";

import { HintedError, reasonOf } from "../core/errors.ts";
import { readIfThere } from "../core/files.ts";
import type { Log } from "../log.ts";
import { openDocument } from "../state/document.ts";
import type { Home } from "../state/home.ts";
import { openJournal } from "../state/journal.ts";
import { AuditRecord } from "./audit.ts";
import { RegistryState, type Version } from "./registry-state.ts";
import { Registry } from "./registry.ts";

const STATE_FILE = "models.json";

export interface OpenRegistry {
  readonly registry: Registry;
  close(): Promise<void>;
}

/** @throws HintedError if what is kept cannot be read. */
export async function openRegistry(
  home: Home,
  { now, log }: { now: () => number; log: Log },
): Promise<OpenRegistry> {
  const document = await openDocument({
    path: home.path(STATE_FILE),
    schema: RegistryState,
    initial: RegistryState.parse({}),
    log,
  });
  const audit = await openJournal({ path: home.path("audit.journal"), schema: AuditRecord, log });
  return {
    registry: await Registry.open({ document, audit, now }),
    close: () => audit.close(),
  };
}

/** The state alone, for whoever only looks: the bot may be running, and nothing is written. */
export async function readRegistry(home: string): Promise<RegistryState> {
  const path = join(home, STATE_FILE);
  const text = await readIfThere(path);
  if (text === undefined) return RegistryState.parse({});
  try {
    return RegistryState.parse(JSON.parse(text));
  } catch (cause) {
    throw new HintedError(`${path} cannot be read (${reasonOf(cause)}).`, {
      hint: "`lfz start` takes its backup.",
      cause,
    });
  }
}

/** The version that serves there, for whoever only looks; nothing before the first start. */
export async function readChampion(home: string): Promise<Version | undefined> {
  const { champions, versions } = await readRegistry(home);
  return versions.find(({ name }) => name === champions.at(-1));
}
