/** Words as a shell takes them, for commands that people copy. */

export function shellWords(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[\w./@%+:,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(" ");
}

export interface Teaching {
  readonly data: readonly string[];
  readonly licence?: string;
  readonly consent?: string;
}

/** Goes on from a model that is there, with what was said of the data. */
export function finetuneLine(folder: string, { data, licence, consent }: Teaching): string {
  const words = ["lfz", "finetune", "--from", folder, "--data", ...data, "--loss", "all"];
  if (licence !== undefined) words.push("--licence", licence);
  if (consent !== undefined) words.push("--consent", consent);
  return shellWords(words);
}
