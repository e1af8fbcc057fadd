/**
 * Loads versions and lets them go, never more than two at once: who wants
 * another waits until the one that is leaving is gone.
 */

import { resolve } from "node:path";

import type { Clock } from "../chat/clock.ts";
import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import { untilAborted } from "../core/until-aborted.ts";
import { startProvenEngine, type StartEngine } from "../generate/prove-engine.ts";
import { ServedEngine } from "../generate/served-engine.ts";
import { requireUnchanged } from "./find-version.ts";
import type { Version } from "./registry-state.ts";

/** How long a model that was replaced stays for replies in progress, in milliseconds. */
const LEAVING_PATIENCE_MS = 2 * 60_000;

export interface LoaderParts {
  readonly startEngine: StartEngine;
  /** Refuses a version that does not fit into memory beside what is there. */
  readonly requireRoom: (version: Version) => Promise<void>;
  readonly clock: Clock;
}

export interface LoadOptions {
  /** Somebody no longer wants it. */
  readonly signal?: AbortSignal;
  /** The way back is never refused, however little memory there is. */
  readonly isWayBack?: boolean;
}

export class EngineLoader {
  readonly #parts: LoaderParts;
  readonly #closing = new AbortController();
  #leaving: { readonly engine?: ServedEngine; readonly gone: Promise<void> } | undefined;

  constructor(parts: LoaderParts) {
    this.#parts = parts;
  }

  /**
   * The one that is leaving is called back, if it is that one.
   *
   * @throws HintedError if the folder is not what it was, does not fit into memory, or cannot
   * answer; the signal's reason if it aborts first.
   */
  async load(version: Version, { signal, isWayBack }: LoadOptions = {}): Promise<ServedEngine> {
    await requireUnchanged(version);
    const leaving = this.#leaving;
    if (leaving?.engine && isOf(version, leaving.engine) && leaving.engine.reinstate()) {
      return leaving.engine;
    }
    const isUnwanted = AbortSignal.any([...(signal ? [signal] : []), this.#closing.signal]);
    const unwanted = untilAborted(isUnwanted);
    await Promise.race([leaving?.gone, unwanted]);
    isUnwanted.throwIfAborted();
    if (!isWayBack) await this.#parts.requireRoom(version);
    const starting = this.#start(version, isUnwanted);
    this.#leaving = { gone: starting.then(ignore, ignore) }; // if nobody wants it any more
    const engine = await Promise.race([starting, unwanted]);
    if (engine) return engine;
    throw isUnwanted.reason;
  }

  /** It goes as soon as its last reply has ended; nobody needs to wait for that. */
  letGo(engine: ServedEngine): void {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#closing.signal]);
    const gone = engine
      .retire(this.#parts.clock.sleep(LEAVING_PATIENCE_MS, signal))
      .catch(() => undefined) // a worker that ends badly has ended too
      .finally(() => left.abort());
    this.#leaving = { engine, gone };
  }

  /** Nothing, once it is gone again, if nobody wants it any more by then. */
  async #start({ folder }: Version, signal: AbortSignal): Promise<ServedEngine | undefined> {
    const engine = await startProvenEngine(folder, this.#parts.startEngine, signal);
    if (!signal.aborted) return new ServedEngine(engine);
    await engine.close();
    return undefined;
  }

  /** What is leaving goes at once; nothing is loaded any more. */
  async close(): Promise<void> {
    this.#closing.abort(shutDown());
    await this.#leaving?.gone;
  }
}

/** Whoever asked for it is told. */
function ignore(): void {}

function shutDown(): HintedError {
  return new HintedError("The bot is being shut down.", {
    hint: "Start it again first.",
    exitCode: EXIT_FAILURE,
  });
}

/** A person may have named the folder in another way than the registry does. */
function isOf({ folder }: Version, { model }: ServedEngine): boolean {
  return resolve(model.folder) === folder;
}
