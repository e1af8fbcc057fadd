/**
 * A model that may still be loading: who needs it waits, who only reports
 * looks. Lets the page answer at once while the weights are read. Where
 * another version is tried by some, each visitor gets theirs.
 */

import { HintedError } from "../../core/errors.ts";
import type { Models } from "../../chat/models.ts";
import type { Engine, ModelInfo } from "../../generate/types.ts";

type EngineState =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly model: ModelInfo }
  | { readonly status: "failed"; readonly reason: string };

export interface EngineSource {
  /** Settles once, with the engine or with why there is none. */
  readonly engine: Promise<Engine>;
  /** What answers this visitor; `model` and `generate` are of the same model if nothing is awaited between. */
  engineFor(visitor: string): Promise<Pick<Engine, "model" | "generate">>;
  state(): EngineState;
}

export function engineSourceOf(
  engine: Promise<Engine>,
  versions?: Pick<Models, "engineFor">,
): EngineSource {
  let ready: Engine | undefined;
  let reason: string | undefined;
  const watch = async () => {
    try {
      ready = await engine;
    } catch (error) {
      reason = error instanceof HintedError ? error.message : "It could not be loaded.";
    }
  };
  void watch();
  return {
    engine,
    async engineFor(visitor) {
      const main = await engine;
      return versions?.engineFor(visitor) ?? main;
    },
    state() {
      if (ready) return { status: "ready", model: ready.model }; // which may be another one tomorrow
      return reason === undefined ? { status: "loading" } : { status: "failed", reason };
    },
  };
}
