/**
 * Every verb of `lfz`, in the groups and the order of `lfz --help`.
 *
 * Knows names and summaries only, so that help is instant. The commands
 * themselves stand in `src/commands/` and `trainer/commands/`; a test keeps
 * the three in step.
 */

export interface Verb {
  readonly name: string;
  readonly summary: string;
}

export interface VerbGroup {
  readonly title: string;
  readonly verbs: readonly Verb[];
}

export const VERB_GROUPS: readonly VerbGroup[] = [
  {
    title: "Talk",
    verbs: [
      {
        name: "start",
        summary: "Serve the chat page and the HTTP API on this machine",
      },
    ],
  },
  {
    title: "Learn",
    verbs: [
      { name: "tokenizer train", summary: "Learn a vocabulary from conversations" },
      { name: "tokenizer encode", summary: "Turn text into ids" },
      { name: "tokenizer decode", summary: "Turn ids into text" },
    ],
  },
];

export const VERBS: readonly Verb[] = VERB_GROUPS.flatMap(({ verbs }) => verbs);
