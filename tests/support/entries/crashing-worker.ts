/** Speaks like a generation worker until it is asked for something; or crashes at once, if told so. */

import { parentPort, workerData } from "node:worker_threads";

if (workerData === "at once") throw new Error("out of memory");
parentPort?.postMessage({ type: "ready", model: { name: "doomed" } });
parentPort?.once("message", () => {
  throw new Error("out of memory");
});
