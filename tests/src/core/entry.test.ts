import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

import { entryFile, nodeArguments, startWorker } from "../../../src/core/entry.ts";

const WORKER = new URL("../../support/entries/worker.ts", import.meta.url);

describe("entryFile", () => {
  it("has the ending of the file that asks", () => {
    expect(entryFile("./worker.ts", "file:///app/src/engine.ts").href).toBe(
      "file:///app/src/worker.ts",
    );
    expect(entryFile("../trainer/main.ts", "file:///app/dist/src/cli.js").href).toBe(
      "file:///app/dist/trainer/main.js",
    );
  });
});

describe("startWorker", () => {
  let worker: ReturnType<typeof startWorker> | undefined;
  afterEach(async () => {
    await worker?.terminate();
  });

  it("runs TypeScript in a thread and keeps what was posted before it listens", async () => {
    worker = startWorker(WORKER);
    worker.postMessage({ number: 7 });
    expect(await once(worker, "message")).toEqual([49]);
  });

  it("names the right file and line when the worker throws", async () => {
    worker = startWorker(WORKER);
    worker.postMessage({ number: -1 });
    const [error] = (await once(worker, "error")) as [Error];
    expect(error.stack).toContain(`${fileURLToPath(WORKER)}:10:`);
  });
});

describe("nodeArguments", () => {
  it("runs TypeScript as a process, whatever the folder's tsconfig.json redirects", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lfz-entry-"));
    await writeFile(join(folder, "mine.ts"), "export const z = undefined;");
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { paths: { zod: ["./mine.ts"] } } }),
    );
    const main = new URL("../../../trainer/main.ts", import.meta.url);

    const { status, stderr } = spawnSync(process.execPath, [...nodeArguments(main), "no-verb"], {
      cwd: folder,
      encoding: "utf8",
    });

    expect(stderr).toContain('error: There is no command "no-verb".');
    expect(status).toBe(2);
  });
});
