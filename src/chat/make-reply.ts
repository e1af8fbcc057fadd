/**
 * One reply, from the question to the message that stays.
 *
 * Fetches what was said before, lets the model write, shows it as it grows,
 * and ends it properly whatever happens: stopped, edited under its hands,
 * failed, or the bot has to go. Knows neither who may ask nor who is next.
 */

import type { Message } from "../core/chat/conversation.ts";
import { HintedError, reasonOf } from "../core/errors.ts";
import { untilAborted } from "../core/until-aborted.ts";
import type { Engine, GenerationEvent, SaidToken, SamplingOptions } from "../generate/types.ts";
import type { Log } from "../log.ts";
import type { PrivateWords } from "../recall/private-words.ts";
import { withoutRecitals } from "../recall/without-recitals.ts";
import type { Clock } from "./clock.ts";
import { controlsAfter } from "./controls.ts";
import { HISTORY_LIMIT, toConversation, type ConversationParts } from "./history.ts";
import { notesOn, reachOf } from "./notes.ts";
import { Painter } from "./painter.ts";
import type { Outcome, PastMessage, ReplyView, Stage } from "./platform.ts";
import type { ReplyFigures } from "./replies.ts";
import type { CommunitySettings } from "./settings.ts";
import type { Turnstile } from "./turnstile.ts";
import type { Interruption, Turn } from "./turns.ts";

export interface ReplyDeps {
  /** Whatever model answers at the moment it is asked: another one, perhaps, than a moment ago. */
  readonly engine: () => Promise<Pick<Engine, "model" | "generate">>;
  /** Lets in as many as the engine takes. */
  readonly turnstile: Turnstile;
  readonly clock: Clock;
  readonly newSeed: () => number;
  /** What people said in private, where any of it is kept. */
  readonly privateWords?: Pick<PrivateWords, "guard"> | undefined;
}

export interface ReplyRequest {
  readonly replyId: string;
  readonly turn: Turn;
  readonly settings: CommunitySettings;
  /** Pseudonym of whoever asked. */
  readonly asker: string;
  /** Where the conversation was begun anew: what is older is not read. */
  readonly since: number;
  /** A question of earlier is answered anew: what the bot said after it does not count. */
  readonly isAgain: boolean;
  readonly isFirstContact: boolean;
  /** People of this place know already that its beginning is forgotten. */
  readonly knowsForgetting: boolean;
  readonly log: Log;
  /** The first thing people saw of it, and the first token. */
  readonly onFirstSign: () => void;
}

interface Writing extends ReplyRequest {
  /** Where the reply was opened, also when the message that it answers there is gone. */
  readonly stage: Stage;
  readonly view: ReplyView;
}

type Figures = Extract<GenerationEvent, { type: "done" }>;

export interface MadeReply extends ReplyFigures {
  readonly outcome: Outcome;
  /** What was said, as people see it, and what the model had read. */
  readonly text: string;
  readonly read: ConversationParts;
  /** The messages it consists of. */
  readonly messages: readonly string[];
  /** The beginning of the conversation was not read. */
  readonly forgets: boolean;
  readonly said: readonly SaidToken[];
  /** How it was chosen; nothing if it never came to that. */
  readonly sampling: SamplingOptions | undefined;
}

/** What the model wrote in one go. */
interface Draft {
  readonly outcome: Outcome;
  readonly text: string;
  readonly seed: number;
  readonly model: string;
  readonly read: ConversationParts;
  readonly messages: readonly Message[];
  readonly hasLostHistory: boolean;
  readonly figures?: Figures | undefined;
  readonly failure?: string | undefined;
}

export async function makeReply(request: ReplyRequest, deps: ReplyDeps): Promise<MadeReply> {
  const { turn, replyId, log } = request;
  const stage = stageOf(turn);
  const view = watched(stage.open(replyId), request.onFirstSign);
  void view.begin().catch((error: unknown) => log.debug("no typing", { error })); // only a courtesy
  const painter = new Painter(view, deps.clock, (error) => log.warn("not shown", { error }));
  const draft = await writeUntilUnchanged({ ...request, stage, view }, painter, deps);
  await painter.end();
  const messages = await finish(view, draft, request);
  return { ...figuresOf(draft, request.turn), messages };
}

/** A question that is edited is answered as it stands in the end. */
async function writeUntilUnchanged(
  request: Writing,
  painter: Painter,
  deps: ReplyDeps,
): Promise<Draft> {
  for (;;) {
    const signal = request.turn.begin();
    const draft = await write(request, painter, deps, signal);
    if (signal.reason !== "edited") return draft;
    painter.set("");
  }
}

async function write(
  request: Writing,
  painter: Painter,
  deps: ReplyDeps,
  signal: AbortSignal,
): Promise<Draft> {
  const { past, hasLostHistory } = await readPast(request, signal);
  const question = request.turn.utterances.map(({ message }) => message);
  const { persona, names } = request.settings;
  const read = { persona, names, past, question };
  const messages = toConversation(read);
  const draft = { seed: deps.newSeed(), model: "", text: "", read, messages, hasLostHistory };
  const first = await generate(draft, request, painter, deps, signal);
  // Whoever speaks to the bot should not be met with silence by chance: once more, with other luck.
  const isAddressed = question.some(({ address }) => address !== "overheard");
  if (first.outcome !== "silent" || !isAddressed) return first;
  return generate({ ...draft, seed: deps.newSeed() }, request, painter, deps, signal);
}

async function readPast(
  { turn, stage, view, since, isAgain, log }: Writing,
  signal: AbortSignal,
): Promise<{ past: readonly PastMessage[]; hasLostHistory: boolean }> {
  const question = turn.utterances.map(({ message }) => message);
  const askedAt = Math.min(...question.map(({ at }) => at));
  // Where the question was edited, the reply has begun already.
  const isOfThis = (id: string) =>
    question.some((one) => one.id === id) || view.messages.includes(id);
  // While somebody waited for an answer, the one before it was still being written.
  const isPast = ({ id, at, isOwn }: PastMessage) =>
    !isOfThis(id) && at >= since && (at <= askedAt || (isOwn && !isAgain));
  try {
    const past = await stage.history(HISTORY_LIMIT, signal);
    return { past: past.filter(isPast), hasLostHistory: false };
  } catch (error) {
    log.warn("history unread", { error });
    return { past: [], hasLostHistory: !signal.aborted };
  }
}

/** Waits until there is room at the engine, and writes. */
async function generate(
  draft: Omit<Draft, "outcome">,
  request: ReplyRequest,
  painter: Painter,
  deps: ReplyDeps,
  signal: AbortSignal,
): Promise<Draft> {
  const leave = await deps.turnstile.enter(signal);
  if (!leave) return { ...draft, outcome: outcomeOf(signal.reason) };
  try {
    return await generateAtOnce(draft, request, painter, deps, signal);
  } finally {
    leave();
  }
}

async function generateAtOnce(
  draft: Omit<Draft, "outcome">,
  { settings, asker, log }: ReplyRequest,
  painter: Painter,
  deps: ReplyDeps,
  signal: AbortSignal,
): Promise<Draft> {
  let text = "";
  let figures: Figures | undefined;
  let model = "";
  try {
    const engine = await unlessAborted(deps.engine(), signal);
    if (!engine) return { ...draft, outcome: outcomeOf(signal.reason) };
    const sampling = { seed: draft.seed, temperature: settings.temperature };
    const request = { messages: draft.messages, maxTokens: settings.length, sampling };
    const texts = draft.messages.map(({ content }) => content);
    const guard = await unlessAborted(deps.privateWords?.guard({ asker, texts }), signal);
    model = engine.model.name; // of the same moment as the reply
    const events = guard
      ? withoutRecitals(engine, request, guard, signal)
      : engine.generate(request, signal);
    for await (const event of events) {
      if (event.type === "done") figures = event;
      else painter.set((text += event.text));
    }
  } catch (error) {
    log.error("reply failed", { error });
    return { ...draft, model, text, figures, outcome: "failed", failure: wordsOf(error) };
  }
  const outcome = signal.aborted ? outcomeOf(signal.reason) : endOf(figures, text);
  if (outcome === "withheld") log.warn("recital stopped", { model });
  return { ...draft, model, text, figures, outcome };
}

/** Nothing if the signal aborts first: a model that is still loading need not be waited for. */
async function unlessAborted<T>(
  work: Promise<T> | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  if (signal.aborted || !work) return undefined;
  return Promise.race([work, untilAborted(signal).then(() => undefined)]);
}

function endOf(figures: Figures | undefined, text: string): Outcome {
  if (figures?.finishReason === "abort") return "interrupted"; // nobody here asked for it: its model had to go
  if (figures?.finishReason === "withheld") return "withheld"; // even before its first word
  if (figures?.finishReason === "silence" || text.trim() === "") return "silent";
  return figures?.finishReason === "length" ? "length" : "finished";
}

function outcomeOf(why: Interruption): Outcome {
  return why === "edited" ? "interrupted" : why; // an edited question is answered again
}

/** Shown to people: no stack, no path. */
function wordsOf(error: unknown): string {
  return error instanceof HintedError ? error.message : "something went wrong; it is in the log.";
}

async function finish(
  view: ReplyView,
  draft: Draft,
  { turn, settings, isFirstContact, knowsForgetting, log }: ReplyRequest,
): Promise<readonly string[]> {
  const question = turn.utterances.map(({ message }) => message);
  const droppedTurns = draft.figures?.droppedTurns ?? 0;
  const { outcome, text } = draft;
  try {
    return await view.finish({
      outcome,
      text: text.trim(),
      notes: notesOn({ ...draft, question, droppedTurns, knowsForgetting, isFirstContact }),
      controls: settings.buttons ? controlsAfter(outcome) : [],
      acknowledge: outcome === "silent" && question.some(({ address }) => address !== "overheard"),
    });
  } catch (error) {
    log.error("reply lost", { outcome, reason: reasonOf(error), error });
    return [];
  }
}

function figuresOf(draft: Draft, turn: Turn): Omit<MadeReply, "messages"> {
  const { outcome, read, model, seed, figures, messages } = draft;
  const question = turn.utterances.map(({ message }) => message);
  const droppedTurns = figures?.droppedTurns ?? 0;
  return {
    outcome,
    text: draft.text.trim(),
    read,
    model,
    seed,
    promptTokens: figures?.promptTokens ?? 0,
    tokens: figures?.tokenIds.length ?? 0,
    droppedTurns,
    forgets: reachOf({ question, messages, droppedTurns }) === "forgot",
    firstTokenMs: figures?.firstTokenMs ?? 0,
    tokensPerSecond: figures?.tokensPerSecond ?? 0,
    said: figures?.tokens ?? [],
    sampling: figures?.sampling,
  };
}

/** The reply answers the last message: that is where people look. */
function stageOf({ utterances }: Turn) {
  const last = utterances.at(-1);
  if (!last) throw new RangeError("A turn has at least one message.");
  return last.stage;
}

function watched(view: ReplyView, onFirstSign: () => void): ReplyView {
  let isSeen = false;
  const see = () => {
    if (!isSeen) onFirstSign();
    isSeen = true;
  };
  return {
    get messages() {
      return view.messages;
    },
    pace: view.pace,
    begin: () => view.begin(),
    show: async (text) => {
      await view.show(text);
      see();
    },
    finish: async (end) => {
      const messages = await view.finish(end);
      see();
      return messages;
    },
  };
}
