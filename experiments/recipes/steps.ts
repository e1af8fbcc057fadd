/** The steps of a recipe: commands that anybody can type, run one after the other. */

import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { EXIT_FAILURE, HintedError } from "../../src/core/errors.ts";

/** Runs `lfz`, shows what it prints, and answers with its result. */
export async function lfz(...args: string[]): Promise<Readonly<Record<string, unknown>>> {
  const lines: string[] = [];
  await runNode(["src/lfz.js", ...args, "--json"], (line) => {
    const shown = lines.splice(0, 1, line); // the last line is for us
    if (shown.length > 0) process.stdout.write(`${shown[0]}\n`);
  });
  return JSON.parse(lines[0] ?? "{}") as Record<string, unknown>; // what `--json` promises
}

/** Runs one of the repository's own programs. */
export async function program(path: string, ...args: string[]): Promise<void> {
  await runNode(["--import", "tsx", path, ...args], (line) => process.stdout.write(`${line}\n`));
}

/** A tokenizer of its own, in place of the one of an earlier run. */
export async function learnTokenizer(
  data: readonly string[],
  vocabSize: number,
  out: string,
): Promise<void> {
  const size = ["--vocab-size", `${vocabSize}`];
  await lfz("tokenizer", "train", "--data", ...data, ...size, "--out", out, "--force");
}

/** A run of the same name would stand in the way. */
export async function removeExperiment(name: string): Promise<void> {
  await rm(join("experiments", name), { recursive: true, force: true });
}

async function runNode(args: readonly string[], onLine: (line: string) => void): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: ["inherit", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", onLine);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve); // close: all output has been read
  });
  if (code === 0) return;
  throw new HintedError(`A step of the recipe failed: ${args.slice(0, 3).join(" ")}`, {
    hint: "Its own message stands above; run the same command again after mending it.",
    exitCode: EXIT_FAILURE,
  });
}
