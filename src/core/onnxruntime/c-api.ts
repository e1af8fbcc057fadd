/**
 * ONNX Runtime's C API as JavaScript functions.
 *
 * `OrtGetApiBase()->GetApi(24)` returns a table of function pointers whose
 * order never changes (onnxruntime_c_api.h, struct OrtApi); `SLOT` holds the
 * places of the functions used here. Nothing outside this folder sees a
 * native pointer.
 */

import koffi, { type KoffiFunc } from "koffi";

import { findLibrary } from "./library.ts";

const API_VERSION = 24;
const POINTER_BYTES = 8;
/** koffi calls on stacks of its own, 128 KiB for background calls: too little for a large graph. */
const STACK_BYTES = 8 * 1024 * 1024;

const SLOT = {
  getErrorMessage: 2,
  createEnvironment: 3,
  createSessionFromArray: 8,
  run: 9,
  createSessionOptions: 10,
  enableProfiling: 14,
  disableMemoryPattern: 17,
  setLogSeverity: 22,
  setIntraOpThreads: 24,
  createTensor: 49,
  createCpuMemoryInfo: 69,
  getDefaultAllocator: 78,
  releaseStatus: 93,
  releaseSession: 95,
  releaseValue: 96,
  releaseSessionOptions: 100,
  endProfiling: 110,
  addSessionConfigEntry: 130,
  appendCudaProvider: 204,
  createCudaOptions: 205,
  releaseCudaOptions: 208,
  appendProvider: 216,
  getAssignedGraphs: 407,
  getAssignedProvider: 408,
  getAssignedNodes: 409,
  getNodeOperator: 412,
} as const;

/** A native address; 0n is null. */
export type Pointer = bigint;

const LOG_ERRORS_ONLY = 3;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

export type CApi = ReturnType<typeof openCApi>;

/** @throws Error if the library cannot be loaded. */
export function openCApi() {
  koffi.config({ sync_stack_size: STACK_BYTES, async_stack_size: STACK_BYTES });
  const library = koffi.load(findLibrary());
  const base = library.func("const void *OrtGetApiBase()")() as Pointer;
  // struct OrtApiBase { GetApi, GetVersionString }
  const getApi = functionAt(base, 0, "const void *", "uint32_t version");
  const getVersion = functionAt(base, 1, "const char *", "");
  const table = getApi(API_VERSION) as Pointer;
  if (!table) throw new Error(`ONNX Runtime is older than its C API ${API_VERSION}`);
  const at = (slot: keyof typeof SLOT, returns: string, parameters: string) =>
    functionAt(table, SLOT[slot], returns, parameters);

  const getErrorMessage = at("getErrorMessage", "const char *", "void *status");
  const releaseStatus = at("releaseStatus", "void", "void *status");

  /** Turns a failed status into an exception. */
  const check = (status: unknown): void => {
    if (!status) return;
    const message = String(getErrorMessage(status));
    releaseStatus(status);
    throw new Error(message);
  };
  /** Wraps a function whose last parameter receives the result. */
  const creating = (slot: keyof typeof SLOT, parameters: string) => {
    const native = at(slot, "void *", parameters);
    return (...args: unknown[]): Pointer => {
      const out: [Pointer | null] = [null];
      check(native(...args, out));
      return out[0]!;
    };
  };
  const checked = (slot: keyof typeof SLOT, parameters: string) => {
    const native = at(slot, "void *", parameters);
    return (...args: unknown[]) => check(native(...args));
  };

  const createEnvironment = creating(
    "createEnvironment",
    "int level, const char *id, _Out_ void **environment",
  );
  const createCpuMemoryInfo = creating(
    "createCpuMemoryInfo",
    "int allocator, int memory, _Out_ void **info",
  );
  const createTensor = creating(
    "createTensor",
    "void *info, void *data, size_t bytes, int64_t *shape, size_t rank, int type, _Out_ void **value",
  );
  const environment = createEnvironment(LOG_ERRORS_ONLY, "language-from-zero");
  const memoryInfo = createCpuMemoryInfo(ARENA_ALLOCATOR, DEFAULT_MEMORY);
  const nativeRun = at(
    "run",
    "void *",
    "void *session, void *options, void *inputNames, void *inputs, size_t inputCount, void *outputNames, size_t outputCount, void *outputs",
  );
  const createSession = creating(
    "createSessionFromArray",
    "void *environment, const void *model, size_t bytes, void *options, _Out_ void **session",
  );
  const nativeEndProfiling = creating(
    "endProfiling",
    "void *session, void *allocator, _Out_ char **path",
  );
  const getDefaultAllocator = creating("getDefaultAllocator", "_Out_ void **allocator");
  const appendProvider = checked(
    "appendProvider",
    "void *options, const char *name, void *keys, void *values, size_t count",
  );
  const createCudaOptions = creating("createCudaOptions", "_Out_ void **options");
  const appendCudaProvider = checked("appendCudaProvider", "void *session, void *options");
  const releaseCudaOptions = at("releaseCudaOptions", "void", "void *options");

  /** Wraps a function that answers with an array of `count` pointers, which `owner` keeps. */
  const listing = (slot: keyof typeof SLOT) => {
    const native = at(slot, "void *", "void *owner, _Out_ void **items, _Out_ size_t *count");
    return (owner: Pointer): Pointer[] => {
      const items: [Pointer | null] = [null];
      const count: [number] = [0];
      check(native(owner, items, count));
      return Array.from({ length: count[0] }, (_, index) => pointerAt(items[0]!, index));
    };
  };
  const naming = (slot: keyof typeof SLOT) => {
    const native = at(slot, "void *", "void *owner, _Out_ const char **name");
    return (owner: Pointer): string => {
      const name: [string | null] = [null];
      check(native(owner, name));
      return String(name[0]);
    };
  };
  const assignedGraphs = listing("getAssignedGraphs");
  const assignedNodes = listing("getAssignedNodes");
  const providerOf = naming("getAssignedProvider");
  const operatorOf = naming("getNodeOperator");

  return {
    /** Held so that the library is not unloaded with its handle. */
    library,
    version: String(getVersion()),
    createSessionOptions: creating("createSessionOptions", "_Out_ void **options"),
    setIntraOpThreads: checked("setIntraOpThreads", "void *options, int threads"),
    setLogSeverity: checked("setLogSeverity", "void *options, int level"),
    disableMemoryPattern: checked("disableMemoryPattern", "void *options"),
    enableProfiling: checked("enableProfiling", "void *options, const char *prefix"),
    addSessionConfigEntry: checked(
      "addSessionConfigEntry",
      "void *options, const char *key, const char *value",
    ),
    /** The provider's own name for it, for example `WebGPU`. */
    appendProvider(options: Pointer, name: string): void {
      appendProvider(options, name, null, null, 0);
    },
    /** CUDA has options, and thereby functions, of its own. */
    appendCuda(options: Pointer): void {
      const cuda = createCudaOptions();
      try {
        appendCudaProvider(options, cuda);
      } finally {
        releaseCudaOptions(cuda);
      }
    },
    /** Who runs which operators; the session must have been asked to record it. */
    placement: (session: Pointer): Placement[] =>
      assignedGraphs(session).map((graph) => ({
        provider: providerOf(graph),
        operators: assignedNodes(graph).map(operatorOf),
      })),
    createSession: (model: Uint8Array, options: Pointer) =>
      createSession(environment, model, model.byteLength, options),
    createTensor: (data: Pointer, bytes: number, shape: readonly number[], type: number) =>
      createTensor(memoryInfo, data, bytes, BigInt64Array.from(shape, BigInt), shape.length, type),
    run(...args: RunArguments): void {
      check(nativeRun(...args));
    },
    /** Runs on a thread of koffi's; everything passed must stay alive until it resolves. */
    runInBackground(...args: RunArguments): Promise<void> {
      return new Promise((resolve, reject) => {
        nativeRun.async(...args, (error: unknown, status: unknown) => {
          try {
            if (error) throw error;
            check(status);
            resolve();
          } catch (failure) {
            reject(failure instanceof Error ? failure : new Error(String(failure)));
          }
        });
      });
    },
    endProfiling: (session: Pointer) => String(nativeEndProfiling(session, getDefaultAllocator())),
    releaseSession: at("releaseSession", "void", "void *session"),
    releaseSessionOptions: at("releaseSessionOptions", "void", "void *options"),
    releaseValue: at("releaseValue", "void", "void *value"),
  };
}

/** A connected part of a session's graph, and what runs it. */
export interface Placement {
  readonly provider: string;
  /** An entry for each node. */
  readonly operators: readonly string[];
}

type RunArguments = [
  session: Pointer,
  options: null,
  inputNames: Pointer,
  inputs: Pointer,
  inputCount: number,
  outputNames: Pointer,
  outputCount: number,
  outputs: Pointer,
];

let prototypes = 0;

/** The function behind entry `slot` of a table of function pointers. */
function functionAt(table: Pointer, slot: number, returns: string, parameters: string) {
  const address = pointerAt(table, slot);
  const prototype = koffi.proto(`${returns} lfz_ort_${prototypes++}(${parameters})`);
  return koffi.decode(address, prototype) as KoffiFunc<(...args: unknown[]) => unknown>;
}

function pointerAt(array: Pointer, index: number): Pointer {
  return koffi.decode(array + BigInt(index * POINTER_BYTES), "void *") as Pointer;
}
