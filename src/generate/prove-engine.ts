/** A model folder opens, is whole, and says something: only then may it answer people. */

import { HintedError } from "../core/errors.ts";
import type { Engine } from "./types.ts";

/** Aborting the signal may end the start early; then it rejects. */
export type StartEngine = (
  folder: string,
  options?: { readonly signal?: AbortSignal },
) => Promise<Engine>;

/** @throws HintedError saying why the folder cannot answer; then nothing of it stays loaded. */
export async function startProvenEngine(
  folder: string,
  start: StartEngine,
  signal?: AbortSignal,
): Promise<Engine> {
  const engine = await start(folder, signal && { signal });
  try {
    if ((await timeToFirstToken(engine, signal)) !== undefined) return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
  await engine.close();
  throw new HintedError(`${folder} opens but says nothing.`, {
    hint: "Export it again with `lfz export`, or take another experiment.",
  });
}

/** Milliseconds; nothing if not even silence was chosen. */
export async function timeToFirstToken(
  engine: Engine,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const request = {
    messages: [{ role: "user" as const, content: "Hello" }],
    maxTokens: 1,
    sampling: { temperature: 0 },
  };
  for await (const event of engine.generate(request, signal)) {
    if (event.type !== "done") continue;
    const isSilent = event.finishReason === "silence";
    return event.tokenIds.length > 0 || isSilent ? event.firstTokenMs : undefined;
  }
  return undefined;
}
