/**
 * The versions of the registry as engines that run: one serves, perhaps a
 * canary beside it, and they change places without anybody being cut off.
 *
 * Changes come one after the other. The registry is told before people are:
 * whenever the process dies, there is a champion to start with.
 */

import { basename, resolve } from "node:path";

import type { Clock } from "../chat/clock.ts";
import type { Models, Promoted, PromotionOrder, RolledBack } from "../chat/models.ts";
import { HintedError } from "../core/errors.ts";
import { findModel } from "../generate/find-model.ts";
import { ServedEngine } from "../generate/served-engine.ts";
import { SwappableEngine } from "../generate/swappable-engine.ts";
import type { Engine } from "../generate/types.ts";
import { inOrder } from "../state/in-order.ts";
import { MACHINE, type Actor } from "./audit.ts";
import { chooseFirst, type FirstParts } from "./choose-first.ts";
import { EngineLoader } from "./engine-loader.ts";
import { findVersion } from "./find-version.ts";
import type { Version } from "./registry-state.ts";
import { isInShare } from "./share.ts";
import { summarise } from "./summaries.ts";

export interface DeploymentParts extends FirstParts {
  /** A promotion is asked for by two admins. */
  readonly needsTwoAdmins?: boolean | undefined;
  readonly clock: Clock;
}

/** Why an admin or the bot itself changes something. */
interface Cause {
  readonly by: Actor;
  readonly why?: string | undefined;
}

export class Deployment implements Models {
  readonly #parts: DeploymentParts;
  readonly #loader: EngineLoader;
  readonly #inOrder = inOrder();
  #started: Promise<SwappableEngine> | undefined;
  #canary: ServedEngine | undefined;

  constructor(parts: DeploymentParts) {
    this.#parts = parts;
    this.#loader = new EngineLoader(parts.startEngine, parts.clock);
  }

  /** The engine of everybody who is in no canary's share, whichever model that is by then. */
  start(): Promise<Engine> {
    return this.#main();
  }

  /** The champion that would serve had the operator not named another model at the start. */
  championInsteadOf({ model }: Engine): string | undefined {
    const [champion] = this.#parts.registry.champions;
    return champion && champion.name !== model.name ? champion.name : undefined;
  }

  /** The newest experiment, if it never was a version here and nobody named another model. */
  async untried(): Promise<string | undefined> {
    const { registry, choice } = this.#parts;
    if (choice.named !== undefined) return undefined;
    const folder = await findModel({ environment: {}, root: choice.root });
    const isKnown = registry.versions.some(
      (version) => resolve(version.folder) === resolve(folder),
    );
    return isKnown ? undefined : basename(folder);
  }

  get canary(): string | undefined {
    return this.#parts.registry.canary?.name;
  }

  async engineFor(asker: string): Promise<Pick<Engine, "model" | "generate">> {
    const main = await this.#main();
    const choose = () => this.#canaryOf(asker) ?? main;
    return {
      get model() {
        return choose().model;
      },
      generate: (request, signal) => choose().generate(request, signal),
    };
  }

  async list() {
    const { registry, choice } = this.#parts;
    const serving = (await this.#main()).model.name;
    return summarise(registry.state, { root: choice.root, serving });
  }

  promote({ name, share, by, why }: Omit<PromotionOrder, "by"> & Cause): Promise<Promoted> {
    return this.#change(async (main) => {
      const { registry, choice, needsTwoAdmins } = this.#parts;
      const known = registry.find(name)?.manifest;
      const version = await findVersion(name, { registry, root: choice.root, by });
      this.#requireChange(version, main, { isSame: known === version.manifest });
      if (needsTwoAdmins && !(await registry.second({ name, share }, by))) return { kind: "asked" };
      return share < 100
        ? this.#beginCanary(version, share, main, { by, why })
        : this.#makeChampion(version, main, { by, why });
    });
  }

  rollback(by: Actor, why = "rolled back"): Promise<RolledBack> {
    return this.#change(async (main) => {
      const { registry, log } = this.#parts;
      const from = registry.canary?.name ?? main.model.name;
      if (registry.canary) await this.#endCanary(registry.canary.name, { by, why });
      else await this.#returnToPrevious(main, { by, why });
      const to = main.model.name;
      log.warn("rolled back", { from, to, by: by.who, reason: why });
      return { from, to };
    });
  }

  /** The canary goes by the bot's own decision; false if it is none any more. */
  takeBack(name: string, why: string): Promise<boolean> {
    return this.#change(async () => {
      if (this.#parts.registry.canary?.name !== name) return false;
      await this.#endCanary(name, { by: MACHINE, why });
      return true;
    });
  }

  /** Everything that is loaded goes. */
  async close(): Promise<void> {
    const main = await this.#started?.catch(() => undefined); // it was reported where it was awaited
    await Promise.all([main?.close(), this.#canary?.close(), this.#loader.close()]);
  }

  #main(): Promise<SwappableEngine> {
    return (this.#started ??= this.#start());
  }

  async #start(): Promise<SwappableEngine> {
    const main = new SwappableEngine(new ServedEngine(await chooseFirst(this.#parts)));
    const { log } = this.#parts;
    void this.#inOrder(() => this.#resumeCanary()).catch((error: unknown) =>
      log.error("canary not settled", { error }),
    );
    return main;
  }

  /** After the start, which has put the canary of the last time first in line. */
  async #change<Result>(work: (main: SwappableEngine) => Promise<Result>): Promise<Result> {
    const main = await this.#main();
    return this.#inOrder(() => work(main));
  }

  /** Until it is loaded its people are answered by the champion; if it does not open, for good. */
  async #resumeCanary(): Promise<void> {
    const { registry, log } = this.#parts;
    const version = registry.find(registry.canary?.name);
    if (!version) return;
    try {
      this.#canary = await this.#loader.load(version);
    } catch (error) {
      log.error("canary does not open", { name: version.name, error });
      await registry.retire(version.name, MACHINE, "it did not open at a start");
    }
  }

  #canaryOf(asker: string): ServedEngine | undefined {
    const { canary } = this.#parts.registry;
    return canary && isInShare(asker, canary.name, canary.share) ? this.#canary : undefined;
  }

  #requireChange(version: Version, main: Engine, { isSame }: { isSame: boolean }): void {
    const { canary } = this.#parts.registry;
    if (main.model.name === version.name && isSame) {
      throw new HintedError(`${version.name} answers already.`, {
        hint: "`models` lists the others.",
      });
    }
    if (canary && (canary.name !== version.name || !isSame)) {
      throw new HintedError(`${canary.name} is being tried by ${canary.share} % of the people.`, {
        hint: `Decide about it first: \`promote ${canary.name}\` or \`rollback\`.`,
      });
    }
  }

  async #makeChampion(
    version: Version,
    main: SwappableEngine,
    { by, why }: Cause,
  ): Promise<Promoted> {
    const { registry, log } = this.#parts;
    const before = main.model.name;
    const engine = await this.#loaded(version, () => registry.promote(version.name, by, why));
    this.#canary = undefined;
    this.#loader.letGo(main.swap(engine));
    log.info("promoted", { name: version.name, before, by: by.who, reason: why });
    return { kind: "champion", before };
  }

  async #beginCanary(
    version: Version,
    share: number,
    main: Engine,
    { by, why }: Cause,
  ): Promise<Promoted> {
    const { registry, log } = this.#parts;
    const { name } = version;
    const begin = () => registry.beginCanary({ name, share }, by, why);
    this.#canary = await this.#loaded(version, begin);
    log.info("canary begun", { name, share, by: by.who, reason: why });
    return { kind: "canary", champion: main.model.name };
  }

  /** The engine of a version once the registry knows of it; the canary's, if it is the canary. */
  async #loaded(version: Version, register: () => Promise<void>): Promise<ServedEngine> {
    const engine = this.#canary ?? (await this.#loader.load(version));
    try {
      await register();
      return engine;
    } catch (error) {
      if (engine !== this.#canary) this.#loader.letGo(engine);
      throw error;
    }
  }

  async #endCanary(name: string, { by, why }: Cause & { why: string }): Promise<void> {
    await this.#parts.registry.retire(name, by, why);
    if (this.#canary) this.#loader.letGo(this.#canary);
    this.#canary = undefined;
  }

  async #returnToPrevious(
    main: SwappableEngine,
    { by, why }: Cause & { why: string },
  ): Promise<void> {
    const { registry } = this.#parts;
    const [champion, previous] = registry.champions;
    if (!champion || champion.name !== main.model.name) throw namedByOperator(main.model.name);
    if (!previous) throw nothingBefore(champion.name);
    const back = () => registry.retire(champion.name, by, why);
    this.#loader.letGo(main.swap(await this.#loaded(previous, back)));
  }
}

function namedByOperator(name: string): HintedError {
  return new HintedError(`${name} answers because the bot was started with it.`, {
    hint: "`promote NAME` gives another model its place.",
  });
}

function nothingBefore(name: string): HintedError {
  return new HintedError(`There is nothing to go back to: no model served before ${name}.`, {
    hint: "`models` lists what can be promoted instead.",
  });
}
