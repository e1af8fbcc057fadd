/**
 * A place made of paper: everything the bot shows is written down, with the
 * time, and a test can make any of it fail.
 */

import type { Clock } from "../../../src/chat/clock.ts";
import type {
  ChatMessage,
  PastMessage,
  Person,
  Place,
  ReplyEnd,
  ReplyView,
  Stage,
} from "../../../src/chat/platform.ts";

export const ANNA: Person = person("anna");
export const BEN: Person = person("ben");
export const MANAGER: Person = { ...person("mona"), isManager: true };

export const HALL: Place = {
  platform: "discord",
  community: "guild",
  channel: "hall",
  isDirect: false,
};

export function person(id: string): Person {
  const name = id.charAt(0).toUpperCase() + id.slice(1);
  return { id, name, isBot: false, roles: [], isManager: false };
}

let messages = 0;

export function message(text: string, parts: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id: `m${++messages}`,
    place: HALL,
    author: ANNA,
    text,
    address: "mention",
    attachments: 0,
    at: 0,
    ...parts,
  };
}

export function past(text: string, parts: Partial<PastMessage> = {}): PastMessage {
  return {
    id: `m${++messages}`,
    author: ANNA,
    isOwn: false,
    isNotice: false,
    at: 0,
    text,
    ...parts,
  };
}

interface PaperReply {
  readonly id: string;
  /** What was shown, and when. */
  readonly shown: { readonly at: number; readonly text: string }[];
  end?: ReplyEnd;
  endedAt?: number;
}

export interface PaperStage extends Stage {
  readonly notices: string[];
  readonly replies: PaperReply[];
  /** The one and only reply. */
  readonly reply: PaperReply;
  before: readonly PastMessage[];
  /** Asked before each showing; a rejection is what the platform says. */
  allow: (what: "history" | "show" | "finish" | "notify") => Promise<void>;
}

export function paperStage(clock: Clock, { pace = 1200 } = {}): PaperStage {
  const stage: PaperStage = {
    notices: [],
    replies: [],
    get reply() {
      const [only, second] = stage.replies;
      if (!only || second) throw new Error(`There are ${stage.replies.length} replies.`);
      return only;
    },
    before: [],
    allow: () => Promise.resolve(),
    history: async () => {
      await stage.allow("history");
      return stage.before;
    },
    notify: async (words) => {
      await stage.allow("notify");
      stage.notices.push(words);
    },
    open: (id) => {
      const reply: PaperReply = { id, shown: [] };
      stage.replies.push(reply);
      return paperView(reply, stage, clock, pace);
    },
  };
  return stage;
}

function paperView(reply: PaperReply, stage: PaperStage, clock: Clock, pace: number): ReplyView {
  return {
    messages: [],
    pace,
    begin: async () => {},
    show: async (text) => {
      if (reply.end) throw new Error("Nothing can be shown after the end.");
      await stage.allow("show");
      reply.shown.push({ at: clock.now(), text });
    },
    finish: async (end) => {
      if (reply.end) throw new Error("A reply ends once.");
      await stage.allow("finish");
      reply.end = end;
      reply.endedAt = clock.now();
      return end.outcome === "silent" || end.outcome === "withdrawn" ? [] : [`${reply.id}-1`];
    },
  };
}
