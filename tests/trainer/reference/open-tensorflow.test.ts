import { describe, expect, it } from "vitest";

import {
  openPureTensorFlow,
  openTensorFlow,
  type Surroundings,
  type TensorFlow,
} from "../../../trainer/reference/open-tensorflow.ts";

const ON_GPU = "@tensorflow/tfjs-node-gpu";
const NATIVE = "@tensorflow/tfjs-node";
const PURE = "@tensorflow/tfjs";

interface Machine {
  readonly node?: string;
  /** What happens when a package is loaded: its backend, or what it complains of. */
  readonly packages: Readonly<Record<string, { isUsingGpuDevice?: boolean } | Error>>;
}

function machine({ node = "20.12.0", packages }: Machine) {
  const loaded: string[] = [];
  const here: Surroundings = {
    nodeVersion: node,
    isInstalled: (name) => Object.hasOwn(packages, name),
    async load(name) {
      const found = packages[name];
      if (found instanceof Error) throw found;
      loaded.push(name);
      // all that the choice asks of it
      return {
        backend: () => found,
        enableProdMode() {},
        setBackend: async () => true,
      } as unknown as TensorFlow; // the rest is not asked for
    },
  };
  return { here, loaded };
}

describe("the choice of TensorFlow.js", () => {
  it("takes the GPU where there is one", async () => {
    const { here, loaded } = machine({
      packages: { [ON_GPU]: { isUsingGpuDevice: true }, [NATIVE]: {}, [PURE]: {} },
    });
    expect((await openTensorFlow(here)).notes).toEqual([
      "TensorFlow.js computes on the GPU, with @tensorflow/tfjs-node-gpu.",
    ]);
    expect(loaded).toEqual([ON_GPU]);
  });

  it("says what the GPU package misses when it finds no GPU", async () => {
    const { here } = machine({ packages: { [ON_GPU]: { isUsingGpuDevice: false }, [PURE]: {} } });
    expect((await openTensorFlow(here)).notes).toEqual([
      "@tensorflow/tfjs-node-gpu finds no GPU to use and computes on the processor: " +
        "it needs an NVIDIA card, CUDA 11.2 and cuDNN 8.1.",
    ]);
  });

  it("takes the native package for the processor before plain JavaScript", async () => {
    const { here, loaded } = machine({ packages: { [NATIVE]: {}, [PURE]: {} } });
    expect((await openTensorFlow(here)).notes).toEqual([
      "TensorFlow.js computes on the processor, with @tensorflow/tfjs-node.",
    ]);
    expect(loaded).toEqual([NATIVE]);
  });

  it("warns of plain JavaScript's speed", async () => {
    const { here, loaded } = machine({ packages: { [PURE]: {} } });
    const { notes } = await openTensorFlow(here);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("some hundred times slower than --engine onnxruntime");
    expect(loaded).toEqual([PURE]);
  });

  it.each(["23.0.0", "24.1.2"])("passes the native packages over on Node %s", async (node) => {
    const { here, loaded } = machine({
      node,
      packages: { [ON_GPU]: {}, [NATIVE]: {}, [PURE]: {} },
    });
    const { notes } = await openTensorFlow(here);
    expect(notes).toHaveLength(3);
    expect(notes[0]).toBe(
      "@tensorflow/tfjs-node-gpu is passed over: it calls a function that Node 23 removed, " +
        `and this is Node ${node}. Node 20 and 22 can use it.`,
    );
    expect(loaded).toEqual([PURE]);
  });

  it("takes them on Node 22", async () => {
    const { here, loaded } = machine({ node: "22.20.0", packages: { [NATIVE]: {}, [PURE]: {} } });
    await openTensorFlow(here);
    expect(loaded).toEqual([NATIVE]);
  });

  it("goes on to the next package when one does not load, and says how to repair it", async () => {
    const broken = new Error("The Node.js native addon module can not be found.\nPlease rebuild");
    const { here, loaded } = machine({ packages: { [ON_GPU]: broken, [NATIVE]: {}, [PURE]: {} } });
    const { notes } = await openTensorFlow(here);
    expect(notes[0]).toBe(
      "@tensorflow/tfjs-node-gpu is passed over, as it does not load: " +
        "The Node.js native addon module can not be found. Its TensorFlow library comes with: " +
        "npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false",
    );
    expect(loaded).toEqual([NATIVE]);
  });

  it("says what to install where nothing is", async () => {
    await expect(openTensorFlow(machine({ packages: {} }).here)).rejects.toMatchObject({
      name: "HintedError",
      message: "--engine tfjs needs the package @tensorflow/tfjs, which is not installed.",
      hint: "Run npm install @tensorflow/tfjs, or train with --engine onnxruntime.",
    });
  });

  it("opens plain JavaScript on this machine", async () => {
    const tensorFlow = await openPureTensorFlow();
    expect(tensorFlow.getBackend()).toBe("cpu");
    expect([...tensorFlow.add([1, 2], [3, 4]).dataSync()]).toEqual([4, 6]);
  });
});
