/**
 * `README.md` of a model folder: what the model is, what it was made of and by
 * whose leave, how good it is, what it cannot do, how to use it.
 */

import type { LineageFound } from "../../src/core/experiment/lineage.ts";
import type { MetricsLine } from "../../src/core/experiment/metrics-log.ts";
import type { DataSource, RunRecord } from "../../src/core/experiment/run-record.ts";
import { formatCount } from "../../src/core/cli/console.ts";
import { isLlama, widestFeedForward, type ModelConfig } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";
import { toMarkdownLine } from "./markdown.ts";
import {
  dataTable,
  modelTable,
  originTable,
  peopleWords,
  percent,
  repliesTable,
  resultsTable,
  settingsTable,
  sourcesTable,
  summaryOf,
  type Table,
} from "./tables.ts";

export interface ModelCardInput {
  readonly run: RunRecord;
  readonly metrics: readonly MetricsLine[];
  readonly lineage?: LineageFound | undefined;
}

export function modelCard({ run, metrics, lineage }: ModelCardInput): string {
  return [
    frontMatter(run),
    `# ${toMarkdownLine(run.name)}`,
    introduction(run, metrics),
    "## Use",
    usage(run),
    "## Results",
    results(run),
    "## Data",
    data(run),
    peopleWords(lineage) ?? "",
    "## Training",
    toTable(modelTable(run)),
    toTable(settingsTable("Training", run.training)),
    toTable(originTable(run)),
    portability(run.model),
    "## Limits",
    limits(run),
    "",
  ]
    .filter((part, index, all) => part !== "" || index === all.length - 1)
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

function frontMatter(run: RunRecord): string {
  const lines = [
    "---",
    ...(isLlama(run.model) ? ["library_name: transformers.js"] : []),
    "pipeline_tag: text-generation",
    `tags: [${isLlama(run.model) ? "llama, " : ""}onnx, conversational, language-from-zero]`,
    ...(run.base ? [`base_model: ${JSON.stringify(run.base.name)}`] : []),
    "---",
  ];
  return lines.join("\n");
}

function introduction(run: RunRecord, metrics: readonly MetricsLine[]): string {
  const origin = run.base
    ? `fine-tuned from ${toMarkdownLine(run.base.name)}`
    : "trained from random weights";
  const runs = run.averaged?.length;
  const mean = runs ? `, the mean of ${runs} runs` : "";
  return `A chat model of ${formatCount(parameterCount(run.model))} parameters, ${origin} with language-from-zero (\`lfz\`)${mean}.

${toMarkdownLine(summaryOf(run, metrics))}

\`report.html\` shows how training went, \`samples.md\` what the model said as it learned, and \`run.json\` holds everything needed to repeat the run.`;
}

function usage({ name, model }: RunRecord): string {
  const terminal = `In the terminal:

\`\`\`sh
lfz chat --model experiments/${name}
\`\`\``;
  if (!isLlama(model)) return terminal;
  return `${terminal}

With transformers.js, from this folder and without a network:

\`\`\`js
import { env, pipeline } from "@huggingface/transformers";

env.allowRemoteModels = false;
env.localModelPath = "./experiments/";
const chat = await pipeline("text-generation", ${JSON.stringify(name)}, { dtype: "fp32" });
const [{ generated_text }] = await chat([{ role: "user", content: "Hello!" }], { max_new_tokens: 100 });
console.log(generated_text.at(-1).content);
\`\`\``;
}

function results(run: RunRecord): string {
  if (!run.results.validation && !run.results.test) return "Not evaluated yet.";
  return `${toTable(resultsTable(run))}

Bits per byte count the summed loss of the target tokens over the UTF-8 bytes they spell, so they compare across tokenizers. The test split was scored once, after training.${replies(run)}`;
}

function replies({ results: { replies } }: RunRecord): string {
  if (!replies) return "";
  return `

${toTable(repliesTable(replies))}

Greedy replies to the last turns of test conversations, beside what stands there. distinct-n is the number of different n-grams over all n-grams (Li et al., 2016).`;
}

function data(run: RunRecord): string {
  const { sources } = run.data;
  const total = sources.reduce((sum, { conversations }) => sum + conversations, 0);
  const licences = [...new Set(sources.flatMap(({ licences }) => licences))];
  return [
    toTable(dataTable(run)),
    `${total.toLocaleString("en")} conversations under these licences: ${licences.map(toMarkdownLine).join(", ") || "none stated"}.`,
    toTable(sourcesTable(run)),
    repeated(run),
    attributions([...sources, ...(run.data.replay?.sources ?? [])]),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function repeated({ data: { replay } }: RunRecord): string {
  if (!replay) return "";
  const names = replay.sources.map(({ source, licences }) =>
    toMarkdownLine(`${source} (${licences.join(", ") || "no licence stated"})`),
  );
  return `So that it forgets nothing, ${percent(replay.share)} of what it learnt repeats conversations that it knew: ${names.join(", ")}.`;
}

function attributions(sources: readonly DataSource[]): string {
  const lines = sources
    .filter(({ attribution, url }) => attribution !== undefined || url !== undefined)
    .map(({ source, attribution, url, licences }) => {
      const parts = [attribution ?? source, url, ...licences].filter(
        (part) => typeof part === "string",
      );
      return `- ${parts.map(toMarkdownLine).join(", ")}`;
    });
  return lines.length === 0 ? "" : `Thanks to, and as their licences ask:\n\n${lines.join("\n")}`;
}

/** What programs other than ours make of the folder, where that is not plain. */
function portability(model: ModelConfig): string {
  if (!isLlama(model)) {
    return "Layers without a gate are none of Llama's. `config.json` therefore has a type of its own, `lfz`: other programs refuse the folder in place of misreading it. `lfz` serves, scores and trains it, and `onnx/model.onnx` is an ONNX file like any other.";
  }
  if (typeof model.ffnWidth === "number") return "";
  return `Layers have feed-forward parts of different width. \`model.safetensors\` fills them up with zeros to ${widestFeedForward(model)}, which changes nothing of what the model says: other programs read a Llama of one width.`;
}

function limits(run: RunRecord): string {
  return [
    run.base
      ? `It knows what ${toMarkdownLine(run.base.name)} knew, with that model's limits, and speaks in the manner of the conversations above.`
      : `It has read ${formatCount(run.data.tokens.train)} tokens of conversation and nothing else: it speaks in their manner and knows little of the world.`,
    "It makes facts up, fluently. Do not rely on it for advice about health, law, money or safety.",
    "It can repeat what it was trained on, and any bias in it.",
    `It sees the last ${run.model.context.toLocaleString("en")} tokens of a conversation and forgets what came before.`,
    "It has not been made safe for children or for people in distress.",
  ]
    .map((line) => `- ${line}`)
    .join("\n");
}

function toTable({ head, rows }: Table): string {
  if (rows.length === 0) return "";
  return [tableLine(head), `|${" --- |".repeat(head.length)}`, ...rows.map(tableLine)].join("\n");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(toMarkdownLine).join(" | ")} |`;
}
