/**
 * The training loop: step after step until the budget is used up, the
 * validation loss stops falling, or somebody says stop.
 *
 * Decides when to judge, to save and to give up; the arithmetic is the
 * engine's, the files are the checkpoints'. Whatever ends it, the newest
 * state is on disk.
 */

import { formatCount, type Console } from "../../src/core/cli/console.ts";
import { toEvaluationLine, type MetricsLog } from "../../src/core/experiment/metrics-log.ts";
import { isEmpty, minimisedLoss, type Metrics } from "../../src/core/experiment/run-record.ts";
import type { Batch } from "../data/batch.ts";
import type { BatchSource } from "../data/batches.ts";
import type { Loss } from "../data/spans.ts";
import { progressOf, type Budget } from "./budget.ts";
import type { Checkpoints, LoopState } from "./checkpoint.ts";
import { isOver, judge } from "./early-stopping.ts";
import type { TrainingEngine } from "./engine.ts";
import type { TrainingOptions } from "./options.ts";
import { learningRateAt } from "./schedule.ts";
import type { Task } from "./task.ts";

/** Steps in a row without a finite gradient before the run goes back to its last checkpoint. */
const PATIENCE_FOR_NAN = 3;
const MAX_ROLLBACKS = 3;
/** A step's share of the running mean of the loss. */
const SMOOTHING = 0.05;
/** A running mean this far above its lowest, in nats, has left the road for good. */
const SPIKE = 1;
/**
 * Of the learning rate, where the stretch that learns to reply begins because there is no more to
 * learn from all text: the full rate would undo what was learnt (experiments/LOG.md).
 */
const GENTLE = 0.1;
/** More than a step has micro-batches: no two of a run leave out the same numbers. */
const SEEDS_A_STEP = 4096;

export type Ending = "budget" | "early-stop" | "kl-limit" | "interrupted" | "diverged";

export interface TrainingRun {
  readonly engine: TrainingEngine;
  readonly task: Pick<Task, "batches" | "figures">;
  readonly options: TrainingOptions;
  readonly budget: Budget;
  /** `all` becomes `replies` for the last stretch. */
  readonly loss: Loss;
  readonly checkpoints: Checkpoints;
  readonly metrics: MetricsLog;
  readonly console: Console;
  readonly signal: AbortSignal;
  readonly seed: number;
  /** The most nats a token that the model may move away from the reference. */
  readonly klLimit?: number | null;
  validate(loss: Loss): Promise<Metrics>;
  /** Draws samples with the weights as they are. */
  sample(step: number): Promise<void>;
  /** Milliseconds; only differences count. */
  now(): number;
}

export const START: Omit<LoopState, "loss"> = {
  step: 0,
  tokens: 0,
  seconds: 0,
  cursor: { epoch: 0, window: 0, row: 0 },
  evaluations: 0,
  best: null,
  waited: 0,
  isTooFar: false,
  smoothLoss: null,
  lowestLoss: null,
  rateFactor: 1,
  rollbacks: 0,
};

export interface TrainingOutcome {
  readonly ending: Ending;
  readonly state: LoopState;
}

export async function runTraining(run: TrainingRun, start: LoopState): Promise<TrainingOutcome> {
  const loop = new TrainingLoop(run, start);
  try {
    return await loop.run();
  } finally {
    loop.progress.done();
  }
}

class TrainingLoop {
  readonly #run: TrainingRun;
  readonly progress;
  #state: LoopState;
  #source: BatchSource;
  #startedAt: number;
  #secondsBefore: number;
  #savedAt: number;
  #badSteps = 0;
  #knowsNothingToJudge = false;

  constructor(run: TrainingRun, start: LoopState) {
    this.#run = run;
    this.#state = start;
    this.#source = this.#openSource(start);
    // With a larger budget than it began with, a run has come less far than when it was judged last.
    const evaluations = Math.min(start.evaluations, this.#evaluationsDue);
    this.#state = { ...start, evaluations };
    this.#startedAt = this.#savedAt = run.now();
    this.#secondsBefore = start.seconds;
    this.progress = run.console.progress("train");
  }

  async run(): Promise<TrainingOutcome> {
    if (this.#run.task.figures && !this.#state.best) await this.#judgeStart();
    while (true) {
      if (this.#run.signal.aborted) return this.#end("interrupted");
      if (this.#state.isTooFar) return this.#end("kl-limit");
      const progress = this.#progress;
      if (progress >= 1) return this.#end("budget");
      if (isOver(this.#state, this.#run.options)) {
        if (!this.#hasReplyStretchAhead) return this.#end("early-stop");
        await this.#run.checkpoints.restoreBest(this.#run.engine.weights);
        this.#slowDown(progress);
        await this.#enterReplyStretch();
      }
      if (this.#isReplyStretchDue) await this.#enterReplyStretch();
      const trouble = await this.#step(progress);
      if (trouble !== undefined) {
        if (!(await this.#rollBack(trouble))) return this.#end("diverged");
        continue;
      }
      await this.#evaluateWhenDue();
      await this.#saveWhenDue();
    }
  }

  /** A model that is not to move far has something to lose: without a better one it is the best. */
  async #judgeStart(): Promise<void> {
    await this.#evaluate();
    await this.#save();
  }

  get #progress(): number {
    return progressOf(this.#run.budget, { ...this.#state, epochs: this.#source.epochs });
  }

  /** One optimizer step, and what is wrong if the run has to go back to its last checkpoint. */
  async #step(progress: number): Promise<string | undefined> {
    const { engine, options, metrics } = this.#run;
    const { weightDecay, embeddingRate, embeddingBetas } = options;
    const started = this.#run.now();
    const { loss, norm, preference } = await this.#gradients();
    const step = this.#state.step + 1;
    const learningRate =
      learningRateAt(this.#state.step, progress, options) * this.#state.rateFactor;

    const isFinite = Number.isFinite(loss) && Number.isFinite(norm);
    this.#badSteps = isFinite ? 0 : this.#badSteps + 1;
    if (isFinite) {
      const clip = Math.min(1, options.gradientClip / (norm + 1e-6));
      const ofEmbedding = { embeddingRate, embeddingBetas };
      await engine.update({ step, learningRate, ...ofEmbedding, weightDecay, clip });
    } else {
      await metrics.append({ type: "note", step, text: "the gradient was not finite: no update" });
    }

    const tokens = this.#stepTokens;
    const seconds = this.#seconds;
    this.#state = {
      ...this.#state,
      step,
      tokens: this.#state.tokens + tokens,
      seconds,
      cursor: this.#source.cursor,
      ...(isFinite && this.#watched(loss, step)),
    };
    const tokensPerSecond = (tokens / (this.#run.now() - started)) * 1000;
    await metrics.append({
      type: "train",
      step,
      tokens: this.#state.tokens,
      seconds,
      loss,
      learningRate,
      gradientNorm: norm,
      tokensPerSecond,
      ...(preference && { preference }),
    });
    this.#show(tokensPerSecond);
    if (this.#badSteps >= PATIENCE_FOR_NAN) return "the gradient stayed infinite";
    return this.#spike();
  }

  /** The running mean of the loss with one step more. */
  #watched(loss: number, step: number): Pick<LoopState, "smoothLoss" | "lowestLoss"> {
    const { smoothLoss: before, lowestLoss: lowest } = this.#state;
    const smoothLoss = before === null ? loss : (1 - SMOOTHING) * before + SMOOTHING * loss;
    if (step <= this.#run.options.warmupSteps) return { smoothLoss, lowestLoss: null };
    return { smoothLoss, lowestLoss: Math.min(smoothLoss, lowest ?? Infinity) };
  }

  /** A loss that jumps and stays up; once going back has been tried enough, the run is left alone. */
  #spike(): string | undefined {
    const { smoothLoss, lowestLoss, rollbacks } = this.#state;
    if (smoothLoss === null || lowestLoss === null || rollbacks >= MAX_ROLLBACKS) return undefined;
    if (smoothLoss < lowestLoss + SPIKE) return undefined;
    return `the loss has jumped from ${lowestLoss.toFixed(2)} to ${smoothLoss.toFixed(2)}`;
  }

  async #gradients() {
    const { engine, task } = this.#run;
    const batches = Array.from({ length: this.#microBatches }, () => this.#source.next());
    const count = batches.reduce((sum, batch) => sum + countOf(batch), 0);
    engine.clearGradients();
    const seed = this.#run.seed + this.#state.step * SEEDS_A_STEP;
    const loss = await engine.accumulate(batches, Math.max(1, count), seed);
    return { loss, norm: await engine.gradientNorm(), preference: task.figures?.(batches) };
  }

  get #microBatches(): number {
    const { stepTokens, microTokens } = this.#run.options;
    return Math.max(1, Math.round(stepTokens / microTokens));
  }

  get #stepTokens(): number {
    return this.#microBatches * this.#run.engine.microTokens;
  }

  /** The last stretch of a run over all text learns to reply. */
  get #hasReplyStretchAhead(): boolean {
    const { loss, options } = this.#run;
    return loss === "all" && options.replyStretch > 0 && this.#state.loss === "all";
  }

  get #isReplyStretchDue(): boolean {
    return this.#hasReplyStretchAhead && this.#progress >= 1 - this.#run.options.replyStretch;
  }

  #slowDown(progress: number): void {
    const { options } = this.#run;
    const { step, rateFactor } = this.#state;
    const rate = learningRateAt(step, progress, options) * rateFactor;
    const slower = Math.min(1, (GENTLE * options.learningRate) / rate);
    this.#state = { ...this.#state, rateFactor: rateFactor * slower };
  }

  /** Its best is judged by itself, and what it begins with is the first to be beaten. */
  async #enterReplyStretch(): Promise<void> {
    const { metrics, console } = this.#run;
    const source = this.#run.task.batches("replies");
    source.seekEpochs(this.#source.epochs); // without the texts that hold no reply it has fewer rows
    this.#source = source;
    const anew = { best: null, waited: 0, smoothLoss: null, lowestLoss: null };
    this.#state = { ...this.#state, ...anew, loss: "replies", cursor: source.cursor };
    const text = "from here on only replies count";
    console.note(`step ${this.#state.step}: ${text}`);
    await metrics.append({ type: "note", step: this.#state.step, text });
    await this.#judge();
  }

  #openSource({ loss, cursor }: LoopState): BatchSource {
    const source = this.#run.task.batches(loss);
    source.seek(cursor);
    return source;
  }

  get #evaluationsDue(): number {
    return Math.floor(this.#progress * this.#run.options.evaluations);
  }

  async #evaluateWhenDue(): Promise<void> {
    const due = this.#evaluationsDue;
    if (due <= this.#state.evaluations) return;
    this.#state = { ...this.#state, evaluations: due };
    await this.#evaluate();
  }

  async #evaluate(): Promise<void> {
    await this.#judge();
    await this.#run.sample(this.#state.step);
  }

  async #judge(): Promise<void> {
    const { options, metrics, engine, checkpoints, console } = this.#run;
    const found = await this.#run.validate(this.#state.loss);
    if (isEmpty(found)) return this.#noteNothingToJudge();
    const { step, best, waited } = this.#state;
    const isTooFar = (found.preference?.kl ?? 0) > (this.#run.klLimit ?? Infinity);
    const loss = isTooFar ? Infinity : minimisedLoss(found); // not to be the best
    const judgement = judge({ best, waited }, { step, loss }, options);
    this.#state = { ...this.#state, ...judgement.state, isTooFar, seconds: this.#seconds };
    await metrics.append(toEvaluationLine("validation", this.#state, found, judgement.isBest));
    console.note(`step ${step}: ${sentenceOf(found)}${judgement.isBest ? " (best)" : ""}`);
    if (isTooFar) await this.#noteLimit();
    if (judgement.isBest) await checkpoints.saveBest(step, engine.weights);
  }

  /** A file of one conversation, say: without a judgement nothing ends the run early, and its last weights count. */
  #noteNothingToJudge(): void {
    if (this.#knowsNothingToJudge) return;
    this.#knowsNothingToJudge = true;
    this.#run.console.note(
      "Too little text to keep some for validation: the run goes on to its end.",
    );
  }

  async #noteLimit(): Promise<void> {
    const { step, best } = this.#state;
    const text = `past the KL limit of ${this.#run.klLimit}: back to the best before it, step ${best?.step}`;
    this.#run.console.note(`step ${step}: ${text}`);
    await this.#run.metrics.append({ type: "note", step, text });
  }

  get #seconds(): number {
    return this.#secondsBefore + (this.#run.now() - this.#startedAt) / 1000;
  }

  async #saveWhenDue(): Promise<void> {
    const elapsed = this.#run.now() - this.#savedAt;
    if (elapsed < this.#run.options.checkpointMinutes * 60_000 || this.#isRising) return;
    await this.#save();
  }

  /** On the way up to a spike: what may have to be undone must not replace what one goes back to. */
  get #isRising(): boolean {
    const { smoothLoss, lowestLoss } = this.#state;
    return smoothLoss !== null && lowestLoss !== null && smoothLoss > lowestLoss + SPIKE / 2;
  }

  /** Weights that are broken are not saved: a checkpoint is something to go back to. */
  async #save(): Promise<void> {
    if (this.#badSteps > 0 || !areFinite(this.#run.engine.weights.memory.data)) return;
    await this.#run.checkpoints.save(this.#state, this.#run.engine);
    this.#savedAt = this.#run.now();
  }

  /** Back to the last checkpoint with half the learning rate; false when that has been tried enough. */
  async #rollBack(trouble: string): Promise<boolean> {
    const { checkpoints, engine, metrics, console } = this.#run;
    const rollbacks = this.#state.rollbacks + 1;
    const restored = rollbacks <= MAX_ROLLBACKS && (await checkpoints.restore(engine));
    if (!restored) return false;
    const rateFactor = this.#state.rateFactor / 2;
    const text = `${trouble}: back to step ${restored.step} with half the learning rate`;
    console.note(`step ${this.#state.step}: ${text}`);
    await metrics.append({ type: "note", step: this.#state.step, text });
    this.#state = { ...restored, seconds: this.#seconds, rollbacks, rateFactor };
    this.#source = this.#openSource(this.#state);
    this.#badSteps = 0;
    await this.#save(); // with the smaller rate, so that a crash does not forget it
    return true;
  }

  async #end(ending: Ending): Promise<TrainingOutcome> {
    if (ending !== "diverged") await this.#save();
    return { ending, state: this.#state };
  }

  #show(tokensPerSecond: number): void {
    const { smoothLoss, step } = this.#state;
    this.progress.update({
      fraction: this.#progress,
      text: `step ${step}  loss ${smoothLoss?.toFixed(3) ?? "-"}  ${formatCount(Math.round(tokensPerSecond))} tokens/s`,
    });
  }
}

function areFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** What the loss of a step is divided by: targets, or comparisons. */
function countOf({ weights, comparisons }: Batch): number {
  return comparisons?.count ?? weights.reduce((sum, weight) => sum + weight, 0);
}

function sentenceOf(found: Metrics): string {
  const { bitsPerByte, tokenAccuracy, preference } = found;
  const loss = `validation loss ${minimisedLoss(found).toFixed(3)}`;
  if (!preference) {
    return `${loss}, ${bitsPerByte.toFixed(3)} bits/byte, accuracy ${(tokenAccuracy * 100).toFixed(1)} %`;
  }
  const { margin, accuracy, kl = NaN } = preference;
  return (
    `${loss}, margin ${margin.toFixed(3)}, accuracy ${(accuracy * 100).toFixed(1)} %, ` +
    `KL ${kl.toFixed(4)}, ${bitsPerByte.toFixed(3)} bits/byte`
  );
}
