/** Finds what a source file imports, without a compiler: good enough for files that a formatter wrote. */

/** The specifiers of `import`, `export ... from`, `import()` and `require()` in order of appearance. */
export function importsOf(source: string): string[] {
  const pattern =
    /(?:^|[\s;}])(?:import|export)\b[^"'`;]*?\bfrom\s*["'](?<from>[^"']+)["']|(?:^|[\s;}])import\s*["'](?<bare>[^"']+)["']|\b(?:import|require|importOriginal)\s*\(\s*["'`](?<dynamic>[^"'`]+)["'`]/g;
  return [...withoutComments(source).matchAll(pattern)].map(
    ({ groups }) => groups?.["from"] ?? groups?.["bare"] ?? groups?.["dynamic"] ?? "",
  );
}

/** Comments become nothing; texts stay, also those that look like comments. */
function withoutComments(source: string): string {
  const pattern =
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[^])*`)|\/\*[^]*?\*\/|\/\/[^\n]*/g;
  return source.replace(pattern, (_, text: string | undefined) => text ?? "");
}
