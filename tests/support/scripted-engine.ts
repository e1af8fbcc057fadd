/**
 * An engine that says what a test tells it to.
 *
 * A reply is a list of pieces; a piece that is a promise holds the stream
 * until the test lets it go, so that "in the middle of a reply" is a place
 * and not a moment.
 */

import { DEFAULT_GENERATION } from "../../src/core/experiment/config-files.ts";
import type {
  Engine,
  FinishReason,
  GenerationEvent,
  GenerationRequest,
  ModelInfo,
  SaidToken,
} from "../../src/generate/types.ts";

const SAMPLING = { ...DEFAULT_GENERATION, seed: 0 };

type ScriptedReply = readonly (string | Promise<string>)[];

export interface ScriptedEngine extends Engine {
  /** Every request so far, oldest first. */
  readonly requests: GenerationRequest[];
  /** How the next generation ends. */
  nextEnd(): Promise<FinishReason>;
}

export interface Script {
  reply?: (request: GenerationRequest) => ScriptedReply;
  finishReason?: FinishReason;
  droppedTurns?: number;
  cut?: boolean;
  /** How likely the model holds each piece. */
  probabilityOf?: (piece: string) => number;
  model?: Partial<ModelInfo>;
}

export function scriptedEngine({
  reply = () => ["Hello", " there", "."],
  finishReason = "stop",
  droppedTurns = 0,
  cut = false,
  probabilityOf = () => 0.5,
  model,
}: Script = {}): ScriptedEngine {
  const requests: GenerationRequest[] = [];
  let waiting: ((reason: FinishReason) => void)[] = [];
  const tellEnd = (reason: FinishReason) => {
    for (const resolve of waiting) resolve(reason);
    waiting = [];
  };

  async function* generate(
    request: GenerationRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent> {
    requests.push(request);
    const { temperature = SAMPLING.temperature } = request.sampling ?? {};
    const tokenIds: number[] = [];
    const tokens: SaidToken[] = [];
    let end: FinishReason = "abort";
    try {
      for (const piece of reply(request)) {
        const text = await untilAbort(piece, signal);
        if (text === undefined) break;
        tokenIds.push(tokenIds.length);
        tokens.push({ bytes: Buffer.from(text), logProbability: Math.log(probabilityOf(text)) });
        yield { type: "text", text };
      }
      if (!signal?.aborted) end = finishReason;
      yield {
        type: "done",
        finishReason: end,
        tokenIds,
        tokens,
        sampling: { ...SAMPLING, ...request.sampling, temperature },
        promptTokens: 7,
        droppedTurns,
        cut,
        firstTokenMs: 12.4,
        tokensPerSecond: 1060.7,
      };
    } finally {
      tellEnd(end);
    }
  }

  return {
    model: {
      name: "starter",
      folder: "experiments/starter",
      parameters: 5_800_000,
      context: 256,
      vocabSize: 4096,
      runtime: "scripted",
      ...model,
    },
    requests,
    nextEnd: () => new Promise((resolve) => waiting.push(resolve)),
    generate,
    close: async () => {},
  };
}

/** A promise that a test settles when it wants to. */
export function gate<T = void>(): { opened: Promise<T>; open: (value: T) => void } {
  const opener: { open?: (value: T) => void } = {};
  const opened = new Promise<T>((resolve) => {
    opener.open = resolve;
  });
  return { opened, open: (value) => opener.open?.(value) };
}

/** Nothing if the signal aborts first. */
async function untilAbort(
  piece: string | Promise<string>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (signal?.aborted) return undefined;
  if (typeof piece === "string" || !signal) return piece;
  const { opened: aborted, open } = gate<undefined>();
  const stop = () => open(undefined);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([piece, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
