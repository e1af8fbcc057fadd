/**
 * Server-sent events: objects out, one `data:` line each.
 *
 * `send` waits while the client is slower than the model, so that a paused
 * reader holds the generation back instead of filling the memory.
 */

import { once } from "node:events";
import type { ServerResponse } from "node:http";

export interface EventStream {
  /** Settles when there is room for more; rejects when the signal aborts. */
  send(event: object): Promise<void>;
  /** Ends the way OpenAI's clients expect. */
  end(): void;
}

export function openEventStream(response: ServerResponse, signal: AbortSignal): EventStream {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no", // asks a proxy in between not to collect the stream
  });
  return {
    async send(event) {
      if (response.write(toData(JSON.stringify(event)))) return;
      await once(response, "drain", { signal });
    },
    end: () => void response.end(toData("[DONE]")),
  };
}

function toData(text: string): string {
  return `data: ${text}\n\n`;
}
