/** The worker thread that searches training rows: reads the files, then answers one question after the other. */

import { parentPort, workerData } from "node:worker_threads";

import { reasonOf } from "../core/errors.ts";
import type { RowAnswer, RowQuestion } from "./original-rows.ts";
import { Rows } from "./rows.ts";

if (!parentPort) throw new Error("This file runs as a worker thread");
const port = parentPort;

const rows = await Rows.read(workerData as readonly string[]); // what original-rows.ts starts it with

port.on("message", ({ id, ask }: RowQuestion) => {
  const answer = (answered: Omit<RowAnswer, "id">) => port.postMessage({ id, ...answered });
  try {
    if ("words" in ask) answer({ has: rows.has(ask.words) });
    else answer({ rows: rows.nearest(ask), share: rows.share });
  } catch (error) {
    answer({ failure: reasonOf(error) });
  }
});
