/**
 * The HTTP side of our Slack: a call comes in, is logged, meets a fault or
 * its method, and goes out as Slack answers. Beside the API: uploads of
 * files, and the response URLs of commands and clicks.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { AppIdentity } from "../app-identity.ts";
import type { Fault, Faults } from "../faults.ts";
import type { World } from "../world.ts";
import { Arguments, SlackError, type Caller, type Methods } from "./method.ts";

/** One call of the Web API, in the order they came. */
export interface Call {
  readonly method: string;
  readonly at: number;
  readonly args: Readonly<Record<string, string>>;
  readonly token: string | undefined;
  /** As sent; nothing while the call is held, or if the connection was cut. */
  answer?: Readonly<Record<string, unknown>>;
  status?: number;
}

export interface ServerOptions {
  readonly app: AppIdentity;
  readonly world: World;
  readonly faults: Faults;
  readonly calls: Call[];
  readonly methods: Methods;
  /** Methods that need no bot token. */
  readonly open: {
    readonly openConnection: () => string;
    readonly exchangeCode: (args: Arguments) => Readonly<Record<string, unknown>>;
  };
  /** What the app sends to a response URL. */
  readonly respond: (id: string, body: unknown) => void;
}

export function createApiServer(options: ServerOptions): Server {
  return createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error)); // a bug of this Slack, shown where it is seen
    });
  });
}

async function handle(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, area, name = ""] = new URL(request.url ?? "/", "http://slack").pathname.split("/");
  const body = await bodyOf(request);
  if (area === "api") return answerCall(options, name, request, body, response);
  if (area === "upload") {
    const file = options.world.files.get(name);
    if (file) file.content = contentIn(request, body);
    response.writeHead(file ? 200 : 404).end(file ? `OK - ${body.length}` : "");
    return;
  }
  if (area === "response") {
    options.respond(name, JSON.parse(body.toString("utf8")));
    response.writeHead(200).end("ok");
    return;
  }
  response.writeHead(404).end();
}

async function answerCall(
  options: ServerOptions,
  method: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const args = argumentsIn(request, body);
  const token = tokenOf(request) ?? args.text("token");
  const call: Call = { method, at: options.world.clock.now(), args: args.values, token };
  options.calls.push(call);
  options.world.changes.happened();
  const fault = options.faults.meet(method);
  if (fault?.kind === "held") await fault.until;
  const early = fault && earlyAnswer(fault);
  if (early === "cut") return void request.socket.destroy();
  const { status, headers, answer } = early ?? resultOf(options, method, args, token);
  if (fault?.kind === "server-error-after-write") return void response.writeHead(500).end();
  call.answer = answer;
  call.status = status;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(answer));
  options.world.changes.happened();
}

interface Result {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** What a fault answers before the method is even asked. */
function earlyAnswer(fault: Fault): Result | "cut" | undefined {
  const refusal = (error: string) => ({ ok: false, error });
  switch (fault.kind) {
    case "dropped":
      return "cut";
    case "server-error":
      return { status: 500, answer: refusal("internal_error") };
    case "refused":
      return { status: 200, answer: refusal(fault.error) };
    case "rate-limited": {
      const headers = { "retry-after": String(fault.retryAfter) };
      return { status: 429, headers, answer: refusal("ratelimited") };
    }
    default:
      return undefined; // the method runs, late or with a lost answer
  }
}

function resultOf(
  options: ServerOptions,
  method: string,
  args: Arguments,
  token: string | undefined,
): Result {
  try {
    if (method === "apps.connections.open") {
      if (token !== options.app.appToken)
        throw new SlackError(token ? "invalid_auth" : "not_authed");
      return { status: 200, answer: { ok: true, url: options.open.openConnection() } };
    }
    if (method === "oauth.v2.access") {
      return { status: 200, answer: { ok: true, ...options.open.exchangeCode(args) } };
    }
    const caller = callerOf(options.world, token);
    const headers = { "x-oauth-scopes": caller.installation.scopes.join(",") };
    return { status: 200, headers, answer: { ok: true, ...run(options, method, args, caller) } };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { status: 200, answer: { ok: false, error: error.message, ...error.details } };
  }
}

function run({ methods }: ServerOptions, name: string, args: Arguments, caller: Caller) {
  const method = methods[name];
  if (!method) throw new SlackError("unknown_method");
  const { scope } = method;
  const { scopes } = caller.installation;
  if (scope && !scopes.includes(scope)) {
    throw new SlackError("missing_scope", { needed: scope, provided: scopes.join(",") });
  }
  return method.run(args, caller);
}

function callerOf(world: World, token: string | undefined): Caller {
  if (!token) throw new SlackError("not_authed");
  const installation = world.installations.get(token);
  if (!installation) throw new SlackError("invalid_auth");
  if (installation.revoked) throw new SlackError("account_inactive");
  return { installation };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function argumentsIn(request: IncomingMessage, body: Buffer): Arguments {
  const text = body.toString("utf8");
  if (!request.headers["content-type"]?.startsWith("application/json")) {
    return new Arguments(Object.fromEntries(new URLSearchParams(text)));
  }
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return new Arguments(
    Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
  );
}

/** An upload comes bare, or as the one file of a multipart form. */
function contentIn(request: IncomingMessage, body: Buffer): Buffer {
  if (!request.headers["content-type"]?.startsWith("multipart/form-data")) return body;
  const start = body.indexOf("\r\n\r\n") + 4;
  return body.subarray(start, body.lastIndexOf("\r\n--"));
}

function tokenOf(request: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
}
