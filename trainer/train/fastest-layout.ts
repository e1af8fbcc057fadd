/**
 * The layout of a step that is fastest on this machine: tried out once for
 * each shape of model, then remembered.
 *
 * Trying costs some seconds. Only what beats the rule of `defaultLayout` by
 * more than such a short measurement is off by is taken instead of it.
 */

import { cpus } from "node:os";

import { z } from "zod";

import { readIfThere, sha256Of, toJsonText, writeFileAtomic } from "../../src/core/files.ts";
import type { ModelConfig } from "../../src/core/model/config.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { openRuntime, type Runtime } from "../../src/core/onnxruntime/runtime.ts";
import { Random } from "../../src/core/random.ts";
import { fullBatch } from "../data/full-batch.ts";
import { initialiseWeights } from "../model/initialise.ts";
import { rowsOf } from "./batch-values.ts";
import { defaultLayout, type Layout } from "./layout.ts";
import { StepEngine } from "./step-engine.ts";

const REPEATS = 3;
/** Milliseconds a token, against those of the default layout. */
const WORTH_CHANGING = 0.93;
/** Of a model that takes longer than this for its first try no other is tried. */
const LONGEST_TRY_MS = 2_000;

export interface LayoutOptions {
  readonly threads: number;
  readonly stepTokens: number;
  /** The file that remembers; a damaged one is made anew. */
  readonly cache: string;
  readonly signal?: AbortSignal;
  onTry?(layout: Layout): void;
}

export async function fastestLayout(
  runtime: Pick<Runtime, "kind" | "device">,
  config: ModelConfig,
  options: LayoutOptions,
): Promise<Layout> {
  const known = await readCache(options.cache);
  const key = keyOf(runtime, config, options);
  const found = known[key];
  if (found) return found;
  const layout = await tryLayouts(options, config, defaultLayout(runtime, config, options), (one) =>
    timeLayout(runtime.device, config, one, options.threads),
  );
  await writeFileAtomic(options.cache, toJsonText({ ...known, [key]: layout }));
  return layout;
}

/**
 * @param usual what is taken unless another is clearly faster
 * @param time milliseconds a token
 */
export async function tryLayouts(
  { signal, onTry }: Pick<LayoutOptions, "signal" | "onTry">,
  { context }: Pick<ModelConfig, "context">,
  usual: Layout,
  time: (layout: Layout) => Promise<number>,
): Promise<Layout> {
  const timeNext = (layout: Layout) => {
    signal?.throwIfAborted();
    onTry?.(layout);
    return time(layout);
  };
  let best = { layout: usual, time: await timeNext(usual) };
  if (best.time * usual.lanes * usual.microTokens > LONGEST_TRY_MS) return usual;
  const limit = best.time * WORTH_CHANGING;
  for (const layout of othersThan(usual, context)) {
    const found = await timeNext(layout);
    if (found < Math.min(best.time, limit)) best = { layout, time: found };
  }
  return best.layout;
}

/** Smaller micro-batches, and one lane for all threads: nothing that takes more memory. */
function othersThan({ lanes, microTokens }: Layout, context: number): Layout[] {
  const smaller = microTokens >= 2 * context ? [{ lanes, microTokens: microTokens / 2 }] : [];
  return lanes > 1 ? [...smaller, { lanes: 1, microTokens: microTokens * lanes }] : smaller;
}

/**
 * Milliseconds a token for gradients: the best of a few runs with every lane at work. In a runtime
 * of its own, so that none of the memory outlives the try.
 */
async function timeLayout(
  device: Device,
  config: ModelConfig,
  { lanes, microTokens }: Layout,
  threads: number,
): Promise<number> {
  const runtime = await openRuntime({ device });
  const microRows = rowsOf(microTokens, config);
  const shape = { config, microRows, lanes, optimizer: "adamw", threads } as const;
  const engine = await StepEngine.open(runtime, shape);
  const random = new Random(1);
  initialiseWeights(engine.weights, config, random);
  const batches = Array.from({ length: lanes }, () =>
    fullBatch(random, { ...config, rows: microRows }),
  );
  const tokens = lanes * engine.microTokens;
  let best = Infinity;
  try {
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      const started = performance.now();
      await engine.accumulate(batches, tokens);
      if (repeat > 0) best = Math.min(best, performance.now() - started); // the first lays out memory
    }
  } finally {
    engine.release();
    runtime.dispose();
  }
  return best / tokens;
}

const Cache = z.record(
  z.string(),
  z.strictObject({ lanes: z.int().positive(), microTokens: z.int().positive() }),
);

async function readCache(path: string): Promise<z.infer<typeof Cache>> {
  const text = await readIfThere(path);
  try {
    return Cache.parse(JSON.parse(text ?? "{}"));
  } catch {
    return {}; // only costs trying again
  }
}

/** All that decides which is fastest. */
function keyOf(
  { kind, device }: Pick<Runtime, "kind" | "device">,
  config: ModelConfig,
  { threads, stepTokens }: LayoutOptions,
): string {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, threads, kind, device };
  return sha256Of(JSON.stringify([machine, config, stepTokens])).slice(0, 16);
}
