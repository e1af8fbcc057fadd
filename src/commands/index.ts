/** The bot's commands. A new one is a file beside this one and a line here. */

import type { CommandEntry } from "../core/cli/command.ts";

export const commands: readonly CommandEntry[] = [
  {
    name: "bench generate",
    load: async () => (await import("./bench-generate.ts")).benchGenerate,
  },
  { name: "chat", load: async () => (await import("./chat.ts")).chat },
  { name: "doctor", load: async () => (await import("./doctor.ts")).doctor },
  {
    name: "feedback backup",
    load: async () => (await import("./feedback-backup.ts")).feedbackBackup,
  },
  {
    name: "feedback export",
    load: async () => (await import("./feedback-export.ts")).feedbackExport,
  },
  {
    name: "feedback restore",
    load: async () => (await import("./feedback-backup.ts")).feedbackRestore,
  },
  {
    name: "feedback stats",
    load: async () => (await import("./feedback-stats.ts")).feedbackStats,
  },
  {
    name: "experiments promote",
    load: async () => (await import("./experiments-promote.ts")).experimentsPromote,
  },
  {
    name: "experiments rollback",
    load: async () => (await import("./experiments-rollback.ts")).experimentsRollback,
  },
  {
    name: "experiments versions",
    load: async () => (await import("./experiments-versions.ts")).experimentsVersions,
  },
  { name: "retrain", load: async () => (await import("./retrain.ts")).retrain },
  { name: "start", load: async () => (await import("./start.ts")).start },
];
