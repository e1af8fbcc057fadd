/** A deployment of model folders that are there, with engines that only say their name, on a clock that stands still. */

import { basename, join } from "node:path";

import { onTestFinished } from "vitest";

import type { Engine } from "../../../src/generate/types.ts";
import { MACHINE } from "../../../src/retrain/audit.ts";
import { Deployment, type DeploymentParts } from "../../../src/retrain/deployment.ts";
import { Shadow, type ShadowState } from "../../../src/retrain/shadow.ts";
import { openRegistry } from "../../../src/retrain/open-registry.ts";
import { readVersion } from "../../../src/retrain/find-version.ts";
import { openHome } from "../../../src/state/home.ts";
import { ManualClock } from "../chat/manual-clock.ts";
import { memoryDocument } from "../chat/memory-stores.ts";
import { recordingLog } from "../chat/open-bot.ts";
import { writeExampleModel } from "../example-model.ts";
import { scriptedEngine, type Script } from "../scripted-engine.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export const ADA = { who: "discord:ada", platform: "discord" } as const;
export const BEA = { who: "slack:bea", platform: "slack" } as const;

export type Scripts = Readonly<Record<string, Script>>;

/** Experiments of these names, finished in this order. */
export async function writeModels(...names: string[]): Promise<string> {
  const root = temporaryFolder();
  for (const [day, name] of names.entries()) {
    const finished = `2026-11-${String(day + 10)}T00:00:00.000Z`;
    await writeExampleModel(join(root, name), { name, finished });
  }
  return root;
}

export interface DeploymentOptions extends Partial<Omit<DeploymentParts, "choice">> {
  readonly root: string;
  readonly named?: string;
  readonly folder?: string;
  readonly scripts?: Scripts;
}

export async function openDeployment({
  root,
  named,
  folder = temporaryFolder(),
  scripts = {},
  ...parts
}: DeploymentOptions) {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const home = await openHome(folder);
  const open = await openRegistry(home, { now: () => clock.now(), log });
  /** Names of models in memory, in the order they came. */
  const loaded: string[] = [];
  const startEngine = async (model: string): Promise<Engine> => {
    const name = basename(model);
    const engine = scriptedEngine({
      reply: () => [`I am ${name}.`],
      ...scripts[name],
      model: { name, folder: model },
    });
    loaded.push(name);
    return { ...engine, close: async () => void loaded.splice(loaded.indexOf(name), 1) };
  };
  const { registry } = open;
  const figures = memoryDocument<ShadowState>({});
  const shadow = new Shadow({ document: figures, clock, log });
  const deployment = new Deployment({
    registry,
    shadow,
    readFreeMemory: async () => Infinity,
    choice: { named, root },
    startEngine,
    clock,
    log,
    ...parts,
  });
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= (async () => {
      await deployment.close();
      await open.close();
      await home.close();
    })());
  onTestFinished(close);
  return { deployment, registry, shadow, figures, loaded, clock, lines, log, home, close };
}

/** These served, one after the other; the last is champion. */
export async function serveInTurn(
  { registry }: Awaited<ReturnType<typeof openDeployment>>,
  root: string,
  ...names: string[]
): Promise<void> {
  for (const name of names) {
    const found = { ...(await readVersion(join(root, name))), from: "a test" };
    await registry.promote(registry.versionOf(found), MACHINE);
  }
}

export async function textOf(engine: Pick<Engine, "generate">): Promise<string> {
  let text = "";
  for await (const event of engine.generate({ messages: [{ role: "user", content: "Hi" }] })) {
    if (event.type === "text") text += event.text;
  }
  return text;
}
