import { describe, expect, it } from "vitest";

import type { ModelConfig } from "../../../src/core/model/config.ts";
import { modelCard } from "../../../trainer/eval/model-card.ts";
import { exampleMetrics, exampleRun } from "../../support/example-run.ts";

const metrics = exampleMetrics(10);

describe("modelCard", () => {
  it("names every source with its licence, and thanks as the licence asks", () => {
    const card = modelCard({ run: exampleRun(), metrics });
    expect(card).toContain("25,120 conversations under these licences: CC-BY-4.0, MIT.");
    expect(card).toContain("| self-dialogue | MIT | not stated | 24,090 |");
    expect(card).toContain(
      "- Chawla et al., 2021, https://github.com/kushalchawla/CaSiNo, CC-BY-4.0",
    );
  });

  it("shows results and how to use the model", () => {
    const card = modelCard({ run: exampleRun(), metrics });
    expect(card).toContain("| Bits per byte | 1.130 | 1.141 |");
    expect(card).toContain("| Repeat four words | 12.5 % | 12.5 % |");
    expect(card).toContain("lfz chat --model experiments/2026-11-23-mini-1");
    expect(card).toContain('pipeline("text-generation", "2026-11-23-mini-1"');
  });

  it("says what other programs make of layers that differ", () => {
    const { model } = exampleRun();
    const cardOf = (changes: Partial<ModelConfig>) =>
      modelCard({ run: exampleRun({ model: { ...model, layers: 2, ...changes } }), metrics });
    const plain = cardOf({});
    expect(plain).toContain("library_name: transformers.js");
    expect(plain).toContain(`| Feed-forward | ${String(model.ffnWidth)} (swiglu) |`);
    expect(plain).not.toMatch(/zeros|refuse/);
    const narrow = cardOf({ ffnWidth: [64, 96] });
    expect(narrow).toContain("fills them up with zeros to 96");
    expect(narrow).toContain('pipeline("text-generation"');
    const ungated = cardOf({ activation: ["swiglu", "relu2"] });
    expect(ungated).toContain("other programs refuse the folder");
    expect(ungated).not.toMatch(/transformers\.js|\[llama/);
  });

  it("says what a fine-tuned model began as", () => {
    const base = { name: "SmolLM2-135M", sha256: "d".repeat(64) };
    const card = modelCard({ run: exampleRun({ base }), metrics });
    expect(card).toContain('base_model: "SmolLM2-135M"');
    expect(card).toContain("fine-tuned from SmolLM2-135M");
  });

  it("names what was repeated so that it forgets nothing", () => {
    const run = exampleRun();
    const source = { source: "old talk", licences: ["CC0-1.0"], consents: [], conversations: 9 };
    const replay = { share: 0.3, conversations: 3, tokens: 60, files: [], sources: [source] };
    const card = modelCard({ run: { ...run, data: { ...run.data, replay } }, metrics });
    expect(card).toContain("30.0 % of what it learnt repeats conversations that it knew: old talk");
  });

  it("does not obey what a source is called", () => {
    const run = exampleRun();
    const [source] = run.data.sources;
    const hostile = { ...source, source: "a | b\n# c <script>", licences: ["[x](y)"] };
    const card = modelCard({
      run: { ...run, data: { ...run.data, sources: [hostile] } },
      metrics,
    });
    expect(card).toContain(String.raw`| a \| b \# c \<script\>`);
    expect(card).toContain(String.raw`\[x\](y)`);
    expect(card).not.toMatch(/^# c/m);
  });

  it("says so when nothing has been evaluated", () => {
    expect(modelCard({ run: exampleRun({ results: {} }), metrics: [] })).toContain(
      "Not evaluated yet.",
    );
  });
});
