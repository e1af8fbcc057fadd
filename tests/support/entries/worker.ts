/** A TypeScript worker thread: answers numbers with their square, and fails on a known line. */

import { parentPort } from "node:worker_threads";

interface Question {
  readonly number: number;
}

parentPort?.on("message", ({ number }: Question) => {
  if (number < 0) throw new Error("a number below zero"); // line 10
  parentPort?.postMessage(number ** 2);
});
