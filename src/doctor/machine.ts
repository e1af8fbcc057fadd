/** Are there memory and cores for a model? */

import { availableParallelism, freemem, totalmem } from "node:os";

import { formatBytes } from "../core/cli/console.ts";
import { ok, warning, type Check } from "./check.ts";

/** A small model with its cache, and Node itself. */
const LEAST_BYTES = 1e9;

export interface Machine {
  readonly cores: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

export function machineCheck(readMachine = thisMachine): Check {
  return {
    name: "Machine",
    async run() {
      const { cores, totalBytes, freeBytes } = readMachine();
      const words = `${cores} ${cores === 1 ? "core" : "cores"}, ${formatBytes(totalBytes)} of memory, ${formatBytes(freeBytes)} free`;
      return totalBytes >= LEAST_BYTES
        ? ok(words)
        : warning(words, `Replies need about ${formatBytes(LEAST_BYTES)}: stop other programs.`);
    },
  };
}

/** What this process may use: a container may give it less than the machine has. */
function thisMachine(): Machine {
  const limit = process.constrainedMemory() || Infinity;
  return {
    cores: availableParallelism(),
    totalBytes: Math.min(totalmem(), limit),
    freeBytes: Math.min(freemem(), limit),
  };
}
