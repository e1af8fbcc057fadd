/** Does the model open, whole and unchanged, and say something? */

import { formatCount } from "../core/cli/console.ts";
import { findModel } from "../generate/find-model.ts";
import { timeToFirstToken, type StartEngine } from "../generate/prove-engine.ts";
import type { ModelInfo } from "../generate/types.ts";
import { failed, ok, warning, type Check, type CheckResult } from "./check.ts";

/** Large models take their time to be read and hashed. */
const PATIENCE = 120_000;

export interface ModelCheckOptions {
  /** A folder, or the name of an experiment. */
  readonly named?: string | undefined;
  readonly environment: {
    readonly LFZ_MODEL?: string | undefined;
    readonly LFZ_ORT?: string | undefined;
  };
  /** The folder that the bot serves where nobody names another one, if it has served before. */
  readonly champion?: () => Promise<string | undefined>;
  readonly startEngine: StartEngine;
}

export function modelCheck(options: ModelCheckOptions): Check {
  const { environment, startEngine, champion } = options;
  return {
    name: "Model",
    patience: PATIENCE,
    async run(signal): Promise<CheckResult> {
      const named = options.named ?? environment.LFZ_MODEL ?? (await champion?.());
      const folder = await findModel({ named, environment });
      const engine = await startEngine(folder);
      try {
        const firstTokenMs = await timeToFirstToken(engine, signal);
        if (firstTokenMs === undefined) {
          return failed(`${folder} opens but says nothing`, "Export it again: `lfz export`.");
        }
        return judge(engine.model, firstTokenMs, environment.LFZ_ORT);
      } finally {
        await engine.close();
      }
    },
  };
}

/** In place through koffi unless the environment says otherwise; where koffi cannot load, the slower way was taken. */
function judge(model: ModelInfo, firstTokenMs: number, asked: string | undefined): CheckResult {
  const { name, parameters, context, runtime } = model;
  const words = `${name}: ${formatCount(parameters)} parameters, reads ${context} tokens; first token after ${Math.round(firstTokenMs)} ms; ONNX Runtime ${runtime}`;
  if (runtime === (asked ?? "in-place")) return ok(words);
  return warning(
    words,
    "koffi could not load, so ONNX Runtime is called the slower way: run `npm rebuild koffi`.",
  );
}
