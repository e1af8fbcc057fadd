import { request, type RequestOptions } from "node:http";

import { afterEach, describe, expect, it } from "vitest";

import { createLog } from "../../../../src/log.ts";
import { engineSourceOf } from "../../../../src/platforms/web/engine-source.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

afterEach(closeServers);

/** `fetch` would not let a test choose `Host` and `Origin`. */
function statusOf(
  port: number,
  { path = "/", method = "GET", headers = {} }: RequestOptions,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the page", () => {
  it("comes with everything it needs, and nothing from elsewhere", async () => {
    const { url } = await serve();

    const html = await (await fetch(url)).text();
    const links = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link]) => link);

    expect(links).toEqual([
      "/icon.svg",
      "/style.css",
      "/feedback.css",
      "/commands.css",
      "/jobs.css",
      "/app.js",
    ]);
    for (const link of links) expect((await fetch(`${url}${link}`)).status).toBe(200);
    expect(html).not.toMatch(/https?:\/\//);
  });

  it("may only run and load what this server serves", async () => {
    const { url } = await serve();

    const { headers } = await fetch(url);

    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("is not sent again until it changes", async () => {
    const { url } = await serve();

    const first = await fetch(`${url}/style.css`);
    const etag = first.headers.get("etag") ?? "";
    const again = await fetch(`${url}/style.css`, { headers: { "if-none-match": etag } });

    expect(first.headers.get("cache-control")).toBe("no-cache");
    expect(again.status).toBe(304);
  });

  it("is all that can be read from disk", async () => {
    const { port } = await serve();

    for (const path of ["/../server.ts", "/%2e%2e/server.ts", "/page.ts", "/constructor"]) {
      expect(await statusOf(port, { path })).toBe(404);
    }
  });
});

describe("who may ask", () => {
  it.each([
    ["localhost", 200],
    ["app.localhost", 200],
    ["127.0.0.1", 200],
    ["[::1]:3000", 200],
    ["192.168.1.5:3000", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
  ])("by the name it is called, %j gets %d", async (host, status) => {
    const { port } = await serve();

    expect(await statusOf(port, { headers: { host } })).toBe(status);
  });

  it("by the key alone where there is one, whatever name the server goes by", async () => {
    const { port } = await serve({ apiKey: "right" });
    const host = "mymachine:3000";
    const authorization = "Bearer right";

    expect(await statusOf(port, { headers: { host } })).toBe(200);
    for (const path of ["/v1/models", "/v1/commands", "/metrics"]) {
      expect(await statusOf(port, { path, headers: { host } })).toBe(401);
      expect(await statusOf(port, { path, headers: { host, authorization } })).toBe(200);
    }
  });

  it.each([
    ["http://localhost:3000", 200],
    ["https://localhost:3000", 200],
    ["http://localhost:4000", 403],
    ["http://evil.example", 403],
    ["null", 403],
  ])("by the page that asks, %s gets %d", async (origin, status) => {
    const { port } = await serve();

    expect(await statusOf(port, { headers: { host: "localhost:3000", origin } })).toBe(status);
  });

  it.each([
    [undefined, 401],
    ["Bearer wrong", 401],
    ["Bearer right", 200],
  ])("by the key: %s gets %d", async (authorization, status) => {
    const { url } = await serve({ apiKey: "right" });

    const response = await fetch(`${url}/v1/models`, {
      headers: authorization ? { authorization } : {},
    });

    expect(response.status).toBe(status);
    expect((await fetch(url)).status).toBe(200); // the page itself holds nothing secret
  });
});

describe("the routes", () => {
  it("list the model without saying where it lies", async () => {
    const { url } = await serve();
    const model = {
      id: "starter",
      object: "model",
      created: 0,
      owned_by: "language-from-zero",
      lfz: { parameters: 5_800_000, context: 256, vocab_size: 4096, runtime: "scripted" },
    };

    const list = await (await fetch(`${url}/v1/models`)).json();
    const one = await (await fetch(`${url}/v1/models/starter`)).json();
    const health = await (await fetch(`${url}/healthz`)).json();

    expect(list).toEqual({ object: "list", data: [model] });
    expect(one).toEqual(model);
    expect(health).toEqual({ status: "ready", model });
    expect((await fetch(`${url}/v1/models/other`)).status).toBe(404);
  });

  it.each([
    [{}, 200, "ready"],
    [{ discord: true, slack: true }, 200, "ready"],
    [{ discord: true, slack: false }, 503, "not ready"],
  ])(
    "say whether all that was asked for is there: %j gives %d",
    async (platforms, code, status) => {
      const { url } = await serve({ platforms: () => platforms, apiKey: "right" });
      await fetch(`${url}/healthz`);

      const response = await fetch(`${url}/readyz`); // a probe has no key

      expect([response.status, await response.json()]).toEqual([
        code,
        { status, model: true, platforms },
      ]);
    },
  );

  it("are not ready while the model is loading, or where there is none", async () => {
    const loading = () => new Promise<never>(() => {});
    const failing = async () => Promise.reject(new Error("broken"));

    for (const load of [loading, failing]) {
      const { url } = await serve({ source: engineSourceOf(load()) });
      const response = await fetch(`${url}/readyz`);
      expect([response.status, await response.json()]).toEqual([
        503,
        { status: "not ready", model: false, platforms: {} },
      ]);
    }
  });

  it("tell the metrics to whoever has the key, if there is one", async () => {
    const metrics = { contentType: "text/plain; version=0.0.4", text: async () => "lfz_up 1\n" };
    const open = await serve({ metrics });
    const closed = await serve({ metrics, apiKey: "right" });
    const withKey = { headers: { authorization: "Bearer right" } };

    const response = await fetch(`${open.url}/metrics`);

    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4");
    expect(await response.text()).toBe("lfz_up 1\n");
    expect((await fetch(`${closed.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${closed.url}/metrics`, withKey)).status).toBe(200);
  });

  it("answer HEAD without a body, and a wrong method with the right one", async () => {
    const { url } = await serve();

    const head = await fetch(`${url}/healthz`, { method: "HEAD" });
    const wrong = await fetch(`${url}/v1/chat/completions`);

    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await fetch(`${url}/v2`)).status).toBe(404);
  });
});

describe("the log", () => {
  it("has a line a request, and neither words nor keys in it", async () => {
    const lines: string[] = [];
    const log = createLog({
      stream: { write: (line: string) => lines.push(line) > 0 },
      level: "info",
      secrets: ["hush-hush"],
      now: () => new Date(0),
    });
    const { url } = await serve({ log, apiKey: "hush-hush" });

    await fetch(`${url}/v1/chat/completions?key=hush-hush`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer hush-hush" },
      body: JSON.stringify({ messages: [{ role: "user", content: "my diary" }] }),
    });
    await expect.poll(() => lines.length).toBe(1);

    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      time: "1970-01-01T00:00:00.000Z",
      level: "info",
      event: "request",
      path: "/v1/chat/completions",
      status: 200,
      completionTokens: 3,
    });
    expect(lines[0]).not.toMatch(/diary|hush/);
  });
});
