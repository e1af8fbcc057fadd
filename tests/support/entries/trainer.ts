/** A stand-in for the trainer: commands that wait, end, die and talk without end. */

import { once } from "node:events";
import { getPriority } from "node:os";
import { getHeapStatistics } from "node:v8";

import { z } from "zod";

import { defineCommand, type Command } from "../../../src/core/cli/command.ts";
import { runProcess } from "../../../src/core/cli/process.ts";
import { HintedError } from "../../../src/core/errors.ts";

const flags = z.strictObject({});
const shared = { summary: "", usage: "", flags };

const commands: Command[] = [
  defineCommand({
    ...shared,
    name: "wait",
    async run(_, { console, signal }) {
      const alive = setInterval(() => {}, 1000);
      console.note("waiting");
      await once(signal, "abort");
      clearInterval(alive);
      return { saved: true };
    },
  }),
  defineCommand({
    ...shared,
    name: "progress",
    async run(_, { console, signal }) {
      const alive = setInterval(() => {}, 1000);
      console.progress("train").update({ fraction: 0.5, text: "half" });
      await once(signal, "abort");
      clearInterval(alive);
      return { saved: true, ...ownLimits() };
    },
  }),
  defineCommand({
    ...shared,
    name: "crash",
    async run() {
      throw new Error("a bug");
    },
  }),
  defineCommand({
    ...shared,
    name: "refuse",
    async run() {
      throw new HintedError("no", { hint: "yes" });
    },
  }),
  defineCommand({
    ...shared,
    name: "die",
    async run() {
      process.kill(process.pid, "SIGKILL");
      await once(process, "never");
    },
  }),
  defineCommand({
    ...shared,
    name: "talk",
    async run(_, { console, signal }) {
      while (!signal.aborted) {
        console.print("and another thing");
        await new Promise(setImmediate);
      }
    },
  }),
];

function ownLimits() {
  const { heap_size_limit: bytes } = getHeapStatistics();
  return {
    nice: getPriority(),
    heapMb: Math.round(bytes / 1024 / 1024),
    home: process.env["LFZ_HOME"],
  };
}

await runProcess(
  commands.map((command) => ({ name: command.name, load: async () => command })),
  process.argv.slice(2),
);
