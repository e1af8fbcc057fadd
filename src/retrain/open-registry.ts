/** Opens the registry that a bot keeps at home. */

import type { Log } from "../log.ts";
import { openDocument, type StateDocument } from "../state/document.ts";
import type { Home } from "../state/home.ts";
import { openJournal } from "../state/journal.ts";
import { AuditRecord } from "./audit.ts";
import { RegistryState } from "./registry-state.ts";
import { Registry } from "./registry.ts";

export interface OpenRegistry {
  readonly registry: Registry;
  close(): Promise<void>;
}

/** @throws HintedError if what is kept cannot be read. */
export async function openRegistry(
  home: Home,
  { now, log }: { now: () => number; log: Log },
): Promise<OpenRegistry> {
  const document = await openState(home, log);
  const audit = await openJournal({ path: home.path("audit.journal"), schema: AuditRecord, log });
  return {
    registry: await Registry.open({ document, audit, now }),
    close: () => audit.close(),
  };
}

/** The state alone, for whoever only looks: the bot may be running. */
export async function readRegistry(
  home: Pick<Home, "path">,
  { log }: { log: Log },
): Promise<RegistryState> {
  return (await openState(home, log)).value;
}

function openState(home: Pick<Home, "path">, log: Log): Promise<StateDocument<RegistryState>> {
  return openDocument({
    path: home.path("models.json"),
    schema: RegistryState,
    initial: RegistryState.parse({}),
    log,
  });
}
