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
      { name: "start", summary: "Serve the chat page, the HTTP API, and Discord and Slack" },
      { name: "chat", summary: "Talk to a model: at the terminal, piped, or once with -p" },
    ],
  },
  {
    title: "Learn",
    verbs: [
      { name: "train", summary: "Train a model from conversations, from random weights" },
      { name: "finetune", summary: "Teach a trained model more conversations" },
      { name: "data import", summary: "Turn exported conversations into a file to learn from" },
      {
        name: "data inspect",
        summary: "Show what conversation files hold and what is wrong",
      },
      { name: "data advise", summary: "Choose preset and vocabulary for a corpus and a time" },
      {
        name: "feedback export",
        summary: "Write what people taught the bot as files to learn from",
      },
      { name: "retrain", summary: "Make a model of what people taught the bot; judge it" },
      { name: "tokenizer train", summary: "Learn a vocabulary from conversations" },
      { name: "tokenizer encode", summary: "Turn text into ids" },
      { name: "tokenizer decode", summary: "Turn ids into text" },
    ],
  },
  {
    title: "Look",
    verbs: [
      { name: "eval", summary: "Score a model's predictions, replies, golden prompts" },
      { name: "judge", summary: "Compare a candidate with the champion: may it serve?" },
      { name: "experiments list", summary: "List the runs with their results" },
      {
        name: "experiments show",
        summary: "Show one run: results, settings, data, latest samples",
      },
      {
        name: "experiments compare",
        summary: "Show runs side by side: results, differences, curves",
      },
      { name: "experiments versions", summary: "List the versions of the bot's model: who serves" },
      {
        name: "feedback stats",
        summary: "Count the feedback there is, and what may be learnt from",
      },
      {
        name: "bench train",
        summary: "Measure how fast this machine trains, beside its limit",
      },
      {
        name: "bench tokenizer",
        summary: "Measure how fast a vocabulary is learnt, text encoded",
      },
      { name: "bench generate", summary: "Measure how fast replies come on this machine" },
    ],
  },
  {
    title: "Care",
    verbs: [
      { name: "doctor", summary: "Look for what is wrong here, and say how to mend it" },
      {
        name: "feedback backup",
        summary: "Write all feedback into one file, bot running or not",
      },
      {
        name: "feedback restore",
        summary: "Put a backup in the place of the feedback there is",
      },
      { name: "experiments promote", summary: "Let the bot serve another model when it starts" },
      { name: "experiments rollback", summary: "Let the bot serve the model before again" },
      { name: "export", summary: "Write the model files of a run again, and prove them" },
      {
        name: "experiments average",
        summary: "Make one model of runs that began alike: their mean",
      },
      { name: "experiments remove", summary: "Delete runs: weights, checkpoints, history" },
    ],
  },
];

/** What help shows. */
export const SHOWN_VERBS: readonly Verb[] = VERB_GROUPS.flatMap(({ verbs }) => verbs);

/** All that can be typed: with shorter ways to say a verb. */
export const VERBS: readonly Verb[] = [
  ...SHOWN_VERBS,
  { name: "experiments", summary: "The same as `lfz experiments list`" },
];
