/**
 * How versions come to serve and cease to, each time in the registry and as
 * engines. The registry is told before people are: whenever the process dies,
 * there is a champion to start with.
 *
 * Two of these never overlap; whoever calls them sees to that.
 */

import { UNSEEN, type Promoted, type RolledBack } from "../chat/models.ts";
import type { SwappableEngine } from "../generate/swappable-engine.ts";
import type { Log } from "../log.ts";
import type { Actor } from "./audit.ts";
import type { EngineLoader } from "./engine-loader.ts";
import { namedByOperator, nothingBefore } from "./refusals.ts";
import type { Grounds, Promotion, Registry } from "./registry.ts";
import type { Version } from "./registry-state.ts";
import type { SecondSeat } from "./second-seat.ts";

/** Who sits where. */
export interface Seats {
  readonly registry: Registry;
  /** Of everybody who is in no canary's share. */
  readonly main: SwappableEngine;
  readonly second: SecondSeat;
  readonly loader: EngineLoader;
  readonly onChampion?: ((version: Version) => void) | undefined;
  readonly log: Log;
}

/** Who changes something, and why. */
export interface Cause extends Grounds {
  readonly by: Actor;
}

type Begun<Kind extends Promoted["kind"]> = Omit<Extract<Promoted, { kind: Kind }>, "judged">;

export async function makeChampion(
  version: Version,
  { registry, main, second, loader, onChampion, log }: Seats,
  { by, ...grounds }: Cause,
): Promise<Begun<"champion">> {
  const before = main.model.name;
  const engine = await second.seatPromoted(version, () => registry.promote(version, by, grounds));
  second.vacate();
  loader.letGo(main.swap(engine));
  log.info("promoted", { name: version.name, before, by: by.who, reason: grounds.why });
  onChampion?.(version);
  return { kind: "champion", before };
}

export async function beginTrial(
  version: Version,
  promotion: Promotion,
  { registry, main, second, log }: Seats,
  { by, ...grounds }: Cause,
): Promise<Begun<"shadow" | "canary">> {
  const { name } = version;
  const { share } = promotion;
  await second.seatPromoted(version, () => registry.beginTrial(version, promotion, by, grounds));
  const kind = share === UNSEEN ? "shadow" : "canary";
  log.info(`${kind} begun`, { name, share, by: by.who, reason: grounds.why });
  return { kind, champion: main.model.name };
}

export async function endTrial(
  name: string,
  { registry, second }: Seats,
  { by, why }: { by: Actor; why: string },
): Promise<void> {
  await registry.retire(name, by, why);
  second.free();
}

/**
 * Ends the trial, or else brings the champion before back.
 *
 * @throws HintedError if there is no way back
 */
export async function rollBack(
  seats: Seats,
  /** The promotion whose loading was ended for it; if it serves nobody yet, that was all. */
  stopped: string | undefined,
  { by, why }: { by: Actor; why: string },
): Promise<RolledBack> {
  const { registry, main, log } = seats;
  const trial = registry.trial?.name;
  const isStopped = stopped !== undefined && stopped !== main.model.name && stopped !== trial;
  const from = (isStopped ? stopped : trial) ?? main.model.name;
  if (!isStopped && trial !== undefined) await endTrial(trial, seats, { by, why });
  else if (!isStopped) await returnToPrevious(seats, { by, why });
  const to = main.model.name;
  log.warn("rolled back", { from, to, by: by.who, reason: why });
  return { from, to };
}

async function returnToPrevious(
  { registry, main, second, loader }: Seats,
  { by, why }: { by: Actor; why: string },
): Promise<void> {
  const [champion, previous] = registry.champions;
  if (!champion || champion.name !== main.model.name) throw namedByOperator(main.model.name, by);
  if (!previous) throw nothingBefore(champion.name, by);
  const engine = await second.seatWayBack(previous);
  await registry.retire(champion.name, by, why);
  second.vacate();
  loader.letGo(main.swap(engine));
}
