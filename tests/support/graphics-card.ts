/**
 * Whether ONNX Runtime finds a graphics card for webgpu here; Mesa's lavapipe counts as one.
 *
 * Asked in a process of its own, because a broken driver may take the process with it.
 */

import { spawnSync } from "node:child_process";

import { nodeArguments } from "../../src/core/entry.ts";

const PROBE = new URL("./entries/open-webgpu.ts", import.meta.url);
const PATIENCE_MS = 60_000;

export function hasGraphicsCard(): boolean {
  const { status, stderr } = spawnSync(process.execPath, nodeArguments(PROBE), {
    timeout: PATIENCE_MS,
    encoding: "utf8",
  });
  if (status !== 0) console.warn(`The webgpu tests are skipped. ${stderr.trim()}`);
  return status === 0;
}
