/**
 * What the bot counts, for Prometheus and whatever else reads its text format.
 *
 * Names and meanings of all figures stand here. Labels are platforms and
 * outcomes: never people, places or words.
 */

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import type { BotObserver } from "./chat/observer.ts";

/** From an instant to more than anybody waits, in seconds. */
const WAITS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120];

export interface MetricsSources {
  /** Turns that wait or are being answered. */
  readonly queueLength: () => number;
  readonly isConnected: () => Readonly<Record<string, boolean>>;
}

export interface Metrics extends BotObserver {
  /** A platform failed as a whole and begins again. */
  readonly failed: (platform: string) => void;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // The process and its event loop, under the names that dashboards know.
  collectDefaultMetrics({ register: registry });
  collectGauges(sources, registers);
  const { heard, replies, errors } = countersIn(registers);
  const { firstSign, firstToken, whole } = timesIn(registers);
  return {
    heard: ({ platform }) => heard.inc({ platform }),
    firstSign: ({ platform }, seconds) => firstSign.observe({ platform }, seconds),
    replied({ platform }, outcome, seconds, firstTokenSeconds) {
      replies.inc({ platform, outcome });
      whole.observe({ platform }, seconds);
      if (firstTokenSeconds > 0) firstToken.observe({ platform }, firstTokenSeconds);
      if (outcome === "failed") errors.inc({ platform });
    },
    failed: (platform) => errors.inc({ platform }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function countersIn(registers: Registry[]) {
  return {
    heard: new Counter({
      name: "lfz_messages_heard_total",
      help: "Messages that were meant for the bot",
      labelNames: ["platform"],
      registers,
    }),
    replies: new Counter({
      name: "lfz_replies_total",
      help: "Replies by how they ended",
      labelNames: ["platform", "outcome"],
      registers,
    }),
    errors: new Counter({
      name: "lfz_errors_total",
      help: "Replies that failed, and platforms that had to begin again",
      labelNames: ["platform"],
      registers,
    }),
  };
}

function timesIn(registers: Registry[]) {
  const common = { labelNames: ["platform"], buckets: WAITS, registers };
  return {
    firstSign: new Histogram({
      name: "lfz_first_sign_seconds",
      help: "From a message to the first that people see of its reply",
      ...common,
    }),
    firstToken: new Histogram({
      name: "lfz_first_token_seconds",
      help: "From a request to the first token of the model",
      ...common,
    }),
    whole: new Histogram({
      name: "lfz_reply_seconds",
      help: "From a message to the end of its reply",
      ...common,
    }),
  };
}

/** These are asked for when somebody looks. */
function collectGauges({ queueLength, isConnected }: MetricsSources, registers: Registry[]): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (gauge: Gauge) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        collect(this);
      },
    });
  gauge("lfz_queue_length", "Turns that wait or are being answered", [], (length) =>
    length.set(queueLength()),
  );
  gauge("lfz_platform_up", "1 where the bot is connected", ["platform"], (up) => {
    for (const [platform, isUp] of Object.entries(isConnected()))
      up.set({ platform }, Number(isUp));
  });
}
