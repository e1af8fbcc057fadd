/**
 * The `lfz` command: finds who knows a verb and hands it over.
 *
 * The bot's verbs run here; the trainer's run in a process of their own. What
 * is not needed to find that out is imported afterwards, so that help is quick.
 */

import { readPackageVersion } from "./core/package.ts";
import { helpOfAll, helpOfFamily } from "./help.ts";
import { VERBS } from "./verbs.ts";

export async function main(args: readonly string[]): Promise<void> {
  const [first, ...others] = args;
  if (first === undefined || first === "--help" || first === "-h") return print(helpOfAll());
  if (first === "--version" || first === "-v") return print(readPackageVersion());
  if (first === "help") return main([...others, "--help"]);
  const family = VERBS.filter(({ name }) => name.startsWith(`${first} `));
  const isVerb = VERBS.some(({ name }) => name === first || name === args.slice(0, 2).join(" "));
  if (!isVerb && family.length > 0 && isQuestion(others)) return print(helpOfFamily(first));
  await runVerb(args);
}

async function runVerb(args: readonly string[]): Promise<void> {
  const { findCommand, unknownCommand } = await import("./core/cli/run-command.ts");
  const { commands } = await import("./commands/index.ts");
  const verb = findCommand(VERBS, args)?.command;
  if (!verb) process.exitCode = unknownCommand(args, VERBS, process);
  else if (commands.some(({ name }) => name === verb.name)) {
    const { runProcess } = await import("./core/cli/process.ts");
    await runProcess(commands, args);
  } else {
    const { runTrainer } = await import("./trainer-process.ts");
    process.exitCode = await runTrainer(args);
  }
}

function isQuestion(words: readonly string[]): boolean {
  return words.length === 0 || words[0] === "--help" || words[0] === "-h";
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
