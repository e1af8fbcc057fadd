/**
 * The decoder graph on ONNX Runtime, its KV cache in memory of ours.
 *
 * A layer's keys (and its values) of all slots lie in one allocation,
 * [slots, kvHeads, context, headSize]. One slot is read through a one-row
 * view of it; a joint step runs on the view of the first slots. The same view
 * goes in as past and comes out as present, so nothing is copied.
 */

import { headSize, type ModelConfig } from "../model/config.ts";
import {
  ATTENTION_MASK,
  cacheNames,
  INPUT_IDS,
  LOGITS,
  LOGITS_TO_KEEP,
} from "../onnx/decoder-graph.ts";
import type { BoundRun, Memory, Runtime, Session, Value } from "../onnxruntime/runtime.ts";
import type { TokenId } from "../tokenizer/tokenizer.ts";
import type { Decoder } from "./decoder.ts";

/** Mask lengths are rounded up to this, so that few tensors serve every length. */
const MASK_STEP = 64;

export interface OnnxDecoderOptions {
  readonly slots: number;
  readonly threads?: number;
  readonly spinMicroseconds?: number;
}

export async function openOnnxDecoder(
  runtime: Runtime,
  model: Uint8Array,
  config: ModelConfig,
  { slots, threads, spinMicroseconds }: OnnxDecoderOptions,
): Promise<Decoder> {
  // On WebGPU (1.30, a software driver) a step of this graph had not come back after a minute.
  const session = await runtime.session(model, { threads, spinMicroseconds, device: "cpu" });
  return new OnnxDecoder(runtime, session, config, slots);
}

/** The bytes of cache that one slot takes. */
export function cacheBytesPerSlot(config: ModelConfig): number {
  return 2 * config.layers * elementsPerSlot(config) * Float32Array.BYTES_PER_ELEMENT;
}

class OnnxDecoder implements Decoder {
  readonly slots: number;
  readonly context: number;
  readonly vocabSize: number;
  readonly #runtime: Runtime;
  readonly #session: Session;
  readonly #config: ModelConfig;
  readonly #caches: readonly Memory<"float32">[];
  readonly #ids: Memory<"int64">;
  readonly #mask: Memory<"int64">;
  readonly #keep: Value;
  readonly #logits: readonly Float32Array[];
  readonly #logitsMemory: Memory<"float32">;
  readonly #scratch: Float32Array;
  /** Runs and values are made when first needed and kept: memory stays flat from then on. */
  readonly #runs = new Map<string, BoundRun>();
  readonly #values = new Map<string, Value>();

  constructor(runtime: Runtime, session: Session, config: ModelConfig, slots: number) {
    const perSlot = elementsPerSlot(config);
    this.slots = slots;
    this.context = config.context;
    this.vocabSize = config.vocabSize;
    this.#runtime = runtime;
    this.#session = session;
    this.#config = config;
    this.#caches = Array.from({ length: 2 * config.layers }, () =>
      runtime.allocate("float32", slots * perSlot),
    );
    this.#ids = runtime.allocate("int64", Math.max(slots, config.context));
    this.#mask = runtime.allocate("int64", slots * config.context);
    const keep = runtime.allocate("int64", 1);
    keep.data[0] = 1n;
    this.#keep = runtime.value(keep, []);
    this.#logitsMemory = runtime.allocate("float32", slots * config.vocabSize);
    this.#logits = Array.from({ length: slots }, (_, slot) =>
      this.#logitsMemory.data.subarray(slot * config.vocabSize, (slot + 1) * config.vocabSize),
    );
    this.#scratch = new Float32Array(config.context * headSize(config));
  }

  async read(slot: number, position: number, ids: readonly TokenId[]): Promise<Float32Array> {
    await this.#run(this.#runOn(slot, 1), [position + ids.length], ids);
    return this.#logits[0]!;
  }

  async step(
    tokens: readonly TokenId[],
    positions: readonly number[],
  ): Promise<readonly Float32Array[]> {
    const lengths = positions.map((position) => position + 1);
    await this.#run(this.#runOn(0, tokens.length), lengths, tokens);
    return this.#logits;
  }

  swap([first, second]: readonly [number, number], lengths: readonly [number, number]): void {
    const { context, kvHeads } = this.#config;
    const size = headSize(this.#config);
    const [firstLength, secondLength] = [lengths[0] * size, lengths[1] * size];
    for (const { data } of this.#caches) {
      for (let head = 0; head < kvHeads; head++) {
        const a = (first * kvHeads + head) * context * size;
        const b = (second * kvHeads + head) * context * size;
        this.#scratch.set(data.subarray(a, a + firstLength));
        data.copyWithin(a, b, b + secondLength);
        data.set(this.#scratch.subarray(0, firstLength), b);
      }
    }
  }

  dispose(): void {
    this.#session.release();
  }

  /** `lengths` are the rows' lengths with the new ids in them; ids come row after row. */
  async #run(run: BoundRun, lengths: readonly number[], ids: readonly TokenId[]): Promise<void> {
    const longest = Math.max(...lengths);
    if (longest > this.context) {
      throw new RangeError(`Position ${longest - 1} is outside a context of ${this.context}`);
    }
    const rows = lengths.length;
    const total = Math.min(this.context, Math.ceil(longest / MASK_STEP) * MASK_STEP);
    const mask = this.#mask.data;
    for (let row = 0; row < rows; row++) {
      mask.fill(1n, row * total, row * total + lengths[row]!);
      mask.fill(0n, row * total + lengths[row]!, (row + 1) * total);
    }
    for (let index = 0; index < ids.length; index++) this.#ids.data[index] = BigInt(ids[index]!);
    run.setInput(INPUT_IDS, this.#value(this.#ids, [rows, ids.length / rows], INPUT_IDS));
    run.setInput(ATTENTION_MASK, this.#value(this.#mask, [rows, total], ATTENTION_MASK));
    await run.run("blocking");
  }

  /** The run on `rows` slots from `slot` on. */
  #runOn(slot: number, rows: number): BoundRun {
    const key = `${slot},${rows}`;
    const known = this.#runs.get(key);
    if (known) return known;
    const { kvHeads, context, layers, vocabSize } = this.#config;
    const shape = [rows, kvHeads, context, headSize(this.#config)];
    const caches = this.#caches.map((memory) =>
      this.#runtime.value(memory, shape, slot * elementsPerSlot(this.#config)),
    );
    const names = Array.from({ length: layers }, (_, layer) => cacheNames(layer)).flat();
    const run = this.#session.bind(
      {
        [INPUT_IDS]: this.#value(this.#ids, [rows, 1], INPUT_IDS),
        [ATTENTION_MASK]: this.#value(this.#mask, [rows, 1], ATTENTION_MASK),
        [LOGITS_TO_KEEP]: this.#keep,
        ...Object.fromEntries(names.map(({ past }, index) => [past, caches[index]!])),
      },
      {
        [LOGITS]: this.#value(this.#logitsMemory, [rows, 1, vocabSize], LOGITS),
        ...Object.fromEntries(names.map(({ present }, index) => [present, caches[index]!])),
      },
    );
    this.#runs.set(key, run);
    return run;
  }

  #value(memory: Memory, shape: readonly number[], name: string): Value {
    const key = `${name},${shape.join()}`;
    const known = this.#values.get(key);
    if (known) return known;
    const value = this.#runtime.value(memory, shape);
    this.#values.set(key, value);
    return value;
  }
}

function elementsPerSlot(config: ModelConfig): number {
  return config.kvHeads * config.context * headSize(config);
}
