/** A bot and its page over HTTP: what the page itself asks, and all that is kept of it. */

import type { BotParts } from "../../src/chat/bot.ts";
import { engineSourceOf } from "../../src/platforms/web/engine-source.ts";
import type { WebOptions } from "../../src/platforms/web/server.ts";
import { openBot } from "./chat/open-bot.ts";
import type { Script } from "./scripted-engine.ts";
import { serve } from "./web-server.ts";

export interface PageParts {
  readonly script?: Script;
  readonly bot?: Partial<BotParts>;
  readonly web?: Partial<WebOptions>;
}

export async function openPage({ script, bot: parts, web }: PageParts = {}) {
  const opened = await openBot(script, parts);
  const { bot, engine, say: sayInChat } = opened;
  const source = engineSourceOf(Promise.resolve(engine));
  const server = await serve({ bot, source, ...web });
  const ask = async (
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const response = await fetch(`${server.url}${path}`, {
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as PageAnswer };
  };
  const give = (line: string) => ask("/v1/commands", { body: { line } });
  /** Says something as the page does; gives the report of the reply. */
  const say = async (content: string, more: object = {}) => {
    const messages = [{ role: "user", content }];
    const body = { messages, lfz: { keep: true }, ...more };
    return (await ask("/v1/chat/completions", { body })).body.lfz ?? {};
  };
  return { ...opened, server, ask, give, say, sayInChat };
}

/** What the routes answer with, as far as tests look at it. */
export interface PageAnswer {
  readonly text?: string;
  readonly ask?: string;
  readonly file?: { readonly name: string; readonly text: string };
  readonly lfz?: { readonly reply_id?: string; readonly words_kept?: boolean };
  readonly commands?: readonly { readonly name: string; readonly options: readonly object[] }[];
  readonly error?: {
    readonly message: string;
    readonly code: string | null;
    readonly param: string | null;
  };
}
