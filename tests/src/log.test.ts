import { describe, expect, it } from "vitest";

import { createLog } from "../../src/log.ts";

function logTo(lines: string[], secrets: string[] = []) {
  return createLog({
    stream: { write: (line: string) => lines.push(line) > 0 },
    level: "info",
    secrets,
    now: () => new Date(0),
  });
}

describe("the log", () => {
  it("writes one JSON object a line", () => {
    const lines: string[] = [];

    logTo(lines).info("listening", { port: 3000, note: "two\nlines" });

    expect(lines).toEqual([
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"listening","port":3000,"note":"two\\nlines"}\n',
    ]);
  });

  it("leaves out what is below its level", () => {
    const lines: string[] = [];

    logTo(lines).debug("detail");

    expect(lines).toEqual([]);
  });

  it("keeps the words and the cause of an error", () => {
    const lines: string[] = [];
    const error = new Error("cannot answer", { cause: new Error("worker died") });

    logTo(lines).error("request failed", { error });

    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      error: { message: "cannot answer", cause: { message: "worker died" } },
    });
  });

  it("cuts secrets out of everything, however deep", () => {
    const lines: string[] = [];

    logTo(lines, ["hush"]).error("failed at hush", { at: [{ url: "?key=hush" }] });

    expect(lines[0]).not.toContain("hush");
  });

  it("carries the fields of one matter through all its lines", () => {
    const lines: string[] = [];
    const log = logTo(lines, ["hush"]).with({ message: "discord:1", of: "hush" });

    log.info("message heard");
    log.with({ reply: 2 }).warn("reply failed", { of: "nobody" });

    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "message heard", message: "discord:1", of: "…" },
      { event: "reply failed", message: "discord:1", reply: 2, of: "nobody" },
    ]);
  });
});

describe("the log of what an SDK throws", () => {
  const logged = (value: unknown, secrets: string[] = []) => {
    const lines: string[] = [];
    logTo(lines, secrets).error("failed", { value });
    return JSON.parse(lines[0] ?? "").value;
  };

  it("has its code and data, and follows it in no circle", () => {
    const request: Record<string, unknown> = { method: "POST" };
    request["request"] = request;
    const error = Object.assign(new Error("not_authed"), {
      code: "slack_error",
      data: { request },
    });

    expect(logged(error)).toMatchObject({
      message: "not_authed",
      code: "slack_error",
      data: { request: { method: "POST", request: "(itself)" } },
    });
  });

  it("ends where it gets too deep", () => {
    let deep: object = {};
    for (let level = 0; level < 100_000; level++) deep = { deep };

    expect(JSON.stringify(logged(deep))).toContain("(deeper)");
  });

  it("has all the errors of one that stands for many, maps, sets, dates, bytes and big numbers", () => {
    expect(logged(new AggregateError([new Error("first")], "all failed"))).toMatchObject({
      message: "all failed",
      errors: [{ message: "first" }],
    });
    expect(
      logged([new Map([["a", 1]]), new Set([2]), new Date(0), Buffer.from("abc"), 4n]),
    ).toEqual([{ a: 1 }, [2], "1970-01-01T00:00:00.000Z", "(3 bytes)", "4"]);
  });

  it("has no secret in message, stack, cause, names or what hangs on it", () => {
    const error = Object.assign(new Error("hush failed", { cause: new Error("by hush") }), {
      hush: { headers: ["key hush"] },
      url: new URL("http://host/?key=hush"),
    });

    expect(JSON.stringify(logged(error, ["hush"]))).not.toContain("hush");
  });

  it("has nothing that stands under the name of a secret", () => {
    const headers = { Authorization: "plain", "x-slack-signature": "v0=plain", cookie: "plain" };

    expect(JSON.stringify(logged({ headers, botToken: "plain", completionTokens: 3 }))).toBe(
      '{"headers":{"Authorization":"…","x-slack-signature":"…","cookie":"…"},"botToken":"…","completionTokens":3}',
    );
  });
});
