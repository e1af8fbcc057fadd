/** How many chats decode together: as many as fit in memory beside each other. */

import { totalmem } from "node:os";

import { cacheBytesPerSlot } from "../core/decoder/onnx-decoder.ts";
import type { ModelConfig } from "../core/model/config.ts";

/** More gain little on a few cores. */
const MOST_SLOTS = 8;

/** The caches of all slots together: a share of the machine's memory, and never more than this. */
const CACHE_SHARE = 1 / 8;
const MOST_CACHE_BYTES = 1 << 30;

export function slotsFor(config: ModelConfig, memoryBytes = totalmem()): number {
  const budget = Math.min(MOST_CACHE_BYTES, memoryBytes * CACHE_SHARE);
  return Math.min(MOST_SLOTS, Math.max(1, Math.floor(budget / cacheBytesPerSlot(config))));
}

/** What their caches take. */
export function cacheBytes(config: ModelConfig, memoryBytes = totalmem()): number {
  return slotsFor(config, memoryBytes) * cacheBytesPerSlot(config);
}
