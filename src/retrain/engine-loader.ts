/**
 * Loads versions and lets them go, never more than two at once: who wants
 * another waits until the one that is leaving is gone.
 */

import { resolve } from "node:path";

import type { Clock } from "../chat/clock.ts";
import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import { startProvenEngine, type StartEngine } from "../generate/prove-engine.ts";
import { ServedEngine } from "../generate/served-engine.ts";
import { requireUnchanged } from "./find-version.ts";
import type { Version } from "./registry-state.ts";

/** How long a model that was replaced stays for replies in progress, in milliseconds. */
const LEAVING_PATIENCE_MS = 2 * 60_000;

export class EngineLoader {
  readonly #startEngine: StartEngine;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #leaving: { readonly engine: ServedEngine; readonly gone: Promise<void> } | undefined;

  constructor(startEngine: StartEngine, clock: Clock) {
    this.#startEngine = startEngine;
    this.#clock = clock;
  }

  /**
   * The one that is leaving is called back, if it is that one.
   *
   * @throws HintedError if the folder is not what it was, or cannot answer.
   */
  async load(version: Version): Promise<ServedEngine> {
    await requireUnchanged(version);
    const leaving = this.#leaving;
    if (leaving && isOf(version, leaving.engine) && leaving.engine.reinstate()) {
      return leaving.engine;
    }
    await leaving?.gone;
    const engine = await startProvenEngine(version.folder, this.#startEngine);
    if (!this.#closing.signal.aborted) return new ServedEngine(engine);
    await engine.close();
    throw new HintedError("The bot is being shut down.", {
      hint: "Start it again first.",
      exitCode: EXIT_FAILURE,
    });
  }

  /** It goes as soon as its last reply has ended; nobody needs to wait for that. */
  letGo(engine: ServedEngine): void {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#closing.signal]);
    const gone = engine
      .retire(this.#clock.sleep(LEAVING_PATIENCE_MS, signal))
      .catch(() => undefined) // a worker that ends badly has ended too
      .finally(() => left.abort());
    this.#leaving = { engine, gone };
  }

  /** What is leaving goes at once; nothing is loaded any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#leaving?.gone;
  }
}

/** A person may have named the folder in another way than the registry does. */
function isOf({ folder }: Version, { model }: ServedEngine): boolean {
  return resolve(model.folder) === folder;
}
