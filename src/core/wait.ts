/** Time as something that is handed in. */

import { setTimeout } from "node:timers/promises";

/** Resolves after so many milliseconds; rejects with an AbortError if the signal aborts first. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const wait: Wait = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal });
