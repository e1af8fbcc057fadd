/** Runs the real `lfz` as a process, the way a person does. */

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const LFZ = fileURLToPath(new URL("../../src/lfz.js", import.meta.url));

export interface LfzOptions {
  readonly cwd?: string;
  /** Added to the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** All of standard input; empty by default. */
  readonly stdin?: string | Uint8Array;
  /** Another script than `src/lfz.js`, for example a symlink to it. */
  readonly script?: string;
}

export interface LfzResult {
  /** The exit code; -1 if the process died of a signal. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line on stdout if it is a JSON object, as `--json` promises. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export async function runLfz(
  args: readonly string[],
  options: LfzOptions = {},
): Promise<LfzResult> {
  return startLfz(args, options).result;
}

export interface RunningLfz {
  readonly process: ChildProcess;
  readonly result: Promise<LfzResult>;
  /** Resolves once stdout and stderr together contain `text`; rejects if the process ends before. */
  said(text: string): Promise<void>;
}

/** The same for a command that a test talks to while it runs, or interrupts. */
export function startLfz(args: readonly string[], options: LfzOptions = {}): RunningLfz {
  const child = spawn(process.execPath, [options.script ?? LFZ, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {}); // a command that reads no input closes the pipe
  child.stdin.end(options.stdin ?? "");
  const result = new Promise<LfzResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout, stderr, json: jsonOf(stdout) }),
    );
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if ((stdout + stderr).includes(text)) resolve();
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.on("close", () =>
        reject(new Error(`lfz ended without "${text}":\n${stdout}${stderr}`)),
      );
      look();
    });
  return { process: child, result, said };
}

function jsonOf(stdout: string): Record<string, unknown> | undefined {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  return last.startsWith("{") ? (JSON.parse(last) as Record<string, unknown>) : undefined;
}
