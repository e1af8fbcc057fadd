/** Runs a verb of the trainer in a process of its own, the only way this half of the product meets the other. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

import { entryFile, nodeArguments } from "./core/entry.ts";

const TRAINER = entryFile("../trainer/main.ts", import.meta.url);

/** Answers with the exit code; a trainer that died of a signal counts as 128 + its number, as in a shell. */
export async function runTrainer(args: readonly string[], entry = TRAINER): Promise<number> {
  const trainer = spawn(process.execPath, [...nodeArguments(entry), ...args], {
    // The channel closes when this process dies, whatever killed it.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: withHugePages(process.env),
  });
  // Ctrl-C in a terminal reaches the trainer by itself as well; it counts the two as one.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => trainer.kill(name));
  passOn(trainer);
  const [code, signal] = (await once(trainer, "exit")) as [number | null, NodeJS.Signals | null];
  return signal ? 128 + constants.signals[signal] : (code ?? 1);
}

/** Whoever started this process hears how far the trainer is, and takes it along when it dies. */
function passOn(trainer: ChildProcess): void {
  if (!process.send) return;
  trainer.on("message", (message) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // it may be gone by now
  });
  process.on("disconnect", () => trainer.kill("SIGTERM"));
  process.channel?.unref();
}

/**
 * glibc asks for huge pages where the system grants them on request: products of transposed
 * matrices walk over many pages, and training is 3 to 10 % faster (experiments/LOG.md). Other
 * systems do not read the variable, and a setting of the user's own stays.
 */
export function withHugePages(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1", ...environment };
}
