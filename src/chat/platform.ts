/**
 * The seam between the bot and the places where people meet it.
 *
 * The bot decides what is said and when; a platform translates: its events
 * into `ChatMessage`s, and a reply into whatever its messages look like. Ids
 * are the platform's own and mean nothing here. Times are milliseconds since
 * 1970.
 */

import type { Message } from "../core/chat/conversation.ts";
import { HintedError } from "../core/errors.ts";
import type { RecitalGuard } from "../recall/recital-guard.ts";
import type { Cards } from "./cards.ts";
import type { Command } from "./commands/command.ts";
import type { Control } from "./controls.ts";
import type { Place, PlatformName } from "./place.ts";
import type { ReplyFigures, ReplyRecord } from "./replies.ts";

export type { Place, PlatformName };

export interface Person {
  readonly id: string;
  /** Reaches the model only where names are switched on. */
  readonly name: string;
  /** A program: a bot, or a webhook, whatever it calls itself. */
  readonly isBot: boolean;
  /** Ids of roles or user groups. */
  readonly roles: readonly string[];
  /** The platform does not let the bot see them: `roles` is empty for that reason. */
  readonly areRolesHidden?: boolean;
  /** The platform lets this person manage the server or workspace. */
  readonly isManager: boolean;
}

/**
 * What brought a message to the bot. `thread`: said in a thread that the bot
 * opened or was called into; `overheard`: said where the bot can read, to
 * nobody in particular.
 */
export type Address = "direct" | "mention" | "reply" | "thread" | "command" | "overheard";

export interface ChatMessage {
  readonly id: string;
  readonly place: Place;
  readonly author: Person;
  /** As people read it: mentions are names, and the mention that called the bot is gone. */
  readonly text: string;
  readonly address: Address;
  /** Files, pictures and whatever else is no text. */
  readonly attachments: number;
  readonly at: number;
}

/** What was said earlier where a message stands. */
export interface PastMessage {
  readonly id: string;
  readonly author: Person;
  readonly isOwn: boolean;
  /** A remark of the bot about itself (a refusal, the answer to a command): no part of the conversation. */
  readonly isNotice: boolean;
  readonly at: number;
  /** Without the notes that stand under a reply. */
  readonly text: string;
}

/** What a platform can do where a certain message stands. */
export interface Stage {
  /**
   * What stands around the message, oldest first, at most `limit` messages: the
   * chain of replies if it answers one, else the thread with the message it
   * started from, else the channel. The newest there may be younger than the
   * message: the bot finds out what counts as said before.
   */
  history(limit: number, signal: AbortSignal): Promise<readonly PastMessage[]>;
  /** Begins a reply to the message; nothing need be seen yet. */
  open(replyId: string): ReplyView;
  /** Tells the author something that is no reply: seen by nobody else where the platform can do that. */
  notify(words: string): Promise<void>;
}

/** One reply as people see it, over one or many messages. Calls never overlap. */
export interface ReplyView {
  /** The ids of the messages that are the reply so far, in order. */
  readonly messages: readonly string[];
  /** The least time between two `show`, in milliseconds. */
  readonly pace: number;
  /** A sign that costs nothing and may vanish by itself: typing, a status. */
  begin(): Promise<void>;
  /** All text so far; empty: the bot is still thinking, and people must see that now. Rejects if it could not be shown; the next call makes up for it. */
  show(text: string): Promise<void>;
  /**
   * The end, exactly once; tries hard, for this is what stays. Resolves with
   * the ids of the messages that are the reply, in order; none if none is left.
   */
  finish(end: ReplyEnd): Promise<readonly string[]>;
}

/**
 * `silent`: the model chose to say nothing; `withdrawn`: its question is
 * gone; both leave no message. `interrupted`: the bot had to go. `withheld`:
 * the rest would have repeated what somebody said in private.
 */
export type Outcome =
  | "finished"
  | "length"
  | "stopped"
  | "interrupted"
  | "failed"
  | "withheld"
  | "silent"
  | "withdrawn";

export interface ReplyEnd {
  readonly outcome: Outcome;
  readonly text: string;
  /** Remarks under the reply, in small print, a line each. */
  readonly notes: readonly string[];
  readonly controls: readonly Control[];
  /** Silent although somebody spoke to the bot: a small sign (a reaction) says that it was read. */
  readonly acknowledge: boolean;
}

/** What somebody is told who pressed a button or gave a command. */
export interface Answer {
  readonly text: string;
  /** For this person only, where the platform can do that. */
  readonly isPrivate: boolean;
  /** Something too long for a message, or meant to be kept. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  /** Not an answer yet: `text` is to be answered by the model, as if it had been said. */
  readonly ask?: string | undefined;
  /** Nothing was done, and `text` says why: it cannot be, or something broke. */
  readonly failure?: "refused" | "broken";
}

/** A command somebody gave, on whichever platform. */
export interface CommandCall {
  readonly name: string;
  /** As typed; the command's schema decides what they mean. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly person: Person;
  readonly place: Place;
}

/** How the model is to answer at a place. */
export interface Terms {
  /** Why it may not answer now, in words. */
  readonly refusal?: string | undefined;
  readonly persona?: string | undefined;
  /** In tokens. */
  readonly length?: number | undefined;
  readonly temperature?: number | undefined;
}

/** A reply that a platform let the model write by itself, without `hear`. */
export interface WrittenReply extends ReplyFigures {
  readonly place: Place;
  readonly asker: Person;
  /** When it was begun, by the bot's clock. */
  readonly begunAt: number;
  /** What the model read: all of the user's is the asker's. */
  readonly read: readonly Message[];
  readonly text: string;
  readonly outcome: Outcome;
}

export interface Asker {
  readonly person: Person;
  readonly place: Place;
}

/** What the bot does for a platform. No call rejects because of what people do. */
export interface Bot {
  /** Resolves when the message is done with: answered, refused or passed over, with the reason in the log. */
  hear(message: ChatMessage, stage: Stage): Promise<void>;
  /** What was said is said differently; a reply in the making starts again. */
  edited(place: Place, messageId: string, text: string): void;
  /** What was said is gone: its reply in the making is withdrawn. */
  deleted(place: Place, messageId: string): void;

  /** For a platform that lets the model write by itself; `keep` is for what came of it. */
  termsAt(place: Place): Terms;
  /** What keeps such a reply from telling what others said in private; nothing while nobody has. */
  guard(texts: readonly string[], asker?: Asker): Promise<RecitalGuard | undefined>;
  /** The bot's clock, in milliseconds. */
  now(): number;
  /** Keeps such a reply as `hear` keeps its own, so that it can be rated; nothing if it could not be kept, or its asker is forgotten. */
  keep(reply: WrittenReply): Promise<ReplyRecord | undefined>;

  readonly commands: readonly Command[];
  /** Those that this person may give there. */
  commandsFor(person: Person, place: Place): readonly Command[];
  command(call: CommandCall): Promise<Answer>;
  /** Why this person may not give the command there; nothing if they may. For commands that a platform has by itself. */
  refusal(command: Command, who: Pick<CommandCall, "person" | "place">): Answer | undefined;
  /** Values for an option that begin like what is typed; at most 25. */
  complete(call: CommandCall, option: string, typed: string): Promise<readonly string[]>;

  /** The reply of that id; nothing if it is unknown or too old: say `STALE`. */
  reply(replyId: string): ReplyRecord | undefined;
  /** The reply a message is part of. */
  replyAt(channel: string, messageId: string): ReplyRecord | undefined;
  /**
   * `undefined` takes a rating back, or only the verdict it `was`; so does the
   * same verdict once more, for a button that toggles.
   */
  rate(
    replyId: string,
    person: Person,
    verdict: Verdict | undefined,
    options?: { readonly isToggle?: boolean; readonly was?: Verdict },
  ): Promise<Answer>;
  /** Why a reply was rated as it was, in the person's words. */
  explainRating(replyId: string, person: Person, reason: string): Promise<Answer>;
  correct(replyId: string, person: Person, text: string): Promise<Answer>;
  stop(replyId: string, person: Person): Promise<Answer>;
  /** May this person take the reply away? The platform then deletes its messages and calls `removed`. */
  mayRemove(replyId: string, person: Person): Answer | undefined;
  removed(replyId: string): Promise<void>;
  /** Says it again, differently: `message` is the question as it stands now. Resolves like `hear`. */
  again(replyId: string, message: ChatMessage, stage: Stage): Promise<Answer>;
  explain(replyId: string, person: Person): Promise<Answer>;
}

/** For a button whose reply is unknown or too old. */
export const STALE = "That reply is too old for me to remember. Ask again and I will answer anew.";

export type Verdict = "good" | "bad";

/** The service cannot be reached now; whoever serves the platform tries again later. */
export class UnreachableError extends HintedError {}

/** Told each time the service is reached, and each time it is lost for a while. */
export type OnConnection = (connection: "connected" | "lost") => void;

/** A service that carries the bot, and shows its cards while it is served. */
export interface ChatPlatform {
  readonly name: PlatformName;
  readonly cards?: Cards;
  /**
   * Serves the bot until the signal aborts, then leaves orderly. Rejects if
   * the service is lost; a `HintedError` if only a person can mend it, which
   * an `UnreachableError` is not.
   */
  serve(bot: Bot, signal: AbortSignal, onConnection: OnConnection): Promise<void>;
}
