import { dirname, join } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { readFreeMemory } from "../../src/free-memory.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const MEMINFO =
  "MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\n";

/** A Linux that has these files. */
async function systemOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

describe("the memory that is free", () => {
  it("is what Linux could give at once, not only what lies idle", async () => {
    const root = await systemOf({ "proc/meminfo": MEMINFO, "proc/self/cgroup": "0::/\n" });
    expect(await readFreeMemory(root)).toBe(8_000_000 * 1024);
  });

  it("is what the tightest group above leaves, files that it read aside", async () => {
    const root = await systemOf({
      "proc/meminfo": MEMINFO,
      "proc/self/cgroup": "0::/pod/bot\n",
      "sys/fs/cgroup/pod/bot/memory.max": "max\n",
      "sys/fs/cgroup/pod/bot/memory.current": "900\n",
      "sys/fs/cgroup/pod/memory.max": "1000\n",
      "sys/fs/cgroup/pod/memory.current": "900\n",
      "sys/fs/cgroup/pod/memory.stat": "anon 500\ninactive_file 250\n",
    });
    expect(await readFreeMemory(root)).toBe(350);
  });

  it("is read in a container that sees its own group as the root, and in version 1", async () => {
    const root = await systemOf({
      "proc/meminfo": MEMINFO,
      "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/f00\n0::/\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "2000\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "1500\n",
      "sys/fs/cgroup/memory/memory.stat": "total_inactive_file 100\n",
    });
    expect(await readFreeMemory(root)).toBe(600);
  });

  it("is what the system says where there is no Linux", async () => {
    expect(await readFreeMemory(temporaryFolder())).toBeGreaterThan(0);
  });
});
