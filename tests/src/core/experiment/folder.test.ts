import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, describe, expect, it } from "vitest";

import { toTokenizerJson } from "../../../../src/core/tokenizer/tokenizer-file.ts";
import { chatTokenizerOf } from "../../../../src/core/tokenizer/byte-pair-tokenizer.ts";
import { ourDefinition } from "../../../../src/core/tokenizer/definition.ts";
import { HintedError } from "../../../../src/core/errors.ts";
import { toConfigJson } from "../../../../src/core/experiment/config-files.ts";
import { openModelFolder } from "../../../../src/core/experiment/folder.ts";
import { readManifest } from "../../../../src/core/experiment/manifest.ts";
import { readRunRecord, writeRunRecord } from "../../../../src/core/experiment/run-record.ts";
import {
  exampleConfig,
  exampleTokenizer,
  writeExampleModel,
} from "../../../support/example-model.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

let folder: string;
beforeEach(() => {
  folder = join(temporaryFolder(), "mine");
});

async function refusal(): Promise<HintedError> {
  const error: unknown = await openModelFolder(folder).catch((thrown: unknown) => thrown);
  if (error instanceof HintedError) return error;
  throw new Error(`expected a HintedError, got ${String(error)}`);
}

/** Replaces a file as an export would: with its manifest. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(join(folder, file), text);
  const run = await readRunRecord(folder);
  await writeRunRecord(folder, { ...run, files: await readManifest(folder) });
}

describe("openModelFolder", () => {
  it("opens a whole model", async () => {
    const run = await writeExampleModel(folder);
    const model = await openModelFolder(folder);
    expect(model).toMatchObject({ name: "mine", folder, config: exampleConfig, run });
    expect(model.tokenizer.hash).toBe(exampleTokenizer.hash);
    expect(model.tokenizer.specials.stop).toBe(5);
    expect(model.generation.maxTokens).toBe(200);
    expect(await readFile(model.onnxPath, "utf8")).toBe("graph");
  });

  it("does without formats that somebody deleted, and with a corrected card", async () => {
    await writeExampleModel(folder);
    await rm(join(folder, "model.safetensors"));
    await rm(join(folder, "onnx", "model_quantized.onnx"));
    await writeFile(join(folder, "README.md"), "Mine.");
    await expect(openModelFolder(folder)).resolves.toMatchObject({ name: "mine" });
  });

  it("says that there is no such folder", async () => {
    expect((await refusal()).message).toBe(`There is no model folder ${folder}.`);
  });

  it("says that it is a file", async () => {
    await writeFile(folder, "");
    expect((await refusal()).message).toBe(`${folder} is a file, not a model folder.`);
  });

  it("knows a model from elsewhere by its missing run.json", async () => {
    await mkdir(folder);
    const error = await refusal();
    expect(error.message).toBe(`${folder} has no run.json: it is not an experiment of lfz.`);
    expect(error.hint).toBe(
      "Name a folder that `lfz train` or `lfz finetune` made; models from elsewhere cannot be opened.",
    );
  });

  it.each([
    ["{", /run\.json is damaged: it is not JSON/],
    ["{}", /run\.json is not the record of a run: it has no schema number/],
    ['{"schema":2}', /run\.json has schema 2; this version reads schema 1/],
    ['{"schema":1}', /run\.json is damaged: name: /],
    ["[]", /it has no schema number/],
  ])("refuses the run.json %s", async (text, message) => {
    await writeExampleModel(folder);
    await writeFile(join(folder, "run.json"), text);
    expect((await refusal()).message).toMatch(message);
  });

  it.each([
    ["finished", /no onnx\/model\.onnx yet\.$/, /lfz export/],
    ["interrupted", /no onnx\/model\.onnx yet \(it is interrupted\)/, /lfz export/],
    ["running", /no onnx\/model\.onnx yet \(it is running\)/, /--resume/],
  ] as const)("refuses a run without an export: %s", async (status, message, hint) => {
    await mkdir(folder);
    await writeExampleModel(folder, { status, files: {} });
    await rm(join(folder, "onnx"), { recursive: true });
    const error = await refusal();
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("does not trust an export that the manifest does not list", async () => {
    const { files } = await writeExampleModel(folder);
    delete files["onnx/model.onnx"];
    await writeExampleModel(folder, { files });
    expect((await refusal()).message).toMatch(/run\.json does not list onnx\/model\.onnx/);
  });

  it.each(["config.json", "tokenizer.json", "onnx/model.onnx"])(
    "names %s when it is gone, longer, or changed",
    async (file) => {
      await writeExampleModel(folder);
      const path = join(folder, file);
      const bytes = await readFile(path);
      bytes[0] = bytes[0]! ^ 1;
      await writeFile(path, bytes);
      expect((await refusal()).message).toBe(
        `${path} is damaged: its SHA-256 is not the one in run.json.`,
      );
      await writeFile(path, Buffer.concat([bytes, Buffer.alloc(1)]));
      expect((await refusal()).message).toBe(
        `${path} is damaged: it has ${bytes.length + 1} bytes, run.json says ${bytes.length}.`,
      );
      await rm(path);
      expect((await refusal()).message).toBe(`${path} is missing, though run.json lists it.`);
    },
  );

  it("refuses a damaged format beside the one it serves", async () => {
    await writeExampleModel(folder);
    await writeFile(join(folder, "onnx", "model_quantized.onnx"), "other graph!!");
    expect((await refusal()).message).toMatch(/model_quantized\.onnx is damaged/);
  });

  it("refuses what is not a Llama", async () => {
    await writeExampleModel(folder);
    await replace("config.json", '{"model_type":"gpt2"}');
    expect((await refusal()).message).toMatch(/config\.json is not a Llama model/);
  });

  it("refuses a shape that the run did not train", async () => {
    await writeExampleModel(folder);
    const other = { ...exampleConfig, ffnWidth: 64 };
    await replace("config.json", toConfigJson(other, exampleTokenizer.specials));
    expect((await refusal()).message).toMatch(/disagree: ffnWidth is 64 and 48/);
  });

  it("refuses a tokenizer of another size, and one of the same size", async () => {
    await writeExampleModel(folder);
    const pair = [6 + 116, 6 + 104] as const;
    const larger = chatTokenizerOf(ourDefinition([pair, [262, 262]], undefined));
    await replace("tokenizer.json", toTokenizerJson(larger));
    expect((await refusal()).message).toMatch(/has 264 tokens, the model knows 263/);

    const other = chatTokenizerOf(ourDefinition([[6 + 97, 6 + 98]], undefined));
    await replace("tokenizer.json", toTokenizerJson(other));
    expect((await refusal()).message).toMatch(/not the tokenizer this model was trained with/);
  });

  it("refuses a generation config that makes no sense", async () => {
    await writeExampleModel(folder);
    await replace("generation_config.json", '{"top_p":3}');
    expect((await refusal()).message).toMatch(/generation_config\.json: top_p: /);
    await replace("generation_config.json", "nonsense");
    expect((await refusal()).message).toMatch(/generation_config\.json is not JSON/);
  });
});
