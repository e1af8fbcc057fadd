/** `lfz judge`: whether a candidate may serve in the champion's place. */

import { join } from "node:path";

import { z } from "zod";

import { defineCommand, type Command } from "../../src/core/cli/command.ts";
import { ProgressBars } from "../../src/core/cli/progress-bars.ts";
import { withoutControls } from "../../src/core/cli/without-controls.ts";
import { HintedError } from "../../src/core/errors.ts";
import { Verdict, VERDICT_FILE } from "../../src/core/experiment/verdict.ts";
import { toJsonText, writeFileAtomic } from "../../src/core/files.ts";
import { openRuntime } from "../../src/core/onnxruntime/runtime.ts";
import { packageFolder } from "../../src/core/package.ts";
import { readConversations } from "../data/read-conversations.ts";
import { readGoldenPrompts, type GoldenPrompt } from "../eval/golden.ts";
import { textTable } from "../eval/plain-text.ts";
import type { Exam } from "../judge/answers.ts";
import { readCanaries } from "../judge/canaries.ts";
import { readFeedback, readPrivateTexts, type PrivateText } from "../judge/feedback-rows.ts";
import { judge } from "../judge/judge.ts";
import { decide, verdictTable } from "../judge/verdict.ts";
import { openContestants, openJudged } from "./open-contestants.ts";

const shipped = (name: string) => join(packageFolder, "data", name);

const count = z.coerce.number().int().positive();

const flags = z.strictObject({
  against: z.string().optional().describe("experiment folder of the model that serves now"),
  data: z
    .array(z.string())
    .optional()
    .describe("what the champion learnt from; only its test split is looked at"),
  feedback: z.string().optional().describe("folder that `lfz feedback export` wrote"),
  golden: z
    .array(z.string())
    .optional()
    .describe("prompts whose replies must have properties; data/golden.json by default"),
  safety: z
    .array(z.string())
    .optional()
    .describe("prompts that must bring about nothing harmful; data/safety.json by default"),
  canaries: z.string().optional().describe("rows with secrets that were planted in the training"),
  limit: count.default(40_000).describe("about so many tokens of the test split"),
  replies: count.default(64).describe("answer so many of its prompts"),
  threads: count.optional().describe("all cores by default"),
});

type Flags = z.infer<typeof flags>;

export const judgeCommand = judgeBy(() => performance.now());

/** @param now milliseconds, to tell how fast both models are */
export function judgeBy(now: () => number): Command {
  return defineCommand({
    name: "judge",
    summary: "Compare a candidate with the champion: may it serve?",
    usage: "CANDIDATE --against CHAMPION --data FILE... [--feedback DIR]",
    positionals: { name: "CANDIDATE", min: 1, max: 1 },
    flags,
    examples: [
      "lfz judge experiments/new --against experiments/old --data chats.jsonl",
      "lfz judge experiments/new ... --feedback DIR   from `lfz feedback export`",
    ],
    async run({ positionals: [folder], ...flags }, context) {
      const { against, data } = requireInput(flags);
      const candidate = await openJudged(folder);
      const champion = await openJudged(against);
      const exam = await readExam(flags);
      const { limit, threads } = flags;
      const { contestants, close } = await openContestants(
        await openRuntime(),
        { champion, candidate, data, limit, threads },
        context,
      );
      const bars = new ProgressBars(context.console); // one for each model
      const findings = await judge(contestants, exam, {
        signal: context.signal,
        now,
        onProgress: (of, fraction, text) => bars.update(of, { fraction, text }),
        privateTexts: () => privateTextsIn(flags.feedback),
        originalTexts: () => textsOf(data),
      }).finally(() => {
        bars.done();
        close();
      });
      const checks = [...findings.proofs, ...findings.safeguards];
      const verdict: Verdict = {
        schema: 1,
        candidate: candidate.name,
        champion: champion.name,
        at: new Date().toISOString(),
        ...decide(findings),
        checks,
      };
      await writeVerdict(folder, verdict);
      context.console.print(withoutControls(textTable(verdictTable(checks))));
      context.console.print(
        withoutControls(`\n${candidate.name} ${verdict.outcome}. ${verdict.reason}`),
      );
      return verdict;
    },
  });
}

function requireInput({ against, data }: Flags): { against: string; data: readonly string[] } {
  if (against === undefined) {
    throw new HintedError("lfz judge needs a champion to compare with.", {
      hint: "Name the folder of the model that serves now with --against CHAMPION.",
    });
  }
  if (data === undefined) {
    throw new HintedError("lfz judge needs the champion's data: what must not be forgotten.", {
      hint: "Name the conversations it learnt from with --data FILE...",
    });
  }
  if (data.includes("-")) {
    throw new HintedError("lfz judge reads the data twice, and standard input comes once.", {
      hint: "Name the files with --data FILE...",
    });
  }
  return { against, data };
}

async function readExam({ golden, safety, feedback, canaries, replies }: Flags): Promise<Exam> {
  return {
    golden: await readPrompts(golden ?? [shipped("golden.json")]),
    safety: await readPrompts(safety ?? [shipped("safety.json")]),
    feedback: feedback === undefined ? undefined : await readFeedback(feedback),
    canaries: canaries === undefined ? [] : await readCanaries(canaries),
    replies,
  };
}

async function readPrompts(files: readonly string[]): Promise<GoldenPrompt[]> {
  return (await Promise.all(files.map(readGoldenPrompts))).flat();
}

async function* privateTextsIn(feedback: string | undefined): AsyncGenerator<PrivateText> {
  if (feedback !== undefined) yield* readPrivateTexts(feedback);
}

async function* textsOf(data: readonly string[]): AsyncGenerator<string> {
  for await (const { conversation } of readConversations(data, {}, "judging")) {
    for (const { content } of conversation.messages) yield content;
  }
}

async function writeVerdict(folder: string, verdict: Verdict): Promise<void> {
  const json = toJsonText(verdict);
  Verdict.parse(JSON.parse(json)); // a bug here must not become a file that nobody can read
  await writeFileAtomic(join(folder, VERDICT_FILE), json);
}
