/**
 * One reply in the making: rows of logits in, text out, until it is finished.
 *
 * Knows sampling, characters and stop texts of one chat; not where its cache
 * lies nor who else is being served. A reader who does not keep up pauses the
 * reply: no more than `UNREAD_LIMIT` events wait for anybody.
 */

import { StreamingDecoder } from "../core/tokenizer/streaming-decoder.ts";
import type { ChatTokenizer, TokenId } from "../core/tokenizer/tokenizer.ts";
import { logProbabilityOf } from "./log-probability.ts";
import type { Sampler } from "./sampler.ts";
import { StopStrings } from "./stop-strings.ts";
import type { FinishReason, GenerationEvent, SaidToken } from "./types.ts";

export const UNREAD_LIMIT = 64;

export interface ReplyOptions {
  readonly prompt: readonly TokenId[];
  readonly droppedTurns: number;
  readonly cut: boolean;
  /** At least 1; prompt and reply together fit the context. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly sampler: Sampler;
  readonly tokenizer: ChatTokenizer;
  readonly emit: (event: GenerationEvent) => void;
  /** Milliseconds, on the clock of `startedAt`. */
  readonly now: () => number;
  /** When the request was made: waiting for a slot counts towards the first token. */
  readonly startedAt: number;
}

export class Reply {
  readonly prompt: readonly TokenId[];
  readonly #options: ReplyOptions;
  readonly #ids: TokenId[] = [];
  readonly #tokens: SaidToken[] = [];
  /** The logits as the model gave them: the sampler changes the row it works on. */
  #opinion = new Float32Array();
  readonly #characters: StreamingDecoder;
  readonly #stops: StopStrings;
  #firstTokenAt: number | undefined;
  #unread = 0;
  #paused = false;
  #finished = false;

  constructor(options: ReplyOptions) {
    this.prompt = options.prompt;
    this.#options = options;
    this.#characters = new StreamingDecoder(options.tokenizer);
    this.#stops = new StopStrings(options.stop);
    options.sampler.see(options.prompt);
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** True from the moment that too much is unread until half of it is read. */
  get paused(): boolean {
    if (this.#unread >= UNREAD_LIMIT) this.#paused = true;
    else if (this.#unread <= UNREAD_LIMIT / 2) this.#paused = false;
    return this.#paused;
  }

  /** The token to read next, chosen last. */
  get lastToken(): TokenId {
    return this.#ids.at(-1)!;
  }

  /** Chooses the next token from the logits after the last one. */
  take(logits: Float32Array): void {
    const { sampler, tokenizer, maxTokens } = this.#options;
    if (this.#opinion.length !== logits.length) this.#opinion = new Float32Array(logits.length);
    this.#opinion.set(logits);
    const id = sampler.sample(logits);
    this.#firstTokenAt ??= this.#options.now();
    const { eos, stop } = tokenizer.specials;
    if (id === eos || id === stop) {
      this.finish(id === stop && this.#ids.length === 0 ? "silence" : "stop");
      return;
    }
    this.#ids.push(id);
    this.#tokens.push({
      bytes: tokenizer.bytesOf(id).slice(), // alone in its buffer: threads are sent whole buffers
      logProbability: logProbabilityOf(id, this.#opinion),
    });
    const { text, stopped } = this.#stops.push(this.#characters.push(id));
    this.#say(text);
    if (stopped) this.#end("stop");
    else if (this.#ids.length >= maxTokens) this.finish("length");
  }

  /** The reader has taken `count` events. */
  read(count: number): void {
    this.#unread -= count;
  }

  /** Shows what was held back and ends the reply; the second time nothing happens. */
  finish(reason: FinishReason): void {
    if (this.#finished) return;
    const { text, stopped } = this.#stops.end(this.#characters.end());
    this.#say(text);
    this.#end(stopped && reason !== "abort" ? "stop" : reason);
  }

  #say(text: string): void {
    if (text === "") return;
    this.#unread++;
    this.#options.emit({ type: "text", text });
  }

  #end(finishReason: FinishReason): void {
    this.#finished = true;
    const { now, startedAt, prompt, droppedTurns, cut, sampler, emit } = this.#options;
    const end = now();
    const first = this.#firstTokenAt ?? end;
    // The first token's time is the prompt's; the others are the rate.
    const seconds = (end - first) / 1000;
    emit({
      type: "done",
      finishReason,
      tokenIds: this.#ids,
      tokens: this.#tokens,
      sampling: sampler.options,
      promptTokens: prompt.length,
      droppedTurns,
      cut,
      firstTokenMs: first - startedAt,
      tokensPerSecond: seconds > 0 ? Math.max(0, this.#ids.length - 1) / seconds : 0,
    });
  }
}
