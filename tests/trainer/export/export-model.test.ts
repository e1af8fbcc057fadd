import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { fromHuggingFace } from "../../../src/core/model/hugging-face.ts";
import { readSafetensors } from "../../../src/core/experiment/safetensors.ts";
import { sha256OfFile } from "../../../src/core/files.ts";
import { exportModel } from "../../../trainer/export/export-model.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { EVERYTHING_UNUSUAL } from "../support/tiny-training.ts";
import { exportedConfig, modelToExport } from "../support/trained-model.ts";

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("."))
    .sort();

describe("an export", () => {
  it("writes the whole model and says what each file must be", async () => {
    const folder = temporaryFolder();
    const { runtime, input } = await modelToExport(folder);
    const { parity, files } = await exportModel(runtime, input);
    expect(parity.equalGreedy).toBe(40);
    expect(filesIn(folder)).toEqual(Object.keys(files).sort());
    expect(Object.keys(files).sort()).toEqual([
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "onnx/model.onnx",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    for (const [name, { sha256 }] of Object.entries(files)) {
      expect(await sha256OfFile(join(folder, name))).toBe(sha256);
    }
    const stored = await readSafetensors(join(folder, "model.safetensors"));
    for (const [name, { data }] of input.weights.values) {
      expect(stored.get(name)?.data).toEqual(data);
    }
  });

  it("stores half the bytes as float16, and proves the rounded weights", async () => {
    const folder = temporaryFolder();
    const { runtime, input } = await modelToExport(folder, { storage: "float16" });
    const { parity } = await exportModel(runtime, input);
    expect(parity.equalGreedy).toBe(40);
    const stored = await readSafetensors(join(folder, "model.safetensors"));
    for (const [name, { data }] of input.weights.values) {
      expect(stored.get(name)?.data, "what was judged is what is stored").toEqual(data);
    }
  });

  it("proves a model in which everything is unusual", async () => {
    const folder = temporaryFolder();
    const config = exportedConfig(EVERYTHING_UNUSUAL);
    const { runtime, input } = await modelToExport(folder, { config });
    const { parity } = await exportModel(runtime, input);
    expect(parity.equalGreedy).toBe(40);
    const json = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    expect(fromHuggingFace(json, "config.json")).toEqual(config);
  });

  it("writes one format alone if asked to", async () => {
    const folder = temporaryFolder();
    const { runtime, input } = await modelToExport(folder, { formats: ["safetensors"] });
    const { files } = await exportModel(runtime, input);
    expect(files["onnx/model.onnx"]).toBeUndefined();
    expect(filesIn(folder)).toContain("model.safetensors");
    expect(filesIn(folder)).not.toContain(join("onnx", "model.onnx"));
  });

  it("writes nothing if the model does not agree with itself", async () => {
    const folder = temporaryFolder();
    const { runtime, input } = await modelToExport(folder);
    input.weights.values.get("model.norm.weight")!.data[0] = NaN;
    await expect(exportModel(runtime, input)).rejects.toThrow("does not agree with the trained");
    expect(filesIn(folder)).toEqual([]);
  });

  it("is the same file every time", async () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    const [first, second] = await Promise.all(
      folders.map(async (folder) => {
        const { runtime, input } = await modelToExport(folder);
        await exportModel(runtime, input);
        return readFileSync(join(folder, "onnx", "model.onnx"));
      }),
    );
    expect(first.equals(second)).toBe(true);
  });
});
