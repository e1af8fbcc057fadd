/**
 * The versions of the registry as engines that run: one serves, perhaps a
 * second one beside it, and they change places without anybody being cut off.
 *
 * Decides who may change what, one change after the other; `change-seats.ts`
 * makes it.
 */

import type { Clock } from "../chat/clock.ts";
import {
  EVERYBODY,
  UNSEEN,
  type Answered,
  type Models,
  type Pair,
  type Promoted,
  type RolledBack,
} from "../chat/models.ts";
import { ServedEngine } from "../generate/served-engine.ts";
import { SwappableEngine } from "../generate/swappable-engine.ts";
import type { Engine } from "../generate/types.ts";
import { inOrder } from "../state/in-order.ts";
import { MACHINE, type Actor } from "./audit.ts";
import { beginTrial, endTrial, makeChampion, rollBack, type Seats } from "./change-seats.ts";
import { chooseFirst, findUntried, type FirstParts } from "./choose-first.ts";
import { Comparison } from "./comparison.ts";
import { EngineLoader } from "./engine-loader.ts";
import { examineOrder, type Order } from "./examine-order.ts";
import { findVersion } from "./find-version.ts";
import { requireRoom } from "./memory-guard.ts";
import { isLoading } from "./refusals.ts";
import type { Version } from "./registry-state.ts";
import { resumeTrial } from "./resume-trial.ts";
import { SecondSeat } from "./second-seat.ts";
import type { Shadow } from "./shadow.ts";
import { isInShare } from "./share.ts";
import { summarise } from "./summaries.ts";
import { announceAgreement, announceLoss, type Announce } from "./trial-news.ts";

export interface DeploymentParts extends FirstParts {
  /** A promotion is asked for by two admins. */
  readonly needsTwoAdmins?: boolean | undefined;
  readonly shadow: Shadow;
  /** Bytes that a second model may take. */
  readonly readFreeMemory: () => Promise<number>;
  readonly announce?: Announce | undefined;
  /** Told which version is champion at a start, and of each that becomes it. */
  readonly onChampion?: ((version: Version) => void) | undefined;
  readonly clock: Clock;
}

export class Deployment implements Models {
  readonly #parts: DeploymentParts;
  readonly #loader: EngineLoader;
  readonly #second: SecondSeat;
  readonly #comparison: Comparison;
  readonly #inOrder = inOrder();
  #started: Promise<Seats> | undefined;
  #serving: SwappableEngine | undefined;
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
    this.#comparison = new Comparison({ inOrder: this.#inOrder, clock });
  }

  /** The engine of everybody who is in no canary's share, whichever model that is by then. */
  async start(): Promise<Engine> {
    return (await this.#seats()).main;
  }

  /** The champion that would serve had the operator not named another model at the start. */
  championInsteadOf({ model }: Engine): string | undefined {
    const [champion] = this.#parts.registry.champions;
    return champion && champion.name !== model.name ? champion.name : undefined;
  }

  /** The newest experiment, if it never was a version here and nobody named another model. */
  untried(): Promise<string | undefined> {
    return findUntried(this.#parts);
  }

  get trial(): string | undefined {
    return this.#parts.registry.trial?.name;
  }

  async engineFor(asker: string): Promise<Pick<Engine, "model" | "generate">> {
    const { main } = await this.#seats();
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
    const serving = (await this.start()).model.name;
    const figures = shadow.wordsAbout(registry.trial);
    return summarise(registry.state, { root: choice.root, serving, figures });
  }

  promote(order: Order): Promise<Promoted> {
    return this.#change(async (seats) => {
      const { registry, choice, needsTwoAdmins, announce } = this.#parts;
      const { name, share, by, why, place } = order;
      const { version, judged, despite } = await examineOrder(order, seats, choice.root);
      const promotion = { share, place };
      const { request } = registry.state;
      const isAgreed = !needsTwoAdmins || (await registry.second(version, promotion, by));
      if (!isAgreed) return { kind: "asked", judged };
      const cause = { by, why, despite };
      const promoted =
        share < EVERYBODY
          ? await beginTrial(version, promotion, seats, cause)
          : await makeChampion(version, seats, cause);
      if (needsTwoAdmins) announceAgreement(request?.place, { name, share, place }, announce);
      return { ...promoted, judged };
    });
  }

  /** A promotion that is still loading its model is what is rolled back; nothing else waits for it. */
  rollback(by: Actor, why = "rolled back"): Promise<RolledBack> {
    const loading = this.#second.endLoading();
    const stopped = loading?.isPromotion ? loading.name : undefined;
    return this.#change((seats) => rollBack(seats, stopped, { by, why }));
  }

  /** The trial ends by the bot's own decision; false if it is none any more. */
  takeBack(name: string, why: string): Promise<boolean> {
    return this.#change(async (seats) => {
      const { trial } = seats.registry;
      if (trial?.name !== name) return false;
      await endTrial(name, seats, { by: MACHINE, why });
      announceLoss(trial, { why, champion: seats.main.model.name }, this.#parts.announce);
      return true;
    });
  }

  pair(name: string, by: Actor): Promise<Pair> {
    const { loading } = this.#second;
    if (loading) return Promise.reject(isLoading(loading.name));
    return this.#change(async (seats) => {
      const { registry, choice } = this.#parts;
      const version = await findVersion(name, { registry, root: choice.root });
      return this.#comparison.pair(version, seats, by);
    });
  }

  answered(reply: Answered): void {
    const { registry, shadow } = this.#parts;
    const { trial } = registry;
    if (trial?.share !== UNSEEN) return;
    const engine = this.#second.engineOf(trial.name);
    if (engine && this.#serving?.isIdle) shadow.hear(reply, { trial, engine });
  }

  /** Everything that is loaded goes. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#comparison.close();
    const seats = await this.#started?.catch(() => undefined); // it was reported where it was awaited
    await this.#parts.shadow.close();
    await Promise.all([seats?.main.close(), this.#second.close(), this.#loader.close()]);
  }

  #seats(): Promise<Seats> {
    return (this.#started ??= this.#start());
  }

  async #start(): Promise<Seats> {
    const main = new SwappableEngine(new ServedEngine(await chooseFirst(this.#parts)));
    this.#serving = main;
    const { registry, log, onChampion, announce } = this.#parts;
    const [champion] = registry.champions;
    if (champion?.name === main.model.name) onChampion?.(champion);
    const [second, loader] = [this.#second, this.#loader];
    const seats = { registry, main, second, loader, onChampion, log };
    const isClosing = () => this.#isClosing;
    void this.#inOrder(() => resumeTrial(seats, { announce, isClosing })).catch((error: unknown) =>
      log.error("trial not settled", { error }),
    );
    return seats;
  }

  /** After the start, which has put the trial of the last time first in line. */
  async #change<Result>(work: (seats: Seats) => Promise<Result>): Promise<Result> {
    const seats = await this.#seats();
    return this.#inOrder(() => work(seats));
  }

  #canaryOf(asker: string): ServedEngine | undefined {
    const { trial } = this.#parts.registry;
    if (!trial || !isInShare(asker, trial.name, trial.share)) return undefined;
    return this.#second.engineOf(trial.name);
  }
}
