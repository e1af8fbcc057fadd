/**
 * TensorFlow.js with the fastest of its backends that works here, and what a
 * person should know about it.
 *
 * The native packages are fast and dated: their TensorFlow wants CUDA 11.2,
 * their JavaScript an older Node. What keeps one from working is said, and the
 * next one is tried; the last is plain JavaScript and works everywhere.
 */

import { createRequire } from "node:module";

import type * as tf from "@tensorflow/tfjs";

import { HintedError, reasonOf } from "../../src/core/errors.ts";

export type TensorFlow = typeof tf;

const ON_GPU = "@tensorflow/tfjs-node-gpu";
const NATIVE = [ON_GPU, "@tensorflow/tfjs-node"] as const;
const PURE = "@tensorflow/tfjs";

/** It removed util.isNullOrUndefined, which the native packages call. */
const NODE_TOO_NEW = 23;

/** What the choice depends on. */
export interface Surroundings {
  /** `20.12.0` */
  readonly nodeVersion: string;
  isInstalled(name: string): boolean;
  load(name: string): Promise<TensorFlow>;
}

export interface OpenTensorFlow {
  readonly tensorFlow: TensorFlow;
  /** A sentence or two each, in the order in which the packages were tried. */
  readonly notes: readonly string[];
}

/** @throws HintedError if no package is installed. */
export async function openTensorFlow(here: Surroundings = thisMachine): Promise<OpenTensorFlow> {
  const notes: string[] = [];
  for (const name of NATIVE.filter((name) => here.isInstalled(name))) {
    const obstacle = obstacleTo(name, here);
    if (obstacle === undefined) {
      try {
        const tensorFlow = await here.load(name);
        return { tensorFlow, notes: [...notes, placeOf(name, tensorFlow)] };
      } catch (cause) {
        notes.push(notLoaded(name, cause));
      }
    } else notes.push(obstacle);
  }
  const tensorFlow = await openPureTensorFlow(here);
  return { tensorFlow, notes: [...notes, SLOW] };
}

/** The backend in plain JavaScript: slow, and in full float32 precision everywhere. */
export async function openPureTensorFlow(here: Surroundings = thisMachine): Promise<TensorFlow> {
  if (!here.isInstalled(PURE)) {
    throw new HintedError(`--engine tfjs needs the package ${PURE}, which is not installed.`, {
      hint: `Run npm install ${PURE}, or train with --engine onnxruntime.`,
    });
  }
  const tensorFlow = await here.load(PURE);
  tensorFlow.enableProdMode(); // without its advice to install a faster backend
  await tensorFlow.setBackend("cpu");
  return tensorFlow;
}

const SLOW =
  "TensorFlow.js computes in plain JavaScript: " +
  "some hundred times slower than --engine onnxruntime, meant for checking it.";

function obstacleTo(name: string, { nodeVersion }: Surroundings): string | undefined {
  if (Number.parseInt(nodeVersion, 10) < NODE_TOO_NEW) return undefined;
  return (
    `${name} is passed over: it calls a function that Node ${NODE_TOO_NEW} removed, ` +
    `and this is Node ${nodeVersion}. Node 20 and 22 can use it.`
  );
}

function notLoaded(name: string, cause: unknown): string {
  return (
    `${name} is passed over, as it does not load: ${reasonOf(cause).split("\n")[0].trim()} ` +
    `Its TensorFlow library comes with: npm rebuild ${name} --ignore-scripts=false`
  );
}

/** Where it computes. Without the right CUDA the package for GPUs loads all the same. */
function placeOf(name: string, tensorFlow: TensorFlow): string {
  if (name !== ON_GPU) return `TensorFlow.js computes on the processor, with ${name}.`;
  // of the native backend only
  const { isUsingGpuDevice } = tensorFlow.backend() as { isUsingGpuDevice?: boolean };
  return isUsingGpuDevice
    ? `TensorFlow.js computes on the GPU, with ${name}.`
    : `${name} finds no GPU to use and computes on the processor: ` +
        "it needs an NVIDIA card, CUDA 11.2 and cuDNN 8.1.";
}

const { resolve } = createRequire(import.meta.url);

const thisMachine: Surroundings = {
  nodeVersion: process.versions.node,
  isInstalled(name) {
    try {
      return resolve(name) !== "";
    } catch {
      return false;
    }
  },
  async load(name) {
    const module = (await import(name)) as { default: TensorFlow }; // all three are CommonJS and export the same
    return module.default;
  },
};
