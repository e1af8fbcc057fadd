/**
 * ONNX Runtime through the official onnxruntime-node package: the fallback
 * where koffi or the C library cannot be loaded. Results are copied out and
 * the calling thread waits, but the numbers are the same.
 */

import * as ort from "onnxruntime-node";

import { HintedError, reasonOf } from "../errors.ts";
import type { Device } from "../onnx/device.ts";
import type { DataType } from "../onnx/graph.ts";
import {
  requireRoom,
  type Memory,
  type Runtime,
  type Session,
  type SessionOptions,
  type TypedArrays,
  type Value,
} from "./runtime.ts";

/** Session options with the device decided. */
type PlacedOptions = SessionOptions & { readonly device: Device };

interface BindingValue extends Value {
  readonly tensor: ort.Tensor;
}

export function openBinding(device: Device): Runtime {
  return {
    kind: "binding",
    device,
    version: ort.env.versions.node ?? "unknown",
    allocate(type, count) {
      // The union of all memories narrows to the one whose type was asked for.
      return { type, data: newArray(type, count) } as Memory as Memory<typeof type>;
    },
    value(memory, shape, offset = 0) {
      const count = requireRoom(memory, shape, offset);
      const data = memory.data.subarray(offset, offset + count);
      const tensor = new ort.Tensor(memory.type, data as never, shape); // the overloads want one type each
      const value: BindingValue = { type: memory.type, shape, data, tensor };
      return value as Value as Value<typeof memory.type>;
    },
    session: (model, options) => openSession(model, { device, ...options }),
    dispose() {}, // the garbage collector owns everything here
  };
}

async function openSession(model: Uint8Array, options: PlacedOptions): Promise<Session> {
  const session = await createSession(model, options);
  return {
    leftToCpu: options.device === "cpu" ? new Map() : undefined,
    bind(inputs, outputs) {
      const feeds = mapTensors(inputs);
      const fetches = mapTensors(outputs);
      return {
        setInput: (name, value) => exchange(feeds, name, value),
        setOutput: (name, value) => exchange(fetches, name, value),
        async run() {
          await session.run(feeds, fetches);
        },
      };
    },
    endProfiling() {
      if (options.profilePrefix) session.endProfiling();
      return options.profilePrefix;
    },
    release() {
      void session.release(); // resolves at once: the native session goes with its last reference
    },
  };
}

async function createSession(
  model: Uint8Array,
  options: PlacedOptions,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [options.device],
      intraOpNumThreads: options.threads ?? 0,
      interOpNumThreads: 1,
      enableMemPattern: options.memoryPattern ?? false,
      enableProfiling: options.profilePrefix !== undefined,
      profileFilePrefix: options.profilePrefix,
      logSeverityLevel: 3,
      extra: {
        session: {
          set_denormal_as_zero: "1",
          ...(options.spinMicroseconds !== undefined && {
            intra_op: { spin_duration_us: String(options.spinMicroseconds) },
          }),
        },
      },
    });
  } catch (cause) {
    throw new HintedError(`ONNX Runtime refuses the model: ${reasonOf(cause)}`, {
      hint: "The file is damaged or uses operators that this ONNX Runtime does not have.",
      cause,
    });
  }
}

function mapTensors(values: Readonly<Record<string, Value>>): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, (value as BindingValue).tensor]),
  );
}

function exchange(tensors: Record<string, ort.Tensor>, name: string, value: Value): void {
  if (!(name in tensors)) throw new Error(`The run has no "${name}"`);
  tensors[name] = (value as BindingValue).tensor;
}

function newArray(type: DataType, count: number): TypedArrays[DataType] {
  switch (type) {
    case "float32":
      return new Float32Array(count);
    case "float16":
      return new Uint16Array(count);
    case "int32":
      return new Int32Array(count);
    case "int64":
      return new BigInt64Array(count);
    case "int8":
      return new Int8Array(count);
    case "uint8":
    case "bool":
      return new Uint8Array(count);
  }
}
