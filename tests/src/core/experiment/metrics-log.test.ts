import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  openMetricsLog,
  readMetricsLog,
  type MetricsLine,
} from "../../../../src/core/experiment/metrics-log.ts";
import { exampleMetrics } from "../../../support/example-run.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

async function logOf(lines: readonly MetricsLine[]): Promise<string> {
  const path = join(temporaryFolder(), "metrics.jsonl");
  await append(path, lines);
  return path;
}

async function append(path: string, lines: readonly MetricsLine[], afterStep?: number) {
  const log = await openMetricsLog(path, { afterStep });
  for (const line of lines) await log.append(line);
  await log.close();
}

const lines = exampleMetrics(20);

describe("metrics.jsonl", () => {
  it("reads back what it wrote, an object a line", async () => {
    const path = await logOf(lines);
    expect(await readMetricsLog(path)).toEqual(lines);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(lines.length + 1);
  });

  it("is empty where there is no file", async () => {
    expect(await readMetricsLog(join(temporaryFolder(), "none"))).toEqual([]);
  });

  it("drops a torn last line when read, and cuts it off before it appends", async () => {
    const path = await logOf(lines);
    await appendFile(path, '{"type":"train","step":21,"lo');
    expect(await readMetricsLog(path)).toEqual(lines);
    const more: MetricsLine = { type: "note", step: 21, text: "resumed" };
    await append(path, [more]);
    expect(await readMetricsLog(path)).toEqual([...lines, more]);
  });

  it("forgets what came after the checkpoint a run goes back to", async () => {
    const path = await logOf(lines);
    await append(path, [], 7);
    expect(await readMetricsLog(path)).toEqual(lines.filter(({ step }) => step <= 7));
  });

  it("keeps a loss that is no number", async () => {
    const first = { ...lines[0]!, loss: NaN } as MetricsLine;
    const [found] = await readMetricsLog(await logOf([first]));
    expect(found).toEqual(first);
  });

  it("names a line in the middle that cannot be read", async () => {
    const path = await logOf(lines);
    await writeFile(path, '{"type":"note","step":1,"text":"a"}\nnonsense\n');
    await expect(readMetricsLog(path)).rejects.toThrow(/metrics\.jsonl, line 2 is not JSON/);
    await writeFile(path, '{"type":"note","step":-1,"text":"a"}\n');
    await expect(readMetricsLog(path)).rejects.toThrow(/metrics\.jsonl, line 1: step: /);
  });
});
