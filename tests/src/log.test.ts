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
});
