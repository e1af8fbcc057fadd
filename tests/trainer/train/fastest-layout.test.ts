import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { openRuntime } from "../../../src/core/onnxruntime/runtime.ts";
import { fastestLayout, tryLayouts } from "../../../trainer/train/fastest-layout.ts";
import type { Layout } from "../../../trainer/train/layout.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { tinyConfig } from "../support/tiny-training.ts";

const USUAL: Layout = { lanes: 2, microTokens: 512 };

/** What is chosen where a token takes so many milliseconds in each layout, lanes x micro-batch. */
async function chosen(times: Readonly<Record<string, number>>, usual = USUAL, context = 256) {
  const tried: string[] = [];
  const layout = await tryLayouts({}, { context }, usual, async ({ lanes, microTokens }) => {
    const name = `${lanes}x${microTokens}`;
    tried.push(name);
    return times[name];
  });
  return { layout, tried };
}

describe("trying layouts", () => {
  it("takes the one that is clearly faster", async () => {
    const { layout, tried } = await chosen({ "2x512": 1, "2x256": 0.9, "1x1024": 0.8 });
    expect(layout).toEqual({ lanes: 1, microTokens: 1024 });
    expect(tried).toEqual(["2x512", "2x256", "1x1024"]);
  });

  it("stays with the usual one where the difference is no larger than the noise", async () => {
    const { layout } = await chosen({ "2x512": 1, "2x256": 0.95, "1x1024": 0.94 });
    expect(layout).toEqual(USUAL);
  });

  it("cuts no row into pieces", async () => {
    const { tried } = await chosen({ "2x512": 1, "1x1024": 1 }, USUAL, 512);
    expect(tried).toEqual(["2x512", "1x1024"]);
  });

  it("tries nothing else where one try already takes seconds", async () => {
    expect((await chosen({ "2x512": 3 })).tried).toEqual(["2x512"]);
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
