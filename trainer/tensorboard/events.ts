/**
 * Lines of `metrics.jsonl` as TensorBoard's events: the protobufs `Event`,
 * `Summary` and `SessionLog` (tensorflow/core/util/event.proto and
 * tensorflow/core/framework/summary.proto), as far as scalars need them.
 *
 * Knows the messages; not the file they go into.
 */

import type { EvaluationLine, TrainLine } from "../../src/core/experiment/metrics-log.ts";
import { ProtobufMessage } from "../../src/core/protobuf.ts";

const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 } as const;
const SESSION_STATUS = 1;
const SESSION_START = 1;

/** The numbers of a line that are no figures: when it was, and how much was looked at. */
const COUNTS = new Set(["step", "tokens", "seconds", "scoredTokens", "scoredBytes"]);

export type FigureLine = TrainLine | EvaluationLine;

/** What every file begins with. */
export function versionEvent(wallTime: number): ProtobufMessage {
  return eventAt(wallTime, 0).string(EVENT.fileVersion, "brain.Event:2");
}

/** Tells a TensorBoard that reads along to forget what it has from this step on. */
export function restartEvent(wallTime: number, step: number): ProtobufMessage {
  const session = new ProtobufMessage().integer(SESSION_STATUS, SESSION_START);
  return eventAt(wallTime, step).message(EVENT.sessionLog, session);
}

/** The figures of a line. */
export function scalarsEvent(line: FigureLine, wallTime: number): ProtobufMessage {
  const summary = new ProtobufMessage();
  for (const [tag, value] of scalarsOf(line)) {
    const scalar = new ProtobufMessage().string(VALUE.tag, tag).float(VALUE.simpleValue, value);
    summary.message(SUMMARY_VALUE, scalar);
  }
  return eventAt(wallTime, line.step).message(EVENT.summary, summary);
}

type Scalar = [tag: string, value: number];

/** Under the names they have in the log: `train/loss`, `validation/preference/margin`. */
function scalarsOf(line: FigureLine): Scalar[] {
  const group = line.type === "train" ? "train" : line.split;
  const { preference = {}, ...figures } = line;
  return [...numbersOf(group, figures), ...numbersOf(`${group}/preference`, preference)];
}

function numbersOf(group: string, figures: Readonly<Record<string, unknown>>): Scalar[] {
  return Object.entries(figures).flatMap(([name, value]): Scalar[] =>
    typeof value === "number" && !COUNTS.has(name) ? [[`${group}/${name}`, value]] : [],
  );
}

/** @param wallTime seconds since 1970 */
function eventAt(wallTime: number, step: number): ProtobufMessage {
  return new ProtobufMessage().double(EVENT.wallTime, wallTime).integer(EVENT.step, step);
}
