/**
 * ONNX Runtime through its C API, on the memory of ordinary typed arrays.
 *
 * Outputs are written where the caller's value lies, so a KV cache or a
 * gradient is updated in place by naming one value as input and as output.
 * The backing store of an `ArrayBuffer` never moves; whatever hands its
 * address to native code keeps a reference to it.
 */

import koffi from "koffi";

import { HintedError, reasonOf } from "../errors.ts";
import type { Device } from "../onnx/device.ts";
import { ONNX_TYPE, type DataType } from "../onnx/graph.ts";
import { openCApi, type CApi, type Pointer } from "./c-api.ts";
import { appendDevice, leftToCpu } from "./execution-provider.ts";
import {
  BYTES_OF,
  requireRoom,
  type BoundRun,
  type Memory,
  type Runtime,
  type Session,
  type SessionOptions,
  type TypedArrays,
  type Value,
} from "./runtime.ts";

/** Wide enough for a cache line and for any vector register. */
const ALIGNMENT = 64;

/** Session options with the device decided. */
type PlacedOptions = SessionOptions & { readonly device: Device };

interface NativeMemory extends Memory {
  readonly address: Pointer;
}

interface NativeValue extends Value {
  readonly handle: Pointer;
}

let shared: CApi | undefined;

/** @throws Error if koffi or the library cannot be loaded here. */
export function openInPlace(device: Device): Runtime {
  const api = (shared ??= openCApi());
  const values: Pointer[] = [];
  return {
    kind: "in-place",
    device,
    version: api.version,
    allocate(type, count) {
      const { buffer, address } = allocateBytes(count * BYTES_OF[type]);
      const memory: NativeMemory = { type, data: typedView(type, buffer, address, count), address };
      return memory as Memory as Memory<typeof type>;
    },
    value(memory, shape, offset = 0) {
      const count = requireRoom(memory, shape, offset);
      const size = BYTES_OF[memory.type];
      const address = (memory as Memory as NativeMemory).address + BigInt(offset * size);
      const handle = api.createTensor(address, count * size, shape, ONNX_TYPE[memory.type]);
      values.push(handle);
      const data = memory.data.subarray(offset, offset + count);
      const value: NativeValue = { type: memory.type, shape, data, handle };
      return value as Value as Value<typeof memory.type>;
    },
    async session(model, options) {
      return openSession(api, model, { device, ...options });
    },
    dispose() {
      for (const value of values) api.releaseValue(value);
      values.length = 0;
    },
  };
}

function openSession(api: CApi, model: Uint8Array, options: PlacedOptions): Session {
  const native = createSession(api, model, options);
  let released = false;
  return {
    leftToCpu: options.device === "cpu" ? new Map() : leftToCpu(api.placement(native)),
    bind(inputs, outputs) {
      const input = pointerTable(inputs);
      const output = pointerTable(outputs);
      const run: BoundRun = {
        setInput: input.set,
        setOutput: output.set,
        async run(mode = "background") {
          if (released) throw new Error("This session has been released");
          const { names, values, count } = input;
          const call = [native, null, names, values, count] as const;
          const results = [output.names, output.count, output.values] as const;
          if (mode === "blocking") api.run(...call, ...results);
          else await api.runInBackground(...call, ...results);
        },
      };
      return run;
    },
    endProfiling: () => (options.profilePrefix ? api.endProfiling(native) : undefined),
    release() {
      if (!released) api.releaseSession(native);
      released = true;
    },
  };
}

function createSession(api: CApi, model: Uint8Array, options: PlacedOptions): Pointer {
  const settings = api.createSessionOptions();
  try {
    if (options.threads) api.setIntraOpThreads(settings, options.threads);
    if (!options.memoryPattern) api.disableMemoryPattern(settings);
    if (options.profilePrefix) api.enableProfiling(settings, options.profilePrefix);
    api.setLogSeverity(settings, 3);
    api.addSessionConfigEntry(settings, "session.set_denormal_as_zero", "1");
    if (options.spinMicroseconds !== undefined) {
      const duration = String(options.spinMicroseconds);
      api.addSessionConfigEntry(settings, "session.intra_op.spin_duration_us", duration);
    }
    appendDevice(api, settings, options.device);
    return api.createSession(model, settings);
  } catch (cause) {
    throw new HintedError(`ONNX Runtime refuses the model: ${reasonOf(cause)}`, {
      hint: "The file is damaged or uses operators that this ONNX Runtime does not have.",
      cause,
    });
  } finally {
    api.releaseSessionOptions(settings);
  }
}

/** Two arrays of pointers: the names, and the values, which can be exchanged. */
function pointerTable(entries: Readonly<Record<string, Value>>) {
  const order = Object.keys(entries);
  const strings = order.map(cString);
  const names = pointerArray(order.length);
  const values = pointerArray(order.length);
  const held: Value[] = [];
  const set = (name: string, value: Value) => {
    const index = order.indexOf(name);
    if (index < 0) throw new Error(`The run has no "${name}"`);
    values[index] = (value as NativeValue).handle;
    held[index] = value;
  };
  order.forEach((name, index) => {
    names[index] = koffi.address(strings[index]);
    set(name, entries[name]!);
  });
  return {
    names: koffi.address(names),
    values: koffi.address(values),
    count: order.length,
    set,
    /** Native code reads these: they live as long as the table does. */
    keepAlive: [strings, names, values, held],
  };
}

/** Arrays made over an explicit buffer lie outside the garbage-collected heap, where nothing moves. */
function pointerArray(length: number): BigUint64Array {
  return new BigUint64Array(new ArrayBuffer(length * BigUint64Array.BYTES_PER_ELEMENT));
}

function cString(text: string): ArrayBuffer {
  const encoded = new TextEncoder().encode(text);
  const buffer = new ArrayBuffer(encoded.length + 1);
  new Uint8Array(buffer).set(encoded);
  return buffer;
}

/** Zeroed memory whose address is a multiple of `ALIGNMENT`. */
function allocateBytes(bytes: number): { buffer: ArrayBuffer; address: Pointer } {
  const buffer = new ArrayBuffer(bytes + ALIGNMENT);
  const start = koffi.address(buffer);
  const step = BigInt(ALIGNMENT);
  return { buffer, address: ((start + step - 1n) / step) * step };
}

function typedView(
  type: DataType,
  buffer: ArrayBuffer,
  address: Pointer,
  count: number,
): TypedArrays[DataType] {
  const offset = Number(address - koffi.address(buffer));
  switch (type) {
    case "float32":
      return new Float32Array(buffer, offset, count);
    case "float16":
      return new Uint16Array(buffer, offset, count);
    case "int32":
      return new Int32Array(buffer, offset, count);
    case "int64":
      return new BigInt64Array(buffer, offset, count);
    case "int8":
      return new Int8Array(buffer, offset, count);
    case "uint8":
    case "bool":
      return new Uint8Array(buffer, offset, count);
  }
}
