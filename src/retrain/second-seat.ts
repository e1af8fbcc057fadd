/**
 * The engine beside the champion: a canary, a shadow, or what somebody
 * compares. There is one seat, so that never more than two models are in
 * memory for long.
 */

import type { ServedEngine } from "../generate/served-engine.ts";
import type { EngineLoader, LoadOptions } from "./engine-loader.ts";
import type { Version } from "./registry-state.ts";

interface Seated {
  readonly version: Pick<Version, "name" | "manifest">;
  readonly engine: ServedEngine;
}

export class SecondSeat {
  readonly #loader: EngineLoader;
  #seated: Seated | undefined;

  constructor(loader: EngineLoader) {
    this.#loader = loader;
  }

  /** Of the version of that name, if it sits here. */
  engineOf(name: string): ServedEngine | undefined {
    return this.#seated?.version.name === name ? this.#seated.engine : undefined;
  }

  holds({ name, manifest }: Version): boolean {
    const { version } = this.#seated ?? {};
    return version?.name === name && version.manifest === manifest;
  }

  /** Seats a version: whatever else sits here goes first. */
  async seat(version: Version, options: LoadOptions = {}): Promise<ServedEngine> {
    if (this.#seated && this.holds(version)) return this.#seated.engine;
    this.free();
    const engine = await this.#loader.load(version, options);
    this.#seated = { version, engine };
    return engine;
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
}
