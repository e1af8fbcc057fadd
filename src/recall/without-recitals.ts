/** An engine's reply, ended before it recites what somebody else said in private. */

import { countWithin } from "../generate/tokens-within.ts";
import type { Engine, GenerationEvent, GenerationRequest } from "../generate/types.ts";
import type { RecitalGuard } from "./recital-guard.ts";

/** The same events; `withheld` is how a reply ends that was cut. */
export async function* withoutRecitals(
  engine: Pick<Engine, "generate">,
  request: GenerationRequest,
  guard: RecitalGuard,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, void> {
  const cut = new AbortController();
  let shown = "";
  for await (const event of engine.generate(request, AbortSignal.any([signal, cut.signal]))) {
    if (!cut.signal.aborted) {
      const { text, isCut } =
        event.type === "text" ? await guard.push(event.text) : await guard.end();
      shown += text;
      if (text !== "") yield { type: "text", text };
      if (isCut) cut.abort();
    }
    if (event.type === "done") yield cut.signal.aborted ? withheld(event, shown) : event;
  }
}

/** Tells no more of it than was shown. */
function withheld(
  done: Extract<GenerationEvent, { type: "done" }>,
  shown: string,
): GenerationEvent {
  const count = countWithin(done.tokens, shown);
  return {
    ...done,
    finishReason: "withheld",
    tokenIds: done.tokenIds.slice(0, count),
    tokens: done.tokens.slice(0, count),
  };
}
