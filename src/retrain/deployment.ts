/**
 * The versions of the registry as engines that run: one serves, perhaps a
 * second one beside it, and they change places without anybody being cut off.
 *
 * Changes come one after the other. The registry is told before people are:
 * whenever the process dies, there is a champion to start with.
 */

import { basename, resolve } from "node:path";

import { placeKey } from "../chat/admission.ts";
import type { Clock } from "../chat/clock.ts";
import type {
  Answered,
  Models,
  Pair,
  Promoted,
  PromotionOrder,
  RolledBack,
} from "../chat/models.ts";
import type { Place } from "../chat/place.ts";
import { findModel } from "../generate/find-model.ts";
import { ServedEngine } from "../generate/served-engine.ts";
import { SwappableEngine } from "../generate/swappable-engine.ts";
import type { Engine } from "../generate/types.ts";
import { inOrder } from "../state/in-order.ts";
import { MACHINE, type Actor } from "./audit.ts";
import { chooseFirst, type FirstParts } from "./choose-first.ts";
import { EngineLoader } from "./engine-loader.ts";
import { findVersion } from "./find-version.ts";
import { requireRoom } from "./memory-guard.ts";
import {
  answersAlready,
  isLoading,
  isOnTrial,
  namedByOperator,
  nothingBefore,
  RolledBackMeanwhile,
} from "./refusals.ts";
import type { Grounds, Promotion } from "./registry.ts";
import { UNSEEN, type Trial, type Version } from "./registry-state.ts";
import { SecondSeat } from "./second-seat.ts";
import type { Shadow } from "./shadow.ts";
import { isInShare } from "./share.ts";
import { summarise } from "./summaries.ts";
import { readVerdict, requireNoLoss, wordsOf } from "./verdict.ts";

/** How long a version that was compared stays for the next question, in milliseconds. */
const COMPARED_STAYS_MS = 5 * 60_000;

export interface DeploymentParts extends FirstParts {
  /** A promotion is asked for by two admins. */
  readonly needsTwoAdmins?: boolean | undefined;
  readonly shadow: Shadow;
  /** Bytes that a second model may take. */
  readonly readFreeMemory: () => Promise<number>;
  /** Tells people at a place what came of what they ordered. */
  readonly announce?: ((place: Place | undefined, text: string) => void) | undefined;
  /** Told which version is champion at a start, and of each that becomes it. */
  readonly onChampion?: ((version: Version) => void) | undefined;
  readonly clock: Clock;
}

/** Why an admin or the bot itself changes something. */
interface Cause extends Grounds {
  readonly by: Actor;
}

type Order = Omit<PromotionOrder, "by"> & { readonly by: Actor };

export class Deployment implements Models {
  readonly #parts: DeploymentParts;
  readonly #loader: EngineLoader;
  readonly #second: SecondSeat;
  readonly #inOrder = inOrder();
  #started: Promise<SwappableEngine> | undefined;
  #serving: SwappableEngine | undefined;
  /** What is being loaded, unless it is the way back, and how to end that. */
  #loading: { readonly name: string; readonly isPromotion: boolean; end(): void } | undefined;
  /** Wakes who waits to let go of what was compared. */
  #staying = new AbortController();
  #isClosing = false;

  constructor(parts: DeploymentParts) {
    const { startEngine, readFreeMemory, clock } = parts;
    this.#parts = parts;
    this.#loader = new EngineLoader({
      startEngine,
      requireRoom: (version) => requireRoom(version, readFreeMemory),
      clock,
    });
    this.#second = new SecondSeat(this.#loader);
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
      generate: (request, signal) => {
        this.#parts.shadow.makeWay();
        return choose().generate(request, signal);
      },
    };
  }

  async list() {
    const { registry, choice, shadow } = this.#parts;
    const serving = (await this.#main()).model.name;
    const figures = shadow.wordsAbout(registry.canary);
    return summarise(registry.state, { root: choice.root, serving, figures });
  }

  promote({ name, share, by, why, isForced, place }: Order): Promise<Promoted> {
    return this.#change(async (main) => {
      const { registry, choice, needsTwoAdmins } = this.#parts;
      const known = registry.find(name)?.manifest;
      const version = await findVersion(name, { registry, root: choice.root, by });
      this.#requireChange(version, main, { isSame: known === version.manifest, share, by });
      const verdict = await readVerdict(version.folder);
      const judged = wordsOf(verdict);
      // Nobody sees a shadow: that is a way to look at what the judge did not like.
      const despite = share === UNSEEN ? undefined : requireNoLoss(verdict, { name, isForced, by });
      const { request } = registry.state;
      const isAgreed = !needsTwoAdmins || (await registry.second({ name, share, place }, by));
      if (!isAgreed) return { kind: "asked", judged };
      const cause = { by, why, despite };
      const promoted =
        share < 100
          ? await this.#beginCanary(version, { share, place }, main, cause)
          : await this.#makeChampion(version, main, cause);
      if (needsTwoAdmins) this.#announceAgreement(request?.place, { name, share, place });
      return { ...promoted, judged };
    });
  }

  /** A promotion that is still loading its model is what is rolled back; nothing else waits for it. */
  rollback(by: Actor, why = "rolled back"): Promise<RolledBack> {
    const { name: pending, isPromotion = false } = this.#loading ?? {};
    this.#loading?.end();
    return this.#change(async (main) => {
      const { registry, log } = this.#parts;
      const serves = (name: string | undefined) =>
        name === main.model.name || name === registry.canary?.name;
      const isStopped = isPromotion && !serves(pending);
      const from = (isStopped ? pending : registry.canary?.name) ?? main.model.name;
      if (!isStopped && registry.canary) await this.#endCanary(from, { by, why });
      else if (!isStopped) await this.#returnToPrevious(main, { by, why });
      const to = main.model.name;
      log.warn("rolled back", { from, to, by: by.who, reason: why });
      return { from, to };
    });
  }

  /** The canary goes by the bot's own decision; false if it is none any more. */
  takeBack(name: string, why: string): Promise<boolean> {
    return this.#change(async (main) => {
      const { canary } = this.#parts.registry;
      if (canary?.name !== name) return false;
      await this.#endCanary(name, { by: MACHINE, why });
      this.#announceLoss(canary, why, main);
      return true;
    });
  }

  pair(name: string, by: Actor): Promise<Pair> {
    if (this.#loading) return Promise.reject(isLoading(this.#loading.name));
    return this.#change(async (main) => {
      const { registry, choice } = this.#parts;
      const version = await findVersion(name, { registry, root: choice.root, by });
      if (version.name === main.model.name) throw answersAlready(name, by);
      const { canary } = registry;
      if (canary && canary.name !== name) throw isOnTrial(canary, by);
      const other = await this.#load(version, { isPromotion: false });
      this.#letGoLater();
      return { champion: main, other };
    });
  }

  answered(reply: Answered): void {
    const { registry, shadow } = this.#parts;
    const { canary } = registry;
    if (canary?.share !== UNSEEN) return;
    const engine = this.#second.engineOf(canary.name);
    if (engine && this.#serving?.isIdle) shadow.hear(reply, { version: canary, engine });
  }

  /** Everything that is loaded goes. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#staying.abort();
    const main = await this.#started?.catch(() => undefined); // it was reported where it was awaited
    await this.#parts.shadow.close();
    await Promise.all([main?.close(), this.#second.close(), this.#loader.close()]);
  }

  #main(): Promise<SwappableEngine> {
    return (this.#started ??= this.#start());
  }

  async #start(): Promise<SwappableEngine> {
    const main = new SwappableEngine(new ServedEngine(await chooseFirst(this.#parts)));
    this.#serving = main;
    const { registry, log, onChampion } = this.#parts;
    const [champion] = registry.champions;
    if (champion?.name === main.model.name) onChampion?.(champion);
    void this.#inOrder(() => this.#resumeCanary(main)).catch((error: unknown) =>
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
  async #resumeCanary(main: Engine): Promise<void> {
    const { registry, log } = this.#parts;
    const { canary } = registry;
    const version = registry.find(canary?.name);
    if (!canary || !version) return;
    try {
      await this.#load(version, { isPromotion: false });
    } catch (error) {
      if (error instanceof RolledBackMeanwhile || this.#isClosing) return; // that decides, or the next start
      log.error("canary does not open", { name: version.name, error });
      const why = "it did not open at a start";
      await registry.retire(version.name, MACHINE, why);
      this.#announceLoss(canary, why, main);
    }
  }

  #canaryOf(asker: string): ServedEngine | undefined {
    const { canary } = this.#parts.registry;
    if (!canary || !isInShare(asker, canary.name, canary.share)) return undefined;
    return this.#second.engineOf(canary.name);
  }

  #requireChange(
    { name }: Version,
    main: Engine,
    { isSame, share, by }: { isSame: boolean; share: number; by: Actor },
  ): void {
    const { canary } = this.#parts.registry;
    if (main.model.name === name && isSame) throw answersAlready(name, by);
    if (canary && (canary.name !== name || !isSame)) throw isOnTrial(canary, by);
    // Back into the dark: people would be left by what answered them.
    if (canary && canary.share > UNSEEN && share === UNSEEN) throw isOnTrial(canary, by);
  }

  async #makeChampion(version: Version, main: SwappableEngine, { by, ...grounds }: Cause) {
    const { registry, log, onChampion } = this.#parts;
    const before = main.model.name;
    const engine = await this.#loaded(version, () => registry.promote(version.name, by, grounds));
    this.#second.vacate();
    this.#loader.letGo(main.swap(engine));
    log.info("promoted", { name: version.name, before, by: by.who, reason: grounds.why });
    onChampion?.(version);
    return { kind: "champion", before } as const;
  }

  async #beginCanary(
    version: Version,
    { share, place }: Pick<Order, "share" | "place">,
    main: Engine,
    { by, ...grounds }: Cause,
  ) {
    const { registry, log } = this.#parts;
    const { name } = version;
    await this.#loaded(version, () => registry.beginCanary({ name, share, place }, by, grounds));
    const kind = share === UNSEEN ? "shadow" : "canary";
    log.info(`${kind} begun`, { name, share, by: by.who, reason: grounds.why });
    return { kind, champion: main.model.name } as const;
  }

  /** The engine of a version once the registry knows of it. */
  async #loaded(version: Version, register: () => Promise<void>): Promise<ServedEngine> {
    const wasThere = this.#second.holds(version);
    const engine = await this.#load(version, { isPromotion: true });
    try {
      await register();
      return engine;
    } catch (error) {
      if (!wasThere) this.#second.free();
      throw error;
    }
  }

  /** A rollback need not wait for it: it ends the loading. */
  async #load(
    version: Version,
    { isPromotion }: { readonly isPromotion: boolean },
  ): Promise<ServedEngine> {
    const ending = new AbortController();
    const end = () => ending.abort(new RolledBackMeanwhile());
    this.#loading = { name: version.name, isPromotion, end };
    try {
      return await this.#second.seat(version, { signal: ending.signal });
    } finally {
      this.#loading = undefined;
    }
  }

  /** What was only compared, once nobody has asked for it for a while. */
  #letGoLater(): void {
    this.#staying.abort();
    const { signal } = (this.#staying = new AbortController());
    const letGo = async () => {
      if (!signal.aborted && !this.#parts.registry.canary) this.#second.free();
    };
    void this.#parts.clock.sleep(COMPARED_STAYS_MS, signal).then(() => this.#inOrder(letGo));
  }

  async #endCanary(name: string, { by, why }: { by: Actor; why: string }): Promise<void> {
    await this.#parts.registry.retire(name, by, why);
    this.#second.free();
  }

  async #returnToPrevious(
    main: SwappableEngine,
    { by, why }: { by: Actor; why: string },
  ): Promise<void> {
    const { registry } = this.#parts;
    const [champion, previous] = registry.champions;
    if (!champion || champion.name !== main.model.name) throw namedByOperator(main.model.name, by);
    if (!previous) throw nothingBefore(champion.name, by);
    const engine = await this.#second.seat(previous, { isWayBack: true });
    await registry.retire(champion.name, by, why);
    this.#second.vacate();
    this.#loader.letGo(main.swap(engine));
  }

  #announceLoss({ name, share, place }: Trial, why: string, main: Engine): void {
    const what = share === UNSEEN ? `The shadow **${name}**` : `**${name}**`;
    const now = `**${main.model.name}** answers everybody.`;
    this.#parts.announce?.(place, `${what} was taken back by itself: ${why}. ${now}`);
  }

  /** Whoever asked first is told where that was, unless it was here. */
  #announceAgreement(asked: Place | undefined, { name, share, place }: Promotion): void {
    if (!asked || (place && placeKey(asked) === placeKey(place))) return;
    const whom = share === 100 ? "everybody" : `${share} % of the people`;
    const now = share === UNSEEN ? "is a shadow" : `answers ${whom}`;
    const text = `A second admin agreed: **${name}** ${now} from now on.`;
    this.#parts.announce?.(asked, text);
  }
}
