/** Everything about a run that is there to be looked at, and its record: written anew, all of it. */

import { basename, dirname, resolve } from "node:path";

import { lineageOf } from "../../src/core/experiment/lineage.ts";
import { readMetricsLog } from "../../src/core/experiment/metrics-log.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import { writeRunRecord, type RunRecord } from "../../src/core/experiment/run-record.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import { curvesSvg } from "./curves.ts";
import { modelCard } from "./model-card.ts";
import { reportHtml } from "./report.ts";
import { readSamples } from "./samples.ts";

export async function writeReports(folder: string, run: RunRecord): Promise<void> {
  const paths = experimentPaths(folder);
  const metrics = await readMetricsLog(paths.metrics);
  const samples = await readSamples(paths.samples);
  const lineage = await lineageOf(dirname(resolve(folder)), basename(resolve(folder)));
  await writeFileAtomic(paths.curves, curvesSvg(metrics));
  await writeFileAtomic(paths.report, reportHtml({ run, metrics, samples, lineage }));
  await writeFileAtomic(paths.card, modelCard({ run, metrics, lineage }));
  await writeRunRecord(folder, run);
}
