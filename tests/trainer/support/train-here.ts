/** Runs `lfz train` inside the test's own process, in a folder of its own. */

import { Writable } from "node:stream";

import { onTestFinished } from "vitest";

import { runCommand } from "../../../src/core/cli/run-command.ts";
import type { Command } from "../../../src/core/cli/command.ts";
import { train } from "../../../trainer/commands/train.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** The experiments of a test land in here. */
export function workInTemporaryFolder(): string {
  const before = process.cwd();
  const folder = temporaryFolder();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return folder;
}

/** @param words what stands after `lfz`, beginning with `train` */
export function trainHere([, ...words]: readonly string[], options: RunOptions = {}) {
  return runHere(train, words, options);
}

interface RunOptions {
  /** Ctrl-C as soon as this has been said. */
  readonly interruptAt?: string;
}

/** @param words what stands after the command's name */
export async function runHere(
  command: Command,
  words: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; said: string }> {
  const controller = new AbortController();
  let said = "";
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      said += chunk.toString();
      if (options.interruptAt && said.includes(options.interruptAt)) controller.abort();
      done();
    },
  });
  const streams = { stdout: stream, stderr: stream, now: () => performance.now() };
  const code = await runCommand(command, words, streams, controller.signal);
  return { code, said };
}
