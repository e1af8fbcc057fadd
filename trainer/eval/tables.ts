/** What report and model card both tell of a run, as rows of words: no markup here. */

import type { LineageFound } from "../../src/core/experiment/lineage.ts";
import { formatBytes, formatCount, formatDuration } from "../../src/core/cli/console.ts";
import type { EvaluationLine, MetricsLine } from "../../src/core/experiment/metrics-log.ts";
import type {
  DataSource,
  Metrics,
  RepliesResult,
  ReplyFigures,
  RunRecord,
} from "../../src/core/experiment/run-record.ts";
import { isLlama, type ModelConfig } from "../../src/core/model/config.ts";
import { parameterCount } from "../../src/core/model/parameters.ts";

const LLAMA = "Llama (RMSNorm, RoPE, SwiGLU, grouped-query attention)";

type Row = readonly string[];

export interface Table {
  readonly head: Row;
  readonly rows: readonly Row[];
}

/** How much training a run has had, by its last line. */
export function progressOf(lines: readonly MetricsLine[]): {
  steps: number;
  tokens: number;
  seconds: number;
} {
  const last = lines.findLast((line) => line.type !== "note");
  return { steps: last?.step ?? 0, tokens: last?.tokens ?? 0, seconds: last?.seconds ?? 0 };
}

/** `micro model, 3.1 M parameters, 4,000 steps in 20 min`. */
export function summaryOf(run: RunRecord, lines: readonly MetricsLine[]): string {
  const { steps, tokens, seconds } = progressOf(lines);
  return [
    `${formatCount(parameterCount(run.model))} parameters`,
    `${run.model.layers} layers of width ${run.model.width}`,
    `${steps.toLocaleString("en")} steps`,
    `${formatCount(tokens)} tokens`,
    formatDuration(seconds * 1000),
  ].join(" · ");
}

export function resultsTable({ results }: RunRecord): Table {
  return metricsTable(
    (["validation", "test"] as const).flatMap((split) => {
      const metrics = results[split];
      return metrics ? [{ title: split, metrics }] : [];
    }),
  );
}

/** A column for each thing that was scored. */
export function metricsTable(
  columns: readonly { readonly title: string; readonly metrics: Metrics }[],
): Table {
  const row = (title: string, cell: (metrics: Metrics) => string): Row => [
    title,
    ...columns.map(({ metrics }) => cell(metrics)),
  ];
  return {
    head: ["", ...columns.map(({ title }) => title)],
    rows: [
      row("Loss (nats a token)", ({ loss }) => figure(loss)),
      row("Perplexity", ({ perplexity }) => figure(perplexity, 2)),
      row("Bits per byte", ({ bitsPerByte }) => figure(bitsPerByte)),
      row("Token accuracy", ({ tokenAccuracy }) => percent(tokenAccuracy)),
      row("Top-5 accuracy", ({ top5Accuracy }) => percent(top5Accuracy)),
      ...(columns.some(({ metrics }) => metrics.preference) ? preferenceRows(row) : []),
      row("Tokens scored", ({ tokens }) => tokens.toLocaleString("en")),
      row("Bytes of text", ({ bytes }) => bytes.toLocaleString("en")),
    ],
  };
}

/** The model beside the conversations it was asked to continue: the closer, the more alike. */
export function repliesTable({ model, reference }: RepliesResult): Table {
  const row = (title: string, cell: (figures: ReplyFigures) => string): Row => [
    title,
    cell(model),
    cell(reference),
  ];
  return {
    head: ["Replies to held-out prompts", "model", "data"],
    rows: [
      row("Replies", ({ replies }) => replies.toLocaleString("en")),
      row("Distinct words (distinct-1)", ({ distinct1 }) => percent(distinct1)),
      row("Distinct pairs (distinct-2)", ({ distinct2 }) => percent(distinct2)),
      row("Repeat four words", ({ repeating }) => percent(repeating)),
      row("Say nothing", ({ empty }) => percent(empty)),
      row("End by themselves", ({ ended }) => percent(ended)),
      row("Words a reply", ({ meanWords }) => figure(meanWords, 1)),
      row("Tokens a reply", ({ meanTokens }) => figure(meanTokens, 1)),
    ],
  };
}

type ToRow = (title: string, cell: (metrics: Metrics) => string) => Row;

/** The rows above them are about the wanted replies alone. */
function preferenceRows(row: ToRow): Row[] {
  return [
    row("Preference loss", ({ preference }) => figure(preference?.loss ?? NaN)),
    row("Reward margin", ({ preference }) => figure(preference?.margin ?? NaN)),
    row("Preferred rightly", ({ preference }) => percent(preference?.accuracy ?? NaN)),
    row("KL to the start, a token", ({ preference }) => figure(preference?.kl ?? NaN, 4)),
  ];
}

export function modelTable(run: RunRecord): Table {
  const { model } = run;
  return {
    head: ["Model", ""],
    rows: [
      ["Architecture", isLlama(model) ? LLAMA : `${LLAMA}, but for the feed-forward`],
      ["Parameters", parameterCount(model).toLocaleString("en")],
      ["Layers", String(model.layers)],
      ["Width", String(model.width)],
      ["Heads", `${model.heads}, ${model.kvHeads} of keys and values`],
      ["Feed-forward", feedForwardWords(model)],
      ["Context", `${model.context.toLocaleString("en")} tokens`],
      ["Vocabulary", `${model.vocabSize.toLocaleString("en")} byte-level BPE tokens`],
      ["Embeddings", model.tiedEmbeddings ? "shared with the output" : "separate from the output"],
      ...(run.base ? [["Fine-tuned from", run.base.name]] : []),
    ],
  };
}

/** `688 (swiglu)`, or each layer's: `512, 688 (swiglu, gelu)`. */
export function feedForwardWords({ ffnWidth, activation }: ModelConfig): string {
  return `${wordsOf(ffnWidth)} (${wordsOf(activation)})`;
}

export function dataTable({ data }: RunRecord): Table {
  return {
    head: ["", "training", "validation", "test"],
    rows: [
      ["Conversations", ...perSplit(data.conversations)],
      ["Tokens", ...perSplit(data.tokens)],
    ],
  };
}

function perSplit({ train, validation, test }: RunRecord["data"]["tokens"]): string[] {
  return [train, validation, test].map((count) => count.toLocaleString("en"));
}

export function sourcesTable({ data }: RunRecord): Table {
  return {
    head: ["Source", "Licence", "Consent", "Conversations"],
    rows: data.sources.map((source) => [
      nameOfSource(source),
      statedOr(source.licences),
      statedOr(source.consents),
      source.conversations.toLocaleString("en"),
    ]),
  };
}

/** `Learnt from 3 people's feedback`; nothing where nobody's is known of. A count, never who. */
export function peopleWords(lineage: LineageFound | undefined): string | undefined {
  const count = lineage?.authors.length ?? 0;
  if (!lineage || count === 0) return undefined;
  const { missing } = lineage;
  const learnt = `Learnt from ${count === 1 ? "one person's" : `${count} people's`} feedback`;
  return missing.length === 0
    ? `${learnt}.`
    : `${learnt}, besides whatever ${missing.join(", ")} learnt from.`;
}

export function filesTable({ data }: RunRecord): Table {
  return {
    head: ["File", "Size", "SHA-256"],
    rows: data.files.map(({ name, bytes, sha256 }) => [name, formatBytes(bytes), sha256]),
  };
}

function statedOr(terms: readonly string[]): string {
  return terms.length > 0 ? terms.join(", ") : "not stated";
}

/** Options as given: flags, training settings, whatever a run records freely. */
export function settingsTable(head: string, settings: Readonly<Record<string, unknown>>): Table {
  return {
    head: [head, ""],
    rows: statedEntries(settings).map(([key, value]) => [key, wordsOf(value)]),
  };
}

/** `a, b` for a list, `key: value, key: value` for a record, four digits of a fraction. */
export function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(", ");
  if (typeof value === "number" && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(4)));
  }
  if (typeof value !== "object" || value === null) return String(value);
  return statedEntries(value)
    .map(([key, inner]) => `${key}: ${wordsOf(inner)}`)
    .join(", ");
}

/** Without what was left open. */
function statedEntries(record: object): [string, unknown][] {
  return Object.entries(record).filter(([, value]) => !isLeftOpen(value));
}

function isLeftOpen(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

export function originTable(run: RunRecord): Table {
  const { machine, versions, git } = run;
  return {
    head: ["Origin", ""],
    rows: [
      ["Started", whenOf(run.created)],
      ["Finished", run.finished ? whenOf(run.finished) : "not yet"],
      ["Machine", `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}`],
      [
        "Versions",
        `lfz ${versions.lfz}, node ${versions.node}, ONNX Runtime ${versions.onnxruntime}`,
      ],
      ["Commit", git ? `${git.commit}${git.dirty ? ", with changes" : ""}` : "none"],
      ["Seed", String(run.seed)],
      ["Tokenizer", run.tokenizerHash],
    ],
  };
}

/** The evaluation that stands out, for a report before the end. */
export function bestValidation(lines: readonly MetricsLine[]): EvaluationLine | undefined {
  return lines.findLast((line) => line.type === "evaluation" && line.best) as
    | EvaluationLine
    | undefined; // the test just before says so; findLast cannot narrow by two conditions
}

export function figure(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "not a number";
}

export function percent(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : "not a number";
}

/** `2026-11-23 14:05 UTC`. */
export function whenOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function nameOfSource({ source, url, attribution }: DataSource): string {
  return [source, attribution, url].filter((part) => part !== undefined).join(" · ");
}
