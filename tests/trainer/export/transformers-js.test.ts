/**
 * transformers.js loads an exported folder as it lies there and says what our
 * own engine says. In a file of its own: two copies of ONNX Runtime's
 * JavaScript in one process are one too many.
 */

import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { AutoModelForCausalLM, AutoTokenizer, env, Tensor } from "@huggingface/transformers";
import { describe, expect, it } from "vitest";

import { renderPrompt } from "../../../src/core/chat/template.ts";
import { exportModel, type ExportInput } from "../../../trainer/export/export-model.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { greedyIds } from "../support/greedy.ts";
import { exportedConfig, modelToExport } from "../support/trained-model.ts";

const MESSAGES = [{ role: "user", content: "hello world, what is a 3?" }] as const;
const NEW_TOKENS = 20;

async function theirs(folder: string) {
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const options = { dtype: "fp32", device: "cpu" } as const;
  const tokenizer = await AutoTokenizer.from_pretrained(basename(folder));
  const model = await AutoModelForCausalLM.from_pretrained(basename(folder), options);
  return { tokenizer, model };
}

async function ours(folder: string, { config }: ExportInput, prompt: readonly number[]) {
  const model = await readFile(join(folder, "onnx", "model.onnx"));
  return greedyIds(model, config, prompt, NEW_TOKENS);
}

describe("transformers.js", () => {
  it("refuses a model that is no Llama in place of misreading it", async () => {
    const folder = temporaryFolder();
    const config = exportedConfig({ activation: "gelu" });
    const { runtime, input } = await modelToExport(folder, { config });
    await exportModel(runtime, input);
    await expect(theirs(folder)).rejects.toThrow("Unsupported model type: lfz");
  });

  it.each([
    ["stored as float32", { storage: "float32" }],
    ["stored as float16", { storage: "float16" }],
    ["with layers of different width", { config: exportedConfig({ ffnWidth: [20, 48] }) }],
  ] as const)("reads our folder, %s", async (_, changes) => {
    const folder = temporaryFolder();
    const { runtime, input } = await modelToExport(folder, changes);
    await exportModel(runtime, input);
    const prompt = renderPrompt([...MESSAGES], input.tokenizer);

    const { tokenizer, model } = await theirs(folder);
    const rendered = tokenizer.apply_chat_template([...MESSAGES], {
      add_generation_prompt: true,
      tokenize: true,
      return_tensor: false,
      return_dict: false,
    });
    expect(rendered).toEqual(prompt);

    const ids = new Tensor("int64", BigInt64Array.from(prompt, BigInt), [1, prompt.length]);
    const attention = new Tensor("int64", new BigInt64Array(prompt.length).fill(1n), ids.dims);
    const output = await model.generate({
      inputs: ids,
      attention_mask: attention,
      max_new_tokens: NEW_TOKENS,
      do_sample: false,
      repetition_penalty: 1,
    });
    const all = Array.from((output as Tensor).data as BigInt64Array, Number);
    const reply = all.slice(prompt.length);
    expect(reply.length).toBeGreaterThan(0);
    expect(reply).toEqual((await ours(folder, input, prompt)).slice(0, reply.length));
    expect(tokenizer.decode(reply, { skip_special_tokens: true })).toBe(
      input.tokenizer.decode(reply),
    );
    await model.dispose();
  });
});
