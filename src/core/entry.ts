/**
 * Starts the project's own files in other threads and processes, as
 * TypeScript in a checkout and as JavaScript in a build.
 *
 * Neither a worker thread nor a child process inherits the TypeScript loader,
 * so both begin with `typescript.js`.
 */

import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

const LOADER = new URL("./typescript.js", import.meta.url).href;

/** `entryFile("./worker.ts", import.meta.url)`: the file beside the caller, with the ending that the caller has. */
export function entryFile(path: string, base: string): URL {
  return new URL(path.replace(/\.ts$/, extname(base)), base);
}

/** A worker thread that runs `entry`; messages sent before it listens are kept for it. */
export function startWorker(entry: URL, options: Omit<WorkerOptions, "eval"> = {}): Worker {
  const start = `import(${JSON.stringify(LOADER)}).then(() => import(${JSON.stringify(entry.href)}));`;
  return new Worker(start, { ...options, eval: true });
}

/** What stands after `node` to run `entry` as a process, before its own arguments. */
export function nodeArguments(entry: URL): string[] {
  return ["--import", LOADER, fileURLToPath(entry)];
}
