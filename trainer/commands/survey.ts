/** What advice rests on, with progress bars: the text of a corpus, and how fast this machine is. */

import type { CommandContext } from "../../src/core/cli/command.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import type { Machine } from "../scaling/candidates.ts";
import { readCorpus, type Corpus } from "../scaling/corpus.ts";
import { measureMachine } from "../scaling/measure-machine.ts";

const CONVERSATIONS_A_REPORT = 1000;

/** How fast the machine is; a test knows without looking. */
export type MeasureMachine = typeof measureMachine;

export async function surveyCorpus(
  data: readonly string[],
  { console, signal }: CommandContext,
): Promise<Corpus> {
  const progress = console.progress("corpus");
  return readCorpus(data, {
    signal,
    onConversation: (count) => {
      if (count % CONVERSATIONS_A_REPORT !== 0) return;
      progress.update({ fraction: 0, text: `${count.toLocaleString("en")} conversations` });
    },
    onLearning: (state) => {
      if (state.stage === "count") return;
      const { merges, wanted } = state;
      progress.update({ fraction: merges / wanted, text: `${merges} merges` });
    },
  }).finally(() => progress.done());
}

/** In a runtime of its own, whose memory it leaves to nobody. */
export async function surveyMachine(
  { device, threads }: { readonly device?: Device; readonly threads?: number },
  { console, signal }: CommandContext,
  measure: MeasureMachine = measureMachine,
): Promise<Machine> {
  const runtime = await openRuntime({ device });
  const progress = console.progress("machine");
  return measure(runtime, {
    threads,
    signal,
    onPreset: (preset) => progress.update({ fraction: 0, text: `matrix products of ${preset}` }),
  }).finally(() => {
    progress.done();
    runtime.dispose();
  });
}
