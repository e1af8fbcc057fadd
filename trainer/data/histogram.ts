/** How values spread, in buckets that double: 1, 2, 3-4, 5-8, 9-16 and so on, in constant memory. */

const BAR_WIDTH = 40;

interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface HistogramSummary {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly buckets: readonly Bucket[];
}

export class Histogram {
  readonly #counts: number[] = [];
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  /** @param value a whole number, 0 or more */
  add(value: number): void {
    const bucket = value < 1 ? 0 : Math.ceil(Math.log2(value)) + 1;
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket]++;
    this.#count++;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  get summary(): HistogramSummary {
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      min: this.#count === 0 ? 0 : this.#min,
      max: this.#max,
      buckets: this.#counts
        .map((count, bucket) => ({ ...rangeOf(bucket), count }))
        .filter(({ count }) => count > 0),
    };
  }
}

function rangeOf(bucket: number): { from: number; to: number } {
  if (bucket < 2) return { from: bucket, to: bucket };
  return { from: 2 ** (bucket - 2) + 1, to: 2 ** (bucket - 1) };
}

/**
 * A heading and a bar for each bucket:
 *
 *     Messages in a conversation: 2 to 8, 4.5 on average
 *         2  ██████████████████  120
 *       3-4  ████  31
 */
export function drawHistogram(
  title: string,
  { mean, min, max, buckets }: HistogramSummary,
): string {
  const longest = Math.max(...buckets.map(({ count }) => count));
  const labels = buckets.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
  const width = Math.max(...labels.map((label) => label.length));
  const bars = buckets.map(({ count }, i) => {
    const bar = "█".repeat(Math.max(1, Math.round((count / longest) * BAR_WIDTH)));
    return `  ${labels[i].padStart(width)}  ${bar}  ${count.toLocaleString("en")}`;
  });
  const average = mean.toLocaleString("en", { maximumFractionDigits: 1 });
  const range = `${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
  return [`${title}: ${range}, ${average} on average`, ...bars].join("\n");
}
