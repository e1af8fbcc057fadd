import { describe, expect, it } from "vitest";
import { z } from "zod";

import { defineCommand, type CommandContext } from "../../../../src/core/cli/command.ts";
import { findCommand, runCommand, unknownCommand } from "../../../../src/core/cli/run-command.ts";
import { HintedError } from "../../../../src/core/errors.ts";
import { memoryStreams } from "../../../support/memory-streams.ts";

type Work = (context: CommandContext) => Promise<Record<string, unknown> | void>;

async function outcomeOf(work: Work, args: string[] = [], signal = new AbortController().signal) {
  const command = defineCommand({
    name: "work",
    summary: "Do the work",
    usage: "",
    flags: z.strictObject({ steps: z.coerce.number().default(1) }),
    run: (_, context) => work(context),
  });
  const streams = memoryStreams();
  const code = await runCommand(command, args, streams, signal);
  return { code, stdout: streams.stdout.text, stderr: streams.stderr.text };
}

describe("runCommand", () => {
  it("ends with 0, and with one JSON object last where --json asks for it", async () => {
    const work: Work = async ({ console }) => {
      console.print("for people");
      return { loss: 2 };
    };
    expect(await outcomeOf(work)).toEqual({ code: 0, stdout: "for people\n", stderr: "" });
    expect(await outcomeOf(work, ["--json"])).toEqual({
      code: 0,
      stdout: '{"loss":2}\n',
      stderr: "for people\n",
    });
    expect((await outcomeOf(async () => {}, ["--json"])).stdout).toBe("{}\n");
  });

  it("is 1, with the result all the same, where the command has bad news", async () => {
    const work: Work = async ({ fail }) => {
      fail();
      return { broken: 2 };
    };
    expect(await outcomeOf(work, ["--json"])).toEqual({
      code: 1,
      stdout: '{"broken":2}\n',
      stderr: "",
    });
  });

  it("shows no token that an error carries in its words", async () => {
    const work: Work = async () => {
      throw new HintedError("xoxb-1234-abcd was refused", { hint: "Replace xoxb-1234-abcd." });
    };
    const { stderr } = await outcomeOf(work);
    expect(stderr).toBe("error: … was refused\nhint: Replace ….\n");
  });

  it("shows help on stdout and does nothing else", async () => {
    const work: Work = async () => {
      throw new Error("must not run");
    };
    const { code, stdout } = await outcomeOf(work, ["--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Do the work\n/);
  });

  it("is 2 and two lines for bad input, whether in a flag or found on the way", async () => {
    expect(await outcomeOf(async () => {}, ["--steps", "few"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: --steps few: must be a number.\nhint: Run `lfz work --help` for what it takes.\n",
    });
    const work: Work = async () => {
      throw new HintedError("a.jsonl, line 3: no messages.", { hint: "Add some." });
    };
    expect(await outcomeOf(work)).toMatchObject({
      code: 2,
      stderr: "error: a.jsonl, line 3: no messages.\nhint: Add some.\n",
    });
  });

  it("is 1 for a full disk, in words", async () => {
    const work: Work = async () => {
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC", path: "/runs/x" });
    };
    expect(await outcomeOf(work)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: Cannot write \/runs\/x: the disk is full\.\nhint: /,
      ) as string,
    });
  });

  it("is 1 for a bug, with its stack", async () => {
    const { code, stderr } = await outcomeOf(async () => {
      throw new TypeError("a bug");
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/TypeError: a bug\n +at /);
  });

  it("is 130 after Ctrl-C, whether the command returns or gives up", async () => {
    const signal = AbortSignal.abort();
    expect(await outcomeOf(async () => ({ saved: true }), ["--json"], signal)).toMatchObject({
      code: 130,
      stdout: '{"saved":true}\n',
    });
    const givesUp: Work = async (context) => context.signal.throwIfAborted();
    expect(await outcomeOf(givesUp, [], signal)).toEqual({ code: 130, stdout: "", stderr: "" });
  });
});

describe("findCommand", () => {
  it("prefers the longer name and leaves the rest", () => {
    const list = [{ name: "data" }, { name: "data inspect" }];
    expect(findCommand(list, ["data", "inspect", "x"])).toEqual({
      command: { name: "data inspect" },
      rest: ["x"],
    });
    expect(findCommand(list, ["data", "x"])).toEqual({ command: { name: "data" }, rest: ["x"] });
    expect(findCommand(list, ["dat"])).toBeUndefined();
  });
});

describe("unknownCommand", () => {
  it.each([
    [["trian"], "train"],
    [["tokenizer", "encod"], "tokenizer encode"],
    [["hcat", "--json"], "chat"],
  ])("guesses what %j was meant to be", (args, guess) => {
    const streams = memoryStreams();
    const names = ["train", "chat", "tokenizer train", "tokenizer encode"];
    const code = unknownCommand(
      args,
      names.map((name) => ({ name })),
      streams,
    );
    expect(code).toBe(2);
    expect(streams.stderr.text).toContain(`hint: Did you mean \`lfz ${guess}\`?`);
  });
});
