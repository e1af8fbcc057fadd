/** Paths as a shell takes them, for commands that people copy. */

export function shellWords(paths: readonly string[]): string {
  return paths
    .map((path) =>
      /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(" ");
}
