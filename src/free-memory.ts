/**
 * How much memory this process could still take without anybody being killed
 * for it.
 *
 * Linux says so itself (`MemAvailable`, which counts what it can give back at
 * once); a container may allow less than its machine has. Of what a container
 * uses, files that it read only once do not count: they go when room is
 * needed.
 */

import { freemem } from "node:os";
import { dirname, join } from "node:path";

import { readIfThere } from "./core/files.ts";

/** Where Linux tells about itself. */
const SYSTEM_ROOT = "/";

/** Version 2 of control groups, and version 1. */
const GROUP_FILES = [
  { root: "sys/fs/cgroup", limit: "memory.max", used: "memory.current", idle: "inactive_file" },
  {
    root: "sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    idle: "total_inactive_file",
  },
] as const;

/** Bytes. */
export async function readFreeMemory(root = SYSTEM_ROOT): Promise<number> {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(await readOr(join(root, "proc/meminfo")));
  const machine = available ? Number(available[1]) * 1024 : freemem();
  return Math.max(0, Math.min(machine, await roomInGroups(root)));
}

/** What the tightest of the groups leaves that this process is in; no limit is infinite. */
async function roomInGroups(root: string): Promise<number> {
  const groups = await readOr(join(root, "proc/self/cgroup"));
  const paths = [
    /^0::(\/.*)$/m.exec(groups)?.[1] ?? "/",
    /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(groups)?.[1] ?? "/",
  ];
  const rooms = GROUP_FILES.flatMap((files, version) =>
    upwards(paths[version] ?? "/").map((path) => roomIn(join(root, files.root, path), files)),
  );
  return Math.min(...(await Promise.all(rooms)));
}

async function roomIn(
  folder: string,
  { limit, used, idle }: (typeof GROUP_FILES)[number],
): Promise<number> {
  const read = async (file: string) => (await readOr(join(folder, file))).trim();
  const [most, now, figures] = [await read(limit), await read(used), await read("memory.stat")];
  if (!/^\d+$/.test(most) || !/^\d+$/.test(now)) return Infinity; // `max`, or there is no such group
  const files = Number(new RegExp(`^${idle} (\\d+)$`, "m").exec(figures)?.[1] ?? 0);
  return Number(most) - Number(now) + files;
}

/** `/a/b`, `/a` and `/`: a container sees its own group as the root, whatever its path says. */
function upwards(path: string): string[] {
  return path === "/" ? [path] : [path, ...upwards(dirname(path))];
}

/** Not on every system is there such a file, and not everybody may read it. */
async function readOr(path: string): Promise<string> {
  return (await readIfThere(path).catch(() => undefined)) ?? "";
}
