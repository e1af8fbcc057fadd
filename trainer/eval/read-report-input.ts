/** What an experiment folder tells of its run. */

import { basename, dirname, resolve } from "node:path";

import { lineageOf } from "../../src/core/experiment/lineage.ts";
import { readMetricsLog } from "../../src/core/experiment/metrics-log.ts";
import { experimentPaths } from "../../src/core/experiment/paths.ts";
import { readRunRecord } from "../../src/core/experiment/run-record.ts";
import type { ReportInput } from "./report.ts";
import { readSamples } from "./samples.ts";

export async function readReportInput(folder: string): Promise<ReportInput> {
  const paths = experimentPaths(folder);
  return {
    run: await readRunRecord(folder),
    metrics: await readMetricsLog(paths.metrics),
    samples: await readSamples(paths.samples),
    lineage: await lineageOf(dirname(resolve(folder)), basename(resolve(folder))),
  };
}
