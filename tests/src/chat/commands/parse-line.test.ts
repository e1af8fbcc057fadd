import { describe, expect, it } from "vitest";

import { commands } from "../../../../src/chat/commands/index.ts";
import { parseCommandLine } from "../../../../src/chat/commands/parse-line.ts";
import { HintedError } from "../../../../src/core/errors.ts";

const parse = (line: string) => {
  const { command, options } = parseCommandLine(line, commands);
  return [command.name, options];
};

describe("parseCommandLine", () => {
  it.each([
    ["help", "help", {}],
    ["  HELP  ", "help", {}],
    ["settings listen on", "settings", { name: "listen", value: "on" }],
    ["settings value=on name=listen", "settings", { name: "listen", value: "on" }],
    ['mute person="<@1 2>" 30', "mute", { person: "<@1 2>", minutes: "30" }],
    ["persona You are a  pirate.\nAhoy!", "persona", { text: "You are a  pirate.\nAhoy!" }],
    ["chat x=1 is an equation", "chat", { message: "x=1 is an equation" }],
    ["promote mine 20 force", "promote", { name: "mine", share: "20", force: "on" }],
    ["promote mine shadow", "promote", { name: "mine", shadow: "on" }],
    ["promote mine force=off", "promote", { name: "mine", force: "off" }],
    ["feedback bad it is not true", "feedback", { verdict: "bad", reason: "it is not true" }],
  ])("reads %j", (line, name, options) => {
    expect(parse(line)).toEqual([name, options]);
  });

  it("says what was meant, or where to look", () => {
    const hintOf = (line: string) => {
      try {
        parse(line);
      } catch (error) {
        if (error instanceof HintedError) return error.hint;
      }
      return undefined;
    };
    expect(hintOf("persnoa x")).toBe("Did you mean persona?");
    expect(hintOf("")).toContain("help");
    expect(hintOf("reset now please")).toBe("This command takes none.");
  });
});
