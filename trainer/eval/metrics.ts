/**
 * From sums over target tokens to the figures of a report.
 *
 * Sums add up over batches, figures do not; so everything is kept as sums
 * until the end.
 */

import type { Metrics } from "../../src/core/experiment/run-record.ts";

export interface MetricSums {
  /** Summed loss of the target tokens, in nats. */
  readonly nats: number;
  /** How many target tokens there were. */
  readonly targets: number;
  /** How many of them were the model's first guess, and among its first five. */
  readonly top1: number;
  readonly top5: number;
  /** UTF-8 bytes of the text they spell; special tokens cost loss and spell none. */
  readonly bytes: number;
}

const NOTHING: MetricSums = { nats: 0, targets: 0, top1: 0, top5: 0, bytes: 0 };

export interface MetricTally {
  add(part: MetricSums): void;
  readonly sums: MetricSums;
  summarise(): Metrics;
}

export function createTally(): MetricTally {
  let sums = NOTHING;
  return {
    add(part) {
      sums = {
        nats: sums.nats + part.nats,
        targets: sums.targets + part.targets,
        top1: sums.top1 + part.top1,
        top5: sums.top5 + part.top5,
        bytes: sums.bytes + part.bytes,
      };
    },
    get sums() {
      return sums;
    },
    summarise: () => summarise(sums),
  };
}

/** Where there was nothing to measure a figure is NaN, which JSON writes as null. */
export function summarise({ nats, targets, top1, top5, bytes }: MetricSums): Metrics {
  const loss = nats / targets;
  return {
    loss,
    perplexity: Math.exp(loss),
    bitsPerByte: bytes > 0 ? nats / Math.LN2 / bytes : NaN,
    tokenAccuracy: top1 / targets,
    top5Accuracy: top5 / targets,
    tokens: targets,
    bytes,
  };
}
