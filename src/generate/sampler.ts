/**
 * Chooses the next token from a row of logits.
 *
 * Knows numbers only: no text, no model, no other chat. Every chat owns one
 * sampler, so a seed gives the same tokens alone or beside others: exactly
 * one random number is drawn a token, none with temperature 0.
 *
 * A vocabulary is long and the likely tokens are few, so the logits are
 * scanned against a threshold first and only what passes is worked on.
 */

import { indexOfLargest } from "../core/decoder/largest.ts";
import { Random } from "../core/random.ts";
import type { TokenId } from "../core/tokenizer/tokenizer.ts";
import type { SamplingOptions } from "./types.ts";

/**
 * A token whose weight, times the whole vocabulary, is below this share of
 * the likeliest one's cannot change what a person reads.
 */
const NEGLIGIBLE = 1e-7;

/** Up to here the best are kept sorted while scanning; beyond, they are collected and sorted once. */
const INSERTION_LIMIT = 256;

/** How many of the likeliest are tried first when only top-p asks for an order. */
const FIRST_NUCLEUS = 64;

export class Sampler {
  readonly options: SamplingOptions;
  readonly #forbidden: readonly TokenId[];
  readonly #exempt: ReadonlySet<TokenId>;
  readonly #seen = new Set<TokenId>();
  readonly #random: Random;
  readonly #candidates = new Candidates();

  /** `forbidden` are never chosen; `exempt` are never penalised, so that a reply can always end. */
  constructor(
    options: SamplingOptions,
    forbidden: readonly TokenId[] = [],
    exempt: Iterable<TokenId> = [],
  ) {
    this.options = options;
    this.#forbidden = forbidden;
    this.#exempt = new Set(exempt);
    this.#random = new Random(options.seed);
  }

  /** Tells it what is in the conversation already, for the repetition penalty. */
  see(ids: Iterable<TokenId>): void {
    if (this.options.repetitionPenalty === 1) return;
    for (const id of ids) if (!this.#exempt.has(id)) this.#seen.add(id);
  }

  /** The next token. Overwrites some of `logits`. */
  sample(logits: Float32Array): TokenId {
    this.#penalise(logits);
    for (const id of this.#forbidden) logits[id] = -Infinity;
    const best = indexOfLargest(logits);
    const chosen = this.options.temperature === 0 ? best : this.#draw(logits, best);
    this.see([chosen]);
    return chosen;
  }

  #penalise(logits: Float32Array): void {
    const penalty = this.options.repetitionPenalty;
    for (const id of this.#seen) {
      const logit = logits[id]!;
      logits[id] = logit > 0 ? logit / penalty : logit * penalty;
    }
  }

  #draw(logits: Float32Array, best: TokenId): TokenId {
    const { temperature, topK, topP, minP } = this.options;
    const candidates = this.#candidates;
    const largest = logits[best]!;
    const share = Math.max(minP, NEGLIGIBLE / logits.length);
    const floor = largest + temperature * Math.log(share);
    const at = this.#random.next();

    if (topP >= 1) {
      if (topK > 0) candidates.takeLargest(logits, topK, floor);
      else candidates.takeAbove(logits, floor);
      return candidates.pick(at * candidates.weigh(largest, temperature));
    }
    if (topK > 0) {
      candidates.takeLargest(logits, topK, floor);
      const total = candidates.weigh(largest, temperature);
      return candidates.pick(at * candidates.keepNucleus(topP * total));
    }
    candidates.takeAbove(logits, floor);
    const total = candidates.weigh(largest, temperature);
    for (let count = FIRST_NUCLEUS; ; count *= 8) {
      candidates.takeLargest(logits, Math.min(count, logits.length), floor);
      const reached = candidates.weigh(largest, temperature);
      if (reached >= topP * total || count >= logits.length) {
        return candidates.pick(at * candidates.keepNucleus(topP * total));
      }
    }
  }
}

/** The few tokens a draw is between, with buffers that are reused from token to token. */
class Candidates {
  #ids: number[] = [];
  #logits: number[] = [];
  #weights: number[] = [];

  /** Every token whose logit reaches `floor`, in the order of the vocabulary. */
  takeAbove(logits: Float32Array, floor: number): void {
    this.#clear();
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id]!;
      if (logit < floor) continue;
      this.#ids.push(id);
      this.#logits.push(logit);
    }
  }

  /** The `count` largest that reach `floor`, largest first; of equals the lower id comes first. */
  takeLargest(logits: Float32Array, count: number, floor: number): void {
    if (count > INSERTION_LIMIT) {
      this.takeAbove(logits, floor);
      this.#sort();
      this.#cut(count);
      return;
    }
    this.#clear();
    let threshold = floor;
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id]!;
      if (logit < threshold) continue;
      const full = this.#ids.length === count;
      if (full && logit === threshold && this.#logits[count - 1] === logit) continue;
      this.#insert(id, logit, full ? count - 1 : this.#ids.length);
      if (this.#ids.length === count) threshold = this.#logits[count - 1]!;
    }
  }

  /** Gives each its unnormalised probability and answers with the sum. */
  weigh(largest: number, temperature: number): number {
    let total = 0;
    this.#weights.length = this.#ids.length;
    for (let i = 0; i < this.#ids.length; i++) {
      const weight = Math.exp((this.#logits[i]! - largest) / temperature);
      this.#weights[i] = weight;
      total += weight;
    }
    return total;
  }

  /** Drops all behind the one with which the weights reach `mass`; the sum of what is left. */
  keepNucleus(mass: number): number {
    let total = 0;
    for (let i = 0; i < this.#ids.length; i++) {
      total += this.#weights[i]!;
      if (total < mass) continue;
      this.#cut(i + 1);
      break;
    }
    return total;
  }

  /** The token at `position` on a line of all weights laid end to end. */
  pick(position: number): TokenId {
    let left = position;
    for (let i = 0; i < this.#ids.length; i++) {
      left -= this.#weights[i]!;
      if (left < 0) return this.#ids[i]!;
    }
    return this.#ids.at(-1)!; // rounding left a crumb
  }

  #insert(id: number, logit: number, from: number): void {
    let place = from;
    while (place > 0 && this.#logits[place - 1]! < logit) {
      this.#ids[place] = this.#ids[place - 1]!;
      this.#logits[place] = this.#logits[place - 1]!;
      place--;
    }
    this.#ids[place] = id;
    this.#logits[place] = logit;
  }

  #sort(): void {
    const order = this.#ids.map((_, index) => index);
    order.sort((a, b) => this.#logits[b]! - this.#logits[a]! || a - b);
    this.#ids = order.map((index) => this.#ids[index]!);
    this.#logits = order.map((index) => this.#logits[index]!);
  }

  #cut(count: number): void {
    if (this.#ids.length <= count) return;
    this.#ids.length = count;
    this.#logits.length = count;
    this.#weights.length = Math.min(this.#weights.length, count);
  }

  #clear(): void {
    this.#ids.length = 0;
    this.#logits.length = 0;
  }
}
