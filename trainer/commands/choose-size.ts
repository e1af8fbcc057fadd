/** The size of a model that is to be trained and for which none is named: what `lfz data advise` says. */

import { formatDuration } from "../../src/core/cli/console.ts";
import type { CommandContext } from "../../src/core/cli/command.ts";
import type { Device } from "../../src/core/onnx/device.ts";
import { headStartText } from "../scaling/advice-text.ts";
import { adviseOn } from "../scaling/advice.ts";
import { withVocabulary } from "../scaling/corpus.ts";
import { findFit } from "../scaling/fit-file.ts";
import { isAhead } from "../scaling/head-start.ts";
import type { Budget } from "../train/budget.ts";
import type { EngineName } from "../train/engine.ts";
import type { Overrides } from "../train/options.ts";
import { openTokenizer } from "../train/prepare.ts";
import { finetuneLine, type Teaching } from "./shell-words.ts";
import { surveyCorpus, surveyHeadStart, surveyMachine, type Surveys } from "./survey.ts";

/** Where nothing can be advised: without minutes, or with a shape of its own. */
const USUAL_PRESET = "micro";

export interface SizeInput extends Teaching {
  readonly preset?: string;
  readonly vocabSize?: number;
  /** The folder of a tokenizer. */
  readonly tokenizer?: string;
  readonly engine: EngineName;
  readonly device?: Device;
  readonly threads?: number;
}

export interface Size {
  readonly preset: string;
  /** Of a tokenizer that is learnt. */
  readonly vocabSize?: number;
}

/** Reads the data once and measures the machine, seconds in all, unless the size is given. */
export async function chooseSize(
  input: SizeInput,
  { model }: Pick<Overrides, "model">,
  { minutes, steps, epochs }: Budget,
  context: CommandContext,
  surveys?: Surveys,
): Promise<Size> {
  const { data, preset, vocabSize, tokenizer, engine } = input;
  if (preset !== undefined) return { preset, vocabSize };
  const hasShape = Object.keys(model).length > 0;
  const isKnown = minutes !== undefined && steps === undefined && epochs === undefined;
  if (hasShape || !isKnown || engine === "tfjs") return { preset: USUAL_PRESET, vocabSize };

  const given = tokenizer === undefined ? vocabSize : (await openTokenizer(tokenizer)).vocabSize;
  const corpus = await surveyCorpus(data, context);
  const machine = await surveyMachine(input, context, surveys);
  const { fit } = await findFit(undefined);
  const asked = given === undefined ? corpus : withVocabulary(corpus, given);
  const { best } = adviseOn(asked, machine, minutes, fit);
  if (!best) return { preset: USUAL_PRESET, vocabSize }; // too large as well, which is said later
  context.console.note(
    `Size: ${best.preset} with ${best.vocabSize.toLocaleString("en")} tokens promises most in ` +
      `${formatDuration(minutes * 60_000)}, about ${best.prediction.bitsPerByte.toFixed(2)} bits/byte. ` +
      "--preset takes another; `lfz data advise` compares them.",
  );
  const headStart = await surveyHeadStart(data, corpus, context, surveys);
  if (headStart && isAhead(headStart, best)) {
    context.console.note(headStartText(headStart, best, finetuneLine(headStart.folder, input)));
  }
  return { preset: best.preset, vocabSize: tokenizer === undefined ? best.vocabSize : vocabSize };
}
