/**
 * Turns requests into replies on a scheduler: everything the worker thread
 * does, without the thread.
 *
 * Knows the template, the model's defaults and which tokens may be said.
 * Events are collected and sent once a step: a message costs more than a token.
 */

import { fitPrompt, promptRoom } from "../core/chat/fit-prompt.ts";
import type { GenerationDefaults } from "../core/experiment/config-files.ts";
import type { ChatTokenizer, TokenId } from "../core/tokenizer/tokenizer.ts";
import type { Decoder } from "../core/decoder/decoder.ts";
import { toSentError, wallClock, type EngineMessage, type ReplyEvent } from "./protocol.ts";
import { Reply } from "./reply.ts";
import { Sampler } from "./sampler.ts";
import { Scheduler, type SchedulerOptions } from "./scheduler.ts";

export interface ServedModel {
  readonly tokenizer: ChatTokenizer;
  readonly defaults: GenerationDefaults;
}

export interface ServiceOptions extends SchedulerOptions {
  readonly now?: () => number;
}

type GenerateMessage = Extract<EngineMessage, { type: "generate" }>;

export class GenerationService {
  readonly #model: ServedModel;
  readonly #decoder: Decoder;
  readonly #scheduler: Scheduler;
  readonly #send: (events: readonly ReplyEvent[]) => void;
  readonly #now: () => number;
  readonly #replies = new Map<number, Reply>();
  readonly #specials: readonly TokenId[];
  readonly #unspeakable: readonly TokenId[];
  #events: ReplyEvent[] = [];

  constructor(
    model: ServedModel,
    decoder: Decoder,
    send: (events: readonly ReplyEvent[]) => void,
    { now = wallClock, ...options }: ServiceOptions = {},
  ) {
    this.#model = model;
    this.#decoder = decoder;
    this.#scheduler = new Scheduler(decoder, options);
    this.#send = send;
    this.#now = now;
    const { eos, stop } = model.tokenizer.specials;
    const ids = Array.from({ length: decoder.vocabSize }, (_, id) => id);
    this.#specials = ids.filter((id) => model.tokenizer.isSpecial(id));
    this.#unspeakable = this.#specials.filter((id) => id !== eos && id !== stop);
  }

  handle(message: EngineMessage): void {
    switch (message.type) {
      case "generate":
        this.#start(message);
        break;
      case "abort":
        this.#replies.get(message.id)?.finish("abort");
        break;
      case "read":
        this.#replies.get(message.id)?.read(message.count);
        break;
      case "close":
        for (const reply of this.#replies.values()) reply.finish("abort");
        break;
    }
  }

  /** Does the next piece of work and sends what came of it; false if there was none. */
  async advance(): Promise<boolean> {
    const hasWorked = await this.#scheduler.advance();
    const events = this.#events;
    if (events.length > 0) {
      this.#events = [];
      this.#send(events);
    }
    return hasWorked;
  }

  /** A request that cannot be served fails alone. */
  #start(message: GenerateMessage): void {
    try {
      const reply = this.#toReply(message);
      this.#scheduler.add(reply);
      this.#replies.set(message.id, reply);
    } catch (error) {
      this.#events.push({
        id: message.id,
        event: { type: "failed", error: toSentError(error) },
      });
    }
  }

  #toReply({ id, request, seed, startedAt }: GenerateMessage): Reply {
    const { tokenizer, defaults } = this.#model;
    const { context } = this.#decoder;
    const { maxTokens, ...sampling } = defaults;
    const wanted = Math.max(1, request.maxTokens ?? maxTokens);
    const prompt = fitPrompt(request.messages, tokenizer, promptRoom(context, wanted));
    const options = { ...sampling, seed, ...withoutUndefined(request.sampling ?? {}) };
    return new Reply({
      prompt: prompt.ids,
      droppedTurns: prompt.droppedTurns,
      cut: prompt.cut,
      maxTokens: Math.min(wanted, context - prompt.ids.length),
      stop: request.stop ?? [],
      sampler: new Sampler(options, this.#unspeakable, this.#specials),
      tokenizer,
      now: this.#now,
      startedAt,
      emit: (event) => {
        this.#events.push({ id, event });
        if (event.type === "done") this.#replies.delete(id);
      },
    });
  }
}

function withoutUndefined<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as Partial<T>; // the same keys, fewer of them
}
