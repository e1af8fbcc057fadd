import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { fastestLayout, tryLayouts } from "../../../trainer/train/fastest-layout.ts";
import type { Layout } from "../../../trainer/train/layout.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { tinyConfig } from "../support/tiny-training.ts";

const USUAL: Layout = { lanes: 2, microTokens: 512 };

/** What is chosen where a token takes so many milliseconds, by the tokens of a micro-batch. */
async function chosen(times: Readonly<Record<number, number>>, stepTokens = 4096) {
  const tried: number[] = [];
  const layout = await tryLayouts({ stepTokens }, { context: 256 }, USUAL, async (one) => {
    tried.push(one.microTokens);
    return times[one.microTokens];
  });
  return { layout, tried };
}

describe("trying layouts", () => {
  it("takes the one that is clearly faster", async () => {
    const { layout, tried } = await chosen({ 256: 1, 512: 1, 1024: 0.8, 2048: 0.7 });
    expect(layout).toEqual({ lanes: 2, microTokens: 2048 });
    expect(tried).toEqual([512, 256, 1024, 2048]);
  });

  it("stays with the usual one where the difference is no larger than the noise", async () => {
    expect((await chosen({ 256: 0.97, 512: 1, 1024: 0.95, 2048: 0.94 })).layout).toEqual(USUAL);
  });

  it("tries only what gives every lane something to do", async () => {
    expect((await chosen({ 256: 1, 512: 1 }, 1024)).tried).toEqual([512, 256]);
  });

  it("tries nothing else where one try already takes seconds", async () => {
    expect((await chosen({ 256: 1, 512: 3, 1024: 1, 2048: 1 })).tried).toEqual([512]);
  });
});

describe("the fastest layout", () => {
  const config = tinyConfig();

  it("is found by training steps and remembered for the machine and the model", async () => {
    const runtime = await openRuntime();
    onTestFinished(() => runtime.dispose());
    const cache = join(temporaryFolder(), "layouts.json");
    const tried: Layout[] = [];
    const options = {
      threads: 2,
      stepTokens: 1024,
      cache,
      onTry: (layout: Layout) => void tried.push(layout),
    };
    const layout = await fastestLayout(runtime, config, options);
    expect(tried).toContainEqual(layout);
    expect(Object.values(JSON.parse(readFileSync(cache, "utf8")))).toEqual([layout]);

    tried.length = 0;
    expect(await fastestLayout(runtime, config, options)).toEqual(layout);
    expect(tried).toEqual([]);

    await fastestLayout(runtime, tinyConfig({ layers: 1 }), options);
    expect(tried.length).toBeGreaterThan(0);
  });

  it("is looked for again where the memory of it is damaged", async () => {
    const runtime = await openRuntime();
    onTestFinished(() => runtime.dispose());
    const cache = join(temporaryFolder(), "layouts.json");
    writeFileSync(cache, "{ not json");
    const layout = await fastestLayout(runtime, config, { threads: 1, stepTokens: 64, cache });
    expect(Object.values(JSON.parse(readFileSync(cache, "utf8")))).toEqual([layout]);
  });
});
