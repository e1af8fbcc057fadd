/** What a method of the Web API is: what it needs, and what it does with its arguments. */

import type { Channel, Installation, World } from "../world.ts";

/** An answer of `{ok: false}`. */
export class SlackError extends Error {
  readonly details: Readonly<Record<string, unknown>>;

  constructor(error: string, details: Readonly<Record<string, unknown>> = {}) {
    super(error);
    this.details = details;
  }
}

export interface Caller {
  readonly installation: Installation;
}

type Answer = Readonly<Record<string, unknown>>;

export interface Method {
  /** What the token must be allowed to do. */
  readonly scope?: string;
  run(args: Arguments, caller: Caller): Answer | void;
}

export type Methods = Readonly<Record<string, Method>>;

/** Arguments as they come: a form whose structured values are JSON. */
export class Arguments {
  readonly values: Readonly<Record<string, string>>;

  constructor(values: Readonly<Record<string, string>>) {
    this.values = values;
  }

  text(name: string): string | undefined {
    return this.values[name];
  }

  required(name: string): string {
    const value = this.values[name];
    if (value !== undefined && value !== "") return value;
    throw new SlackError("invalid_arguments", {
      response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
    });
  }

  /** Whatever the app wrote there; the method checks what it uses. */
  json(name: string): unknown {
    const value = this.values[name];
    if (value === undefined) return undefined;
    try {
      return JSON.parse(value);
    } catch {
      throw new SlackError("invalid_arguments");
    }
  }
}

/** The conversation the call is about, if the bot may know it. */
export function channelOf(world: World, caller: Caller, id: string): Channel {
  const channel = world.channels.get(id);
  const { teamId, botUserId } = caller.installation;
  if (!channel || channel.teamId !== teamId) throw new SlackError("channel_not_found");
  const isPrivate = channel.kind !== "channel";
  if (isPrivate && !channel.members.has(botUserId)) throw new SlackError("channel_not_found");
  return channel;
}

/** The same, where the bot wants to write. */
export function writableChannel(world: World, caller: Caller, id: string): Channel {
  const channel = channelOf(world, caller, id);
  if (channel.archived) throw new SlackError("is_archived");
  if (!channel.members.has(caller.installation.botUserId)) throw new SlackError("not_in_channel");
  return channel;
}

/** Scopes of reading depend on what kind of conversation is read. */
export function requireScope({ installation }: Caller, needed: string): void {
  if (installation.scopes.includes(needed)) return;
  throw new SlackError("missing_scope", { needed, provided: installation.scopes.join(",") });
}

const SCOPE_PREFIX = { channel: "channels", group: "groups", im: "im" } as const;

export function scopeFor(channel: Channel, what: "history" | "read"): string {
  return `${SCOPE_PREFIX[channel.kind]}:${what}`;
}
