/**
 * The state of our Slack: workspaces and who is in them, conversations and
 * what was said there. It knows no HTTP, no sockets and no rules of the API.
 */

import type { Changes } from "./changes.ts";
import type { Clock } from "./clock.ts";

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

export interface User {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly isBot: boolean;
  /** Manages the workspace. */
  readonly isAdmin?: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly teamId: string;
  readonly handle: string;
  readonly users: string[];
}

export interface Channel {
  readonly id: string;
  readonly teamId: string;
  readonly name: string;
  readonly kind: "channel" | "group" | "im";
  readonly members: Set<string>;
  archived: boolean;
}

/** The app in one workspace. Without a token it was taken out again. */
export interface Installation {
  readonly teamId: string;
  readonly token: string;
  readonly scopes: readonly string[];
  readonly botUserId: string;
  readonly botId: string;
  revoked: boolean;
}

export interface Stream {
  readonly startedAt: number;
  state: "streaming" | "stopped" | "stopped_by_user";
}

export type Block = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Message {
  readonly teamId: string;
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  readonly botId?: string;
  readonly subtype?: string;
  /** Only this user sees it. */
  readonly ephemeralFor?: string;
  readonly files: readonly StoredFile[];
  text: string;
  blocks: readonly Block[];
  metadata?: unknown;
  /** Every text it ever had, oldest first. */
  readonly revisions: string[];
  edited: boolean;
  deleted: boolean;
  stream?: Stream;
  readonly reactions: { readonly name: string; readonly user: string }[];
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  /** For whoever does not see it. */
  readonly altText?: string;
  content?: Buffer;
  /** The app said that it has sent all of it. */
  isComplete?: boolean;
}

export interface OpenView {
  readonly id: string;
  readonly teamId: string;
  readonly user: string;
  hash: string;
  view: Readonly<Record<string, unknown>>;
}

/** What the assistant pane shows beside the messages of a thread. */
export interface AssistantThread {
  status: string;
  title: string;
  prompts: readonly { readonly title: string; readonly message: string }[];
  /** Every status it had, for tests of what a person saw. */
  readonly statuses: string[];
  session?: string;
}

export interface World {
  readonly clock: Clock;
  readonly changes: Changes;
  readonly teams: Map<string, Team>;
  readonly users: Map<string, User>;
  readonly userGroups: UserGroup[];
  readonly channels: Map<string, Channel>;
  readonly installations: Map<string, Installation>;
  readonly messages: Message[];
  readonly files: Map<string, StoredFile>;
  readonly views: Map<string, OpenView>;
  /** The home tab of each user. */
  readonly homes: Map<string, Readonly<Record<string, unknown>>>;
  readonly assistantThreads: Map<string, AssistantThread>;
  /** A new id, such as U0001 or T0002. */
  nextId(letter: string): string;
  nextTs(): string;
}

export function createWorld(clock: Clock, changes: Changes): World {
  let ids = 0;
  let timestamps = 0;
  return {
    clock,
    changes,
    teams: new Map(),
    users: new Map(),
    userGroups: [],
    channels: new Map(),
    installations: new Map(),
    messages: [],
    files: new Map(),
    views: new Map(),
    homes: new Map(),
    assistantThreads: new Map(),
    nextId: (letter) => `${letter}${String(++ids).padStart(8, "0")}`,
    nextTs: () => `${Math.floor(clock.now() / 1000)}.${String(++timestamps).padStart(6, "0")}`,
  };
}

/** The message, unless it was deleted. */
export function findMessage(world: World, channel: string, ts: string): Message | undefined {
  return world.messages.find(
    (message) => message.channel === channel && message.ts === ts && !message.deleted,
  );
}

/** The direct conversation of two, made when it is first needed. */
export function directChannel(world: World, one: User, other: User): Channel {
  for (const channel of world.channels.values()) {
    if (channel.kind === "im" && channel.members.has(one.id) && channel.members.has(other.id)) {
      return channel;
    }
  }
  const id = world.nextId("D");
  const members = new Set([one.id, other.id]);
  const channel: Channel = {
    id,
    teamId: one.teamId,
    name: "",
    kind: "im",
    members,
    archived: false,
  };
  world.channels.set(id, channel);
  return channel;
}

export function assistantThread(world: World, channel: string, ts: string): AssistantThread {
  const key = `${channel}:${ts}`;
  const known = world.assistantThreads.get(key);
  if (known) return known;
  const thread: AssistantThread = { status: "", title: "", prompts: [], statuses: [] };
  world.assistantThreads.set(key, thread);
  return thread;
}

export function installationOf(world: World, teamId: string): Installation {
  const installations = [...world.installations.values()];
  const found = installations.findLast((one) => one.teamId === teamId && !one.revoked);
  if (!found) throw new Error(`The app is not installed in ${teamId}.`);
  return found;
}

export function required<T>(map: ReadonlyMap<string, T>, id: string): T {
  const found = map.get(id);
  if (found === undefined) throw new Error(`There is no ${id} in this Slack.`);
  return found;
}
