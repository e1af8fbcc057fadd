/**
 * The engine beside the champion: a canary, a shadow, or what somebody
 * compares. There is one seat, so that never more than two models are in
 * memory for long.
 */

import type { ServedEngine } from "../generate/served-engine.ts";
import type { EngineLoader, LoadOptions } from "./engine-loader.ts";
import { RolledBackMeanwhile } from "./refusals.ts";
import type { Version } from "./registry-state.ts";

interface Seated {
  readonly version: Pick<Version, "name" | "manifest">;
  readonly engine: ServedEngine;
}

interface Loading {
  readonly name: string;
  /** It is loaded to be promoted, not to be compared, nor to go on after a start. */
  readonly isPromotion: boolean;
}

export class SecondSeat {
  readonly #loader: EngineLoader;
  #seated: Seated | undefined;
  #loading: (Loading & { readonly ending: AbortController }) | undefined;

  constructor(loader: EngineLoader) {
    this.#loader = loader;
  }

  /** Of the version of that name, if it sits here. */
  engineOf(name: string): ServedEngine | undefined {
    return this.#seated?.version.name === name ? this.#seated.engine : undefined;
  }

  /** What is being loaded, unless it is the way back. */
  get loading(): Loading | undefined {
    return this.#loading;
  }

  /** Nobody waits for it any more; who did is told that it was rolled back. */
  endLoading(): Loading | undefined {
    const loading = this.#loading;
    loading?.ending.abort(new RolledBackMeanwhile());
    return loading;
  }

  /** Seats a version, unless its loading is ended: whatever else sits here goes first. */
  async seat(version: Version, { isPromotion = false } = {}): Promise<ServedEngine> {
    const ending = new AbortController();
    this.#loading = { name: version.name, isPromotion, ending };
    try {
      return await this.#load(version, { signal: ending.signal });
    } finally {
      this.#loading = undefined;
    }
  }

  /** Seats a version that is promoted, and keeps it only if the registry could be told. */
  async seatPromoted(version: Version, register: () => Promise<void>): Promise<ServedEngine> {
    const wasThere = this.#holds(version);
    const engine = await this.seat(version, { isPromotion: true });
    try {
      await register();
      return engine;
    } catch (error) {
      if (!wasThere) this.free();
      throw error;
    }
  }

  /** Nothing ends that, and no lack of memory forbids it. */
  seatWayBack(version: Version): Promise<ServedEngine> {
    return this.#load(version, { isWayBack: true });
  }

  /** It sits elsewhere from now on. */
  vacate(): void {
    this.#seated = undefined;
  }

  /** It goes as soon as its last reply has ended. */
  free(): void {
    if (this.#seated) this.#loader.letGo(this.#seated.engine);
    this.vacate();
  }

  async close(): Promise<void> {
    await this.#seated?.engine.close();
  }

  async #load(version: Version, options: LoadOptions): Promise<ServedEngine> {
    if (this.#seated && this.#holds(version)) return this.#seated.engine;
    this.free();
    const engine = await this.#loader.load(version, options);
    this.#seated = { version, engine };
    return engine;
  }

  #holds({ name, manifest }: Version): boolean {
    const { version } = this.#seated ?? {};
    return version?.name === name && version.manifest === manifest;
  }
}
