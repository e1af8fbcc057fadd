/**
 * Which model serves when the bot starts.
 *
 * The one the operator names, whatever the registry says; else its champion,
 * or, if that is gone or altered, the newest of those before it that still
 * opens; else whatever `findModel` finds, which is champion from then on.
 */

import { basename, resolve } from "node:path";

import { EXIT_BAD_INPUT, HintedError } from "../core/errors.ts";
import { findModel } from "../generate/find-model.ts";
import type { StartEngine } from "../generate/prove-engine.ts";
import type { Engine } from "../generate/types.ts";
import type { Log } from "../log.ts";
import { MACHINE } from "./audit.ts";
import { readVersion, requireUnchanged } from "./find-version.ts";
import type { Registry } from "./registry.ts";
import type { Version } from "./registry-state.ts";

export interface ModelChoice {
  /** A folder or an experiment that the operator names, with a flag or `LFZ_MODEL`. */
  readonly named?: string | undefined;
  /** It is only talked to: no first champion comes of it. */
  readonly isOnlyTalkedTo?: boolean | undefined;
  /** Where experiments lie. */
  readonly root: string;
}

export interface FirstParts {
  readonly registry: Registry;
  readonly choice: ModelChoice;
  readonly startEngine: StartEngine;
  readonly log: Log;
}

interface Broken {
  readonly version: Version;
  readonly error: HintedError;
}

/** @throws HintedError if no model can be served; then the registry stays as it is. */
export async function chooseFirst(parts: FirstParts): Promise<Engine> {
  const { registry, choice, log } = parts;
  if (choice.named !== undefined) return startFound(parts);
  const broken: Broken[] = [];
  const engine = (await startChampion(parts, broken)) ?? (await startFound(parts));
  for (const { version, error } of broken) {
    const { name, folder } = version;
    log.error("champion does not open", { name, folder, serving: engine.model.name, error });
    await registry.retire(name, MACHINE, error.message);
  }
  return engine;
}

/** The newest experiment, if it never was a version here and nobody named another model. */
export async function findUntried({
  registry,
  choice,
}: Pick<FirstParts, "registry" | "choice">): Promise<string | undefined> {
  if (choice.named !== undefined) return undefined;
  const folder = await findModel({ environment: {}, root: choice.root });
  const isKnown = registry.versions.some((version) => resolve(version.folder) === resolve(folder));
  return isKnown ? undefined : basename(folder);
}

async function startChampion(
  { registry, startEngine }: FirstParts,
  broken: Broken[],
): Promise<Engine | undefined> {
  for (const version of registry.champions) {
    try {
      await requireUnchanged(version);
      return await startEngine(version.folder);
    } catch (error) {
      // Anything but the folder's fault (no memory, no library) would strike the next one too.
      if (!(error instanceof HintedError) || error.exitCode !== EXIT_BAD_INPUT) throw error;
      broken.push({ version, error });
    }
  }
  return undefined;
}

async function startFound({ registry, choice, startEngine }: FirstParts): Promise<Engine> {
  const { named, isOnlyTalkedTo = false, root } = choice;
  const folder = await findModel({ named, environment: {}, root });
  const engine = await startEngine(folder);
  if (isOnlyTalkedTo || (named !== undefined && registry.champions.length > 0)) return engine;
  const from = named === undefined ? "found at a start" : "named by the operator at a start";
  const version = registry.versionOf({ ...(await readVersion(folder)), from });
  await registry.promote(version, MACHINE, { why: from });
  return engine;
}
