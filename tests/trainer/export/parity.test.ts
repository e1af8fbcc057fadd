import { describe, expect, it } from "vitest";

import { buildDecoderGraph } from "../../../src/core/onnx/decoder-graph.ts";
import { measureParity, requireParity } from "../../../trainer/export/parity.ts";
import { weightsOf } from "../../../trainer/model/parameter-store.ts";
import { modelToExport } from "../support/trained-model.ts";

describe("the parity of an export", () => {
  it("is float32's own noise for the same weights", async () => {
    const { runtime, input } = await modelToExport("");
    const model = buildDecoderGraph(input.config, weightsOf(input.weights));
    const parity = await measureParity(runtime, { ...input, model });
    expect(parity).toMatchObject({ positions: 40, equalGreedy: 40 });
    expect(parity.fullDifference).toBeLessThan(1e-4);
    expect(parity.cachedDifference).toBeLessThan(1e-4);
    expect(() => requireParity(parity)).not.toThrow();
  });

  it("is measured up to the last position of the context", async () => {
    const ids = Array.from({ length: 64 }, (_, i) => 6 + ((i * 37) % 250));
    const { runtime, input } = await modelToExport("", { ids });
    const model = buildDecoderGraph(input.config, weightsOf(input.weights));
    const parity = await measureParity(runtime, { ...input, model });
    expect(parity).toMatchObject({ positions: 64, equalGreedy: 64 });
  });

  it.each([
    ["one weight", "model.layers.1.mlp.down_proj.weight"],
    ["one norm", "model.layers.0.input_layernorm.weight"],
  ])("is refused if %s differs", async (_, name) => {
    const { runtime, input } = await modelToExport("");
    const model = buildDecoderGraph(input.config, weightsOf(input.weights));
    input.weights.values.get(name)!.data[3] += 0.5;
    const parity = await measureParity(runtime, { ...input, model });
    expect(() => requireParity(parity)).toThrow(
      /^The exported model does not agree with the trained one: largest logit difference/,
    );
  });

  it("is refused if another graph was built", async () => {
    const { runtime, input } = await modelToExport("");
    const other = { ...input.config, ropeBase: 100 };
    const model = buildDecoderGraph(other, weightsOf(input.weights));
    const parity = await measureParity(runtime, { ...input, model });
    expect(() => requireParity(parity)).toThrow("does not agree");
  });

  it("is refused if anything is not a number", () => {
    const parity = { positions: 3, fullDifference: NaN, cachedDifference: 0, equalGreedy: 3 };
    expect(() => requireParity(parity)).toThrow("largest logit difference NaN");
  });
});
