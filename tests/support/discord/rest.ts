/**
 * The HTTP side: finds the route, keeps the log, counts against the buckets,
 * and lets planned faults happen before or after the work.
 */

import type { IncomingMessage, ServerResponse } from "node:http";

import { z } from "zod";

import { ApiError } from "./api-error.ts";
import type { Fault, Faults } from "./faults.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Handler, Routes } from "./routes/call.ts";
import { readBody } from "./request-body.ts";
import type { Watch } from "./watch.ts";
import type { World } from "./world.ts";

/** A request as it came in, and how it was answered. */
export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** As in `POST /channels/:channel/messages`. */
  readonly route: string;
  readonly body: unknown;
  /** 0 until it is answered, -1 if its answer got lost. */
  status: number;
}

export interface RestOptions {
  readonly token: string;
  readonly world: World;
  readonly routes: Routes;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly watch: Watch;
}

interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** These carry their own token in the path. */
const OPEN = /^\/(interactions|webhooks)\//;
const PREFIX = "/api/v10";

export class Rest {
  readonly log: LoggedRequest[] = [];
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://discord");
    if (url.pathname.startsWith("/attachments/")) return this.#sendAttachment(url, response);
    const { world, faults, watch } = this.#options;
    const path = decodeURIComponent(url.pathname.replace(PREFIX, ""));
    const method = request.method ?? "GET";
    const { body, files } = await readBody(request, world);
    const { route, parts, handler } = findRoute(this.#options.routes, method, path);
    const logged: LoggedRequest = { at: world.now(), method, path, route, body, status: 0 };
    this.log.push(logged);
    watch.changed();
    const fault = faults.take(method, path);
    await fault?.hold;
    const call = {
      query: url.searchParams,
      body,
      files,
      part: (name: string) => parts[name] ?? "",
    };
    const answer = this.#answer(request, logged, fault, () => (handler ?? nowhere)(call), parts);
    if (!answer) {
      logged.status = -1;
      response.destroy();
    } else {
      logged.status = answer.status;
      send(response, answer);
    }
    watch.changed();
  }

  /** Nothing if the answer gets lost. */
  #answer(
    request: IncomingMessage,
    { route, path }: LoggedRequest,
    fault: Fault | undefined,
    work: () => ReturnType<Handler>,
    parts: Readonly<Record<string, string>>,
  ): Answer | undefined {
    if (fault && !fault.afterWrite && !isOnlyHeld(fault)) return toAnswer(fault);
    if (!OPEN.test(path) && request.headers.authorization !== `Bot ${this.#options.token}`) {
      return toAnswerOf(new ApiError("unauthorized"));
    }
    const major = parts["channel"] ?? parts["token"] ?? "";
    const { headers, retryAfter } = this.#options.limits.take(route, major);
    if (retryAfter !== undefined) return tooEarly(headers, retryAfter);
    const answer = answerOf(work);
    if (fault?.afterWrite) return toAnswer(fault);
    return { ...answer, headers };
  }

  #sendAttachment({ pathname }: URL, response: ServerResponse): void {
    const attachment = this.#options.world.attachments.get(pathname.split("/")[2] ?? "");
    response.writeHead(attachment ? 200 : 404, {
      "content-type": attachment?.type ?? "text/plain",
    });
    response.end(attachment?.bytes);
  }
}

interface Found {
  readonly route: string;
  readonly parts: Readonly<Record<string, string>>;
  /** None for a path that is nowhere. */
  readonly handler?: Handler;
}

function findRoute(routes: Routes, method: string, path: string): Found {
  const given = path.split("/");
  for (const [route, handler] of Object.entries(routes)) {
    const [ofRoute, pattern = ""] = route.split(" ");
    const wanted = pattern.split("/");
    const matches = wanted.every((part, at) => part.startsWith(":") || part === given[at]);
    if (ofRoute !== method || wanted.length !== given.length || !matches) continue;
    const named = wanted.flatMap((part, at) =>
      part.startsWith(":") ? [[part.slice(1), given[at] ?? ""]] : [],
    );
    return { route, handler, parts: Object.fromEntries(named) };
  }
  return { route: `${method} ${path}`, parts: {} };
}

const nowhere: Handler = () => {
  throw new ApiError("notFound");
};

function answerOf(work: () => ReturnType<Handler>): Answer {
  try {
    const body = work();
    return body === undefined ? { status: 204 } : { status: 200, body };
  } catch (error) {
    return toAnswerOf(error);
  }
}

function toAnswerOf(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: error.body };
  if (error instanceof z.ZodError)
    return toAnswerOf(new ApiError("invalidForm", { errors: error.issues }));
  throw error;
}

function isOnlyHeld({ status, hold }: Fault): boolean {
  return status === undefined && hold !== undefined;
}

function toAnswer({ status, retryAfter = 0, global = false }: Fault): Answer | undefined {
  if (status === undefined) return undefined;
  if (status !== 429) return { status, body: { message: `${status}: made to fail`, code: 0 } };
  return {
    status,
    body: { message: "You are being rate limited.", retry_after: retryAfter, global },
    headers: {
      "retry-after": String(retryAfter),
      "x-ratelimit-scope": global ? "global" : "user",
      ...(global ? { "x-ratelimit-global": "true" } : {}),
    },
  };
}

function tooEarly(headers: Answer["headers"], retryAfter: number): Answer {
  const answer = { status: 429, ...toAnswer({ status: 429, retryAfter }) };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const type = body ? { "content-type": "application/json" } : {};
  response.writeHead(status, { ...headers, ...type });
  response.end(body && JSON.stringify(body));
}
