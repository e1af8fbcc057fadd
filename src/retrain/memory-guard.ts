/** A second model is only loaded where there is memory for it: what runs already must not be killed for it. */

import { formatBytes } from "../core/cli/console.ts";
import { EXIT_FAILURE, HintedError } from "../core/errors.ts";
import { readRunRecord, type RunRecord } from "../core/experiment/run-record.ts";
import { cacheBytes } from "../generate/cache-slots.ts";
import type { Version } from "./registry-state.ts";

/** While it is opened, a file is in memory as it is and as the session's own. */
const COPIES = 2;

/** A worker thread, the library's scratch memory, and what the machine is better left with. */
const MARGIN_BYTES = 192 * 2 ** 20;

/** @throws HintedError if a version does not fit beside what is in memory */
export async function requireRoom(
  { name, folder }: Pick<Version, "name" | "folder">,
  readFree: () => Promise<number>,
): Promise<void> {
  const needed = neededBytes(await readRunRecord(folder));
  const free = await readFree();
  if (needed <= free) return;
  throw new HintedError(
    `${name} needs about ${formatBytes(needed)} of memory beside the model that answers; ${formatBytes(free)} are free.`,
    {
      hint: `Stop other programs, or start the bot with it: \`lfz start --model ${name}\`.`,
      exitCode: EXIT_FAILURE,
    },
  );
}

export function neededBytes({ files, model }: Pick<RunRecord, "files" | "model">): number {
  return COPIES * (files["onnx/model.onnx"]?.bytes ?? 0) + cacheBytes(model) + MARGIN_BYTES;
}
