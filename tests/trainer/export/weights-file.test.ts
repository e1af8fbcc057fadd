import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { readSafetensors } from "../../../src/core/experiment/safetensors.ts";
import { buildDecoderGraph } from "../../../src/core/onnx/decoder-graph.ts";
import { measureParity } from "../../../trainer/export/parity.ts";
import { readWeightsFile, writeWeightsFile } from "../../../trainer/export/weights-file.ts";
import { allocateBlock, parameterLayout } from "../../../trainer/model/parameter-store.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { exportedConfig, modelToExport } from "../support/trained-model.ts";

describe("model.safetensors of layers that differ in width", () => {
  it("is a Llama of one width that says the same", async () => {
    const config = exportedConfig({ ffnWidth: [20, 48] });
    const { runtime, input } = await modelToExport("", { config });
    const path = join(temporaryFolder(), "model.safetensors");
    await writeWeightsFile(path, config, input.weights.values, "F32");

    const stored = await readSafetensors(path);
    expect(stored.get("model.layers.0.mlp.gate_proj.weight")?.shape).toEqual([48, 32]);
    expect(stored.get("model.layers.0.mlp.down_proj.weight")?.shape).toEqual([32, 48]);
    const wide = new Map([...stored].map(([name, { data }]) => [name, data]));
    const model = buildDecoderGraph({ ...config, ffnWidth: 48 }, wide);
    const parity = await measureParity(runtime, { ...input, model });
    expect(parity).toMatchObject({ positions: 40, equalGreedy: 40 });
    expect(parity.fullDifference).toBeLessThan(1e-4);
  });

  it.each([{ ffnWidth: [20, 48] }, { ffnWidth: [48, 20], activation: ["gelu", "relu2"] }] as const)(
    "gives back every bit of %j",
    async (shape) => {
      const config = exportedConfig(shape);
      const { runtime, input } = await modelToExport("", { config });
      const path = join(temporaryFolder(), "model.safetensors");
      await writeWeightsFile(path, config, input.weights.values, "F32");
      const again = allocateBlock(runtime, parameterLayout(config));
      await readWeightsFile(path, config, again.values);
      expect(again.memory.data).toEqual(input.weights.memory.data);
    },
  );
});
