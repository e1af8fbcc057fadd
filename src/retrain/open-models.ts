/** The versions of the model that a bot keeps at home, ready to serve. */

import type { TaughtModels } from "../chat/taught-models.ts";
import { readFreeMemory } from "../free-memory.ts";
import type { Opened } from "../opened.ts";
import { openDocument } from "../state/document.ts";
import type { Home } from "../state/home.ts";
import { Deployment, type DeploymentParts } from "./deployment.ts";
import { taughtModels } from "./lineage.ts";
import { openRegistry } from "./open-registry.ts";
import type { Registry } from "./registry.ts";
import { Shadow, ShadowState } from "./shadow.ts";

export interface OpenModels {
  readonly registry: Registry;
  readonly shadow: Shadow;
  /** Closing it is the caller's: what it has loaded may have to outlive others. */
  readonly models: Deployment;
  /** Whose words which of them saw. */
  readonly taught: TaughtModels;
}

/** @throws HintedError if what is kept cannot be read. */
export async function openModels(
  home: Home,
  opened: Opened,
  parts: Omit<DeploymentParts, "registry" | "shadow" | "readFreeMemory">,
): Promise<OpenModels> {
  const { clock, log } = parts;
  const kept = await openRegistry(home, { now: () => clock.now(), log });
  const { registry } = kept;
  opened.add("registry", () => kept.close());
  const taught = taughtModels({ root: parts.choice.root, registry });
  const document = await openDocument<ShadowState>({
    path: home.path("shadow.json"),
    schema: ShadowState,
    initial: {},
    log,
  });
  const shadow = new Shadow({ document, clock, log });
  const models = new Deployment({ ...parts, registry, shadow, readFreeMemory });
  return { registry, shadow, taught, models };
}
