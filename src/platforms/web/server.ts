/**
 * The web face: one small HTTP server for the page, the API and its health.
 *
 * Routes, checks and the life of a request stand here; what an answer looks
 * like stands in the files beside. Plain `node:http`: so few routes need no
 * framework.
 */

import { once, setMaxListeners } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { Jobs } from "../../chat/jobs.ts";
import { LinkedAbort } from "../../core/linked-abort.ts";
import type { ModelInfo } from "../../generate/types.ts";
import type { Log } from "../../log.ts";
import { ApiError } from "./api-error.ts";
import { answerChat, sendError } from "./chat-completions.ts";
import { unknownModel } from "./chat-request.ts";
import { giveCommand, listCommands } from "./commands.ts";
import type { EngineSource } from "./engine-source.ts";
import { giveFeedback } from "./feedback.ts";
import { requireKey, requireKnownHost, requireSameOrigin } from "./guard.ts";
import { isOwner, requireOwner, type PageBot } from "./owner.ts";
import { isAsset, sendAsset } from "./page.ts";
import { sendJson } from "./send-json.ts";
import { visitorOf } from "./visitor.ts";

/** How long open answers may take to end when the server closes, in milliseconds. */
const CLOSING_GRACE = 3000;

export interface WebOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly apiKey?: string;
  readonly source: EngineSource;
  readonly bot: PageBot;
  readonly jobs: Pick<Jobs, "status">;
  /** Whether each platform that was asked for is connected. */
  readonly platforms: () => Readonly<Record<string, boolean>>;
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> };
  readonly log: Log;
}

export interface WebServer {
  readonly port: number;
  /** Where a person on this machine opens it. */
  readonly url: string;
  /** Ends open answers with a word why, then everything else; safe to call twice. */
  readonly close: () => Promise<void>;
}

/** What every route is handed. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly signal: AbortSignal;
  readonly options: WebOptions;
}

type Handler = (exchange: Exchange) => Promise<object | void>;

/** Listens; rejects with Node's own error (`EADDRINUSE`, `EACCES`) if it cannot. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // many ask at once, and that is no leak
  const answers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answers.add(response);
    response.on("close", () => {
      answers.delete(response);
      if (closing.signal.aborted && answers.size === 0) server.closeAllConnections();
    });
    void serve(request, response, options, closing.signal);
  });
  server.listen(options.port, options.host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP, not on a pipe
  let closed: Promise<void> | undefined;
  return {
    port,
    url: urlOf(options.host, port),
    close: () => (closed ??= closeServer(server, closing, answers)),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebOptions,
  closing: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const work = new LinkedAbort(closing);
  let hasLeft = false;
  response.on("close", () => {
    hasLeft = true;
    work.abort();
  });
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const line = () => ({
    method: request.method,
    path,
    status: response.statusCode,
    ms: Math.round(performance.now() - started),
  });
  try {
    const summary = await route({ request, response, path, signal: work.signal, options });
    options.log.info("request", { ...line(), ...summary });
  } catch (thrown) {
    if (hasLeft) {
      options.log.info("request left", line());
      return;
    }
    const error = sendError(response, closing.aborted ? closingError() : thrown);
    const level = error.status === 500 ? "error" : "info";
    options.log[level]("request failed", { ...line(), error: error.code, cause: error.cause });
  }
}

async function route(exchange: Exchange): Promise<object | void> {
  const { request, response, path, options } = exchange;
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  requireKnownHost(request.headers, options);
  requireSameOrigin(request.headers);
  const { isFor, ...handlers } = findRoute(path);
  const handle = handlerOf(request.method, handlers);
  if (!handle) {
    const methods = Object.keys(handlers).join(", ");
    throw new ApiError(405, `${path} takes ${methods}, not ${request.method}.`, {
      code: "method_not_allowed",
      headers: { allow: methods },
    });
  }
  if (isFor !== "all") requireKey(request.headers, options.apiKey);
  if (isFor === "owner") requireOwner(request, options.apiKey);
  return handle(exchange);
}

interface Handlers {
  readonly GET?: Handler;
  readonly POST?: Handler;
}

/** `keyed`: for whoever has the key, if there is one. */
interface Route extends Handlers {
  readonly isFor: "all" | "keyed" | "owner";
}

function findRoute(path: string): Route {
  if (isAsset(path)) return { isFor: "all", GET: asset };
  if (path === "/healthz") return { isFor: "all", GET: health };
  if (path === "/readyz") return { isFor: "all", GET: readiness };
  if (path === "/metrics") return { isFor: "keyed", GET: metrics };
  if (path === "/v1/models") return { isFor: "keyed", GET: listModels };
  if (path.startsWith("/v1/models/")) return { isFor: "keyed", GET: showModel };
  if (path === "/v1/chat/completions") return { isFor: "keyed", POST: chat };
  if (path === "/v1/commands") return { isFor: "owner", GET: showCommands, POST: command };
  if (path === "/v1/feedback") return { isFor: "owner", POST: feedback };
  if (path === "/v1/jobs") return { isFor: "owner", GET: jobs };
  throw new ApiError(404, `There is nothing at ${path}.`, { code: "not_found" });
}

function handlerOf(method: string | undefined, { GET, POST }: Handlers): Handler | undefined {
  return method === "POST" ? POST : method === "GET" || method === "HEAD" ? GET : undefined;
}

const asset: Handler = ({ request, response, path }) => sendAsset(request, response, path);

const chat: Handler = ({ request, response, signal, options }) => {
  const bot = isOwner(request, options.apiKey) ? options.bot : undefined;
  return answerChat(request, response, {
    source: options.source,
    bot,
    guard: (texts, asker) => options.bot.guard(texts, asker),
    signal,
  });
};

const showCommands: Handler = async ({ response, options }) => listCommands(response, options.bot);

const command: Handler = ({ request, response, options }) =>
  giveCommand(request, response, options.bot);

/** How far the training is, what waits, and what came of the last one. */
const jobs: Handler = async ({ response, options }) =>
  sendJson(response, 200, await options.jobs.status());

const feedback: Handler = ({ request, response, options }) =>
  giveFeedback(request, response, options.bot);

/** Says whether the model is there yet; never needs a key, never names a folder. */
const health: Handler = async ({ response, options }) => {
  const state = options.source.state();
  const body = state.status === "ready" ? { status: "ready", model: toModel(state.model) } : state;
  sendJson(response, state.status === "failed" ? 503 : 200, body);
};

/**
 * Says whether everything that was asked for is there: what decides if this
 * process gets work. Like its health it is asked by what cannot hold a key,
 * so it tells no more than yes and no.
 */
const readiness: Handler = async ({ response, options }) => {
  const model = options.source.state().status === "ready";
  const platforms = options.platforms();
  const isReady = model && Object.values(platforms).every(Boolean);
  const status = isReady ? "ready" : "not ready";
  sendJson(response, isReady ? 200 : 503, { status, model, platforms });
};

/** Tells how much is said where, which is nobody's business without the key, if there is one. */
const metrics: Handler = async ({ request, response, options }) => {
  const text = await options.metrics.text();
  response.writeHead(200, {
    "content-type": options.metrics.contentType,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : text);
};

/** The one that answers whoever asks. */
const listModels: Handler = async ({ request, response, options }) => {
  const { model } = await options.source.engineFor(visitorOf(request));
  sendJson(response, 200, { object: "list", data: [toModel(model)] });
};

const showModel: Handler = async ({ request, response, path, options }) => {
  const { model: champion } = await options.source.engine;
  const { model: own } = await options.source.engineFor(visitorOf(request));
  const asked = path.slice("/v1/models/".length);
  const model = [own, champion].find(({ name }) =>
    [name, encodeURIComponent(name)].includes(asked),
  );
  if (!model) throw unknownModel(asked, champion.name);
  sendJson(response, 200, toModel(model));
};

function toModel({ name, parameters, context, vocabSize, runtime }: ModelInfo) {
  return {
    id: name,
    object: "model",
    created: 0, // the shape wants a time; a folder has no honest one
    owned_by: "language-from-zero",
    lfz: { parameters, context, vocab_size: vocabSize, runtime },
  };
}

function closingError(): ApiError {
  return new ApiError(503, "The server is being shut down.", { code: "shutting_down" });
}

/**
 * Ends when the last answer has. Browsers keep connections that never asked
 * anything; those would hold `server.close` for minutes.
 */
async function closeServer(
  server: Server,
  closing: AbortController,
  answers: ReadonlySet<ServerResponse>,
): Promise<void> {
  closing.abort();
  const closed = once(server, "close");
  server.close();
  if (answers.size === 0) server.closeAllConnections();
  const force = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE);
  await closed;
  clearTimeout(force);
}

/** `0.0.0.0` listens everywhere but is nowhere to go to. */
function urlOf(host: string, port: number): string {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
