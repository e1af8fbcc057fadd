/** The trainer's commands. A new one is a file beside this one and a line here. */

import type { CommandEntry } from "../../src/core/cli/command.ts";

export const commands: readonly CommandEntry[] = [
  { name: "train", load: async () => (await import("./train.ts")).train },
  { name: "finetune", load: async () => (await import("./finetune.ts")).finetune },
  { name: "export", load: async () => (await import("./export.ts")).exportCommand },
  { name: "eval", load: async () => (await import("./eval.ts")).evaluate },
  { name: "judge", load: async () => (await import("./judge.ts")).judgeCommand },
  { name: "bench train", load: async () => (await import("./bench.ts")).benchTrain },
  { name: "bench tokenizer", load: async () => (await import("./bench.ts")).benchTokenizer },
  { name: "data inspect", load: async () => (await import("./data.ts")).dataInspect },
  { name: "data advise", load: async () => (await import("./data-advise.ts")).dataAdvise },
  { name: "data import", load: async () => (await import("./data.ts")).dataImport },
  {
    name: "tokenizer train",
    load: async () => (await import("./tokenizer.ts")).tokenizerTrain,
  },
  {
    name: "tokenizer encode",
    load: async () => (await import("./tokenizer.ts")).tokenizerEncode,
  },
  {
    name: "tokenizer decode",
    load: async () => (await import("./tokenizer.ts")).tokenizerDecode,
  },
  { name: "experiments", load: async () => (await import("./experiments.ts")).experiments },
  {
    name: "experiments list",
    load: async () => (await import("./experiments.ts")).experimentsList,
  },
  {
    name: "experiments show",
    load: async () => (await import("./experiments.ts")).experimentsShow,
  },
  {
    name: "experiments compare",
    load: async () => (await import("./experiments-compare.ts")).experimentsCompare,
  },
  {
    name: "experiments average",
    load: async () => (await import("./experiments-average.ts")).experimentsAverage,
  },
  {
    name: "experiments remove",
    load: async () => (await import("./experiments-remove.ts")).experimentsRemove,
  },
];
