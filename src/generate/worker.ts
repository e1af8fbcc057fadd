/**
 * The worker thread of an engine: opens a model folder and serves it.
 *
 * Between two steps it looks for messages without leaving the loop, so an
 * abort takes effect within one token.
 */

import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";

import { loadModel, type LoadedModel } from "./load-model.ts";
import {
  toSentError,
  type EngineMessage,
  type WorkerMessage,
  type WorkerStart,
} from "./protocol.ts";
import { GenerationService } from "./service.ts";

if (!parentPort) throw new Error("This file runs as a worker thread");
const port = parentPort;
const send = (message: WorkerMessage) => port.postMessage(message);

const inbox: EngineMessage[] = [];
let wake = () => {};
port.on("message", (message: EngineMessage) => {
  inbox.push(message);
  wake();
});

const loaded = await loadModel(workerData as WorkerStart, requireWanted).catch((error: unknown) => {
  send({ type: "refused", error: toSentError(error) });
  return undefined;
});
if (loaded) await serve(loaded);
port.close();

async function serve(model: LoadedModel): Promise<void> {
  const service = new GenerationService(model, model.decoder, (events) =>
    send({ type: "events", events }),
  );
  send({ type: "ready", model: model.info });
  for (let isOpen = true; isOpen;) {
    for (const message of takeMessages()) {
      service.handle(message);
      if (message.type === "close") isOpen = false;
    }
    const hasWorked = await service.advance();
    if (isOpen && !hasWorked && inbox.length === 0) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  model.dispose();
}

/** @throws Error if whoever started this has closed it meanwhile */
function requireWanted(): void {
  const messages = takeMessages();
  inbox.push(...messages);
  if (messages.some(({ type }) => type === "close")) throw new Error("It is no longer wanted.");
}

/** What arrived by the event loop, and what waits at the port while that does not turn. */
function takeMessages(): EngineMessage[] {
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    inbox.push(next.message as EngineMessage);
  }
  return inbox.splice(0);
}
