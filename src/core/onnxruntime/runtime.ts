/**
 * The only door to ONNX Runtime: sessions over memory that we own.
 *
 * Two implementations stand behind it. `in-place` calls the C API through
 * koffi, writes results where we say and can run in the background; `binding`
 * is the official package, which copies every result but loads anywhere. Both
 * give the same numbers; `LFZ_ORT=binding` forces the second.
 *
 * On another device than the CPU the memory stays ours: every run copies its
 * inputs to the device and its results back, which for a training step means
 * the weights once and the gradients twice. That is right, and leaves a fast
 * card waiting for the bus.
 */

import type { Device } from "../onnx/device.ts";
import type { DataType } from "../onnx/graph.ts";
import { HintedError, reasonOf } from "../errors.ts";
import { proveDevice } from "./prove-device.ts";

export interface TypedArrays {
  readonly float32: Float32Array;
  readonly float16: Uint16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
  readonly bool: Uint8Array;
}

/** Memory that ONNX Runtime reads and writes; it lives until the runtime is disposed of. */
export interface Memory<Type extends DataType = DataType> {
  readonly type: Type;
  readonly data: TypedArrays[Type];
}

/** A tensor over a part of a `Memory`. The same value may be input and output of a run. */
export interface Value<Type extends DataType = DataType> {
  readonly type: Type;
  readonly shape: readonly number[];
  /** The tensor's own elements, as a view. */
  readonly data: TypedArrays[Type];
}

export interface SessionOptions {
  /** Threads inside an operator; all cores by default. */
  readonly threads?: number;
  /**
   * How long an idle thread waits busily for the next operator before it sleeps, in
   * microseconds; for ever by default. Sleeping threads are late, spinning ones take the
   * cores from other work: a millisecond is nearly as fast as for ever, and fair.
   */
  readonly spinMicroseconds?: number;
  /** Plans memory by the shapes of the first run; for graphs of fixed shapes. Off by default. */
  readonly memoryPattern?: boolean;
  /** The runtime's own by default. */
  readonly device?: Device;
  /** Writes an operator profile (Chrome trace JSON) whose path starts like this. */
  readonly profilePrefix?: string;
}

/** Inputs and outputs fixed once, run many times. */
export interface BoundRun {
  setInput(name: string, value: Value): void;
  setOutput(name: string, value: Value): void;
  /** `background` leaves the calling thread free where the implementation can. */
  run(mode?: "background" | "blocking"): Promise<void>;
}

export interface Session {
  /**
   * How many nodes of each operator the CPU computes because the device does not have it; empty
   * on the CPU itself. The official binding does not tell: undefined.
   */
  readonly leftToCpu: ReadonlyMap<string, number> | undefined;
  bind(inputs: Readonly<Record<string, Value>>, outputs: Readonly<Record<string, Value>>): BoundRun;
  /** The path of the profile, if one was asked for. */
  endProfiling(): string | undefined;
  release(): void;
}

export interface Runtime {
  readonly kind: "in-place" | "binding";
  readonly device: Device;
  readonly version: string;
  allocate<Type extends DataType>(type: Type, count: number): Memory<Type>;
  /** A tensor of `shape` that starts `offset` elements into the memory. */
  value<Type extends DataType>(
    memory: Memory<Type>,
    shape: readonly number[],
    offset?: number,
  ): Value<Type>;
  /** @throws HintedError if ONNX Runtime refuses the model. */
  session(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /** Frees all memory; nothing made by this runtime may be used afterwards. */
  dispose(): void;
}

export const BYTES_OF: Readonly<Record<DataType, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  int8: 1,
  bool: 1,
};

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export interface RuntimeOptions {
  /** The CPU by default. */
  readonly device?: Device;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Opens the C API in place, or the official binding where that cannot be.
 *
 * @throws HintedError if the device is not there: nothing falls back to the CPU in silence.
 */
export async function openRuntime({
  device = "cpu",
  environment = process.env,
}: RuntimeOptions = {}): Promise<Runtime> {
  const runtime = await openKind(environment.LFZ_ORT ?? "", device);
  if (device !== "cpu") await proveDevice(runtime, device);
  return runtime;
}

async function openKind(wanted: string, device: Device): Promise<Runtime> {
  if (!["", "in-place", "binding"].includes(wanted)) {
    throw new HintedError(`LFZ_ORT=${wanted} is not a way to call ONNX Runtime.`, {
      hint: "Use LFZ_ORT=in-place or LFZ_ORT=binding, or leave it unset.",
    });
  }
  if (wanted !== "binding") {
    try {
      const { openInPlace } = await import("./in-place.ts");
      return openInPlace(device);
    } catch (cause) {
      if (wanted === "in-place") {
        throw new HintedError(`ONNX Runtime cannot be called in place: ${reasonOf(cause)}`, {
          hint: "Unset LFZ_ORT to use the official binding instead.",
          cause,
        });
      }
    }
  }
  const { openBinding } = await import("./binding.ts");
  return openBinding(device);
}

/** Checks that a tensor lies inside its memory. */
export function requireRoom(memory: Memory, shape: readonly number[], offset: number): number {
  const count = elementCount(shape);
  if (offset < 0 || offset + count > memory.data.length) {
    throw new RangeError(
      `A tensor [${shape.join()}] at ${offset} leaves its memory of ${memory.data.length} elements`,
    );
  }
  return count;
}
