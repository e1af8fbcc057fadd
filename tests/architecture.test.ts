/** Keeps the arrows of STYLE.md true: trainer -> src/core <- rest of src, and one home for every SDK. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { importsOf } from "./support/imports.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Third-party packages that only one folder may know. */
const HOMES: readonly (readonly [package_: RegExp, home: string])[] = [
  [/^(onnxruntime-|koffi)/, "src/core/onnxruntime/"],
  [/^discord(\.js|-api-types)|^@discordjs\//, "src/platforms/discord/"],
  [/^@slack\//, "src/platforms/slack/"],
  [/^@tensorflow\//, "trainer/reference/"],
];

/** Why `file` must not import `specifier`; nothing if it may. Paths are relative to the repository, with slashes. */
function objectionTo(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) {
    const home = HOMES.find(([package_]) => package_.test(specifier))?.[1];
    return home && !file.startsWith(home) ? `${specifier} belongs to ${home}` : undefined;
  }
  const target = normalize(join(dirname(file), specifier))
    .split(sep)
    .join("/");
  if (file.startsWith("trainer/") && target.startsWith("src/") && !target.startsWith("src/core/")) {
    return "trainer/ knows nothing of src/ but src/core/";
  }
  if (file.startsWith("src/") && target.startsWith("trainer/")) {
    return "src/ starts the trainer only as a process";
  }
  if (
    file.startsWith("src/core/") &&
    target.startsWith("src/") &&
    !target.startsWith("src/core/")
  ) {
    return "src/core/ knows nothing of the rest of src/";
  }
  const [platform, other] = [platformOf(file), platformOf(target)];
  if (platform && other && platform !== other) return "platforms do not know each other";
  if (/^(tests|data|experiments)\//.test(target) && /^(src|trainer)\//.test(file)) {
    return "what ships does not import what does not run in it";
  }
  return undefined;
}

function platformOf(path: string): string | undefined {
  return /^src\/platforms\/([^/]+)\//.exec(path)?.[1];
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function sourcesUnder(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|js|mts|mjs)$/.test(path))
    .map((path) => ({
      path: `${folder}/${path.split(sep).join("/")}`,
      text: readFileSync(join(ROOT, folder, path), "utf8"),
    }));
}

function violationsIn(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    importsOf(text).flatMap((specifier) => {
      const objection = objectionTo(path, specifier);
      return objection ? [`${path} imports ${specifier}: ${objection}`] : [];
    }),
  );
}

describe("the architecture", () => {
  const sources = [...sourcesUnder("src"), ...sourcesUnder("trainer")];

  it("has no forbidden import", () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(violationsIn(sources)).toEqual([]);
  });

  it("has no way around the compiler", () => {
    // `any` itself is the linter's; these would silence it. A double cast says why on its line.
    const escape =
      /@ts-(ignore|nocheck|expect-error)|as unknown as(?![^\n]*\/\/)|oxlint-disable[^\n]*\bany\b/;
    expect(sources.filter(({ text }) => escape.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it.each([
    ["trainer/data/split.ts", 'import { log } from "../../src/log.ts";'],
    ["trainer/data/split.ts", 'import type {\n  Engine,\n} from "../../src/generate/types.ts";'],
    ["src/cli.ts", 'const { train } = await import("../trainer/commands/train.ts");'],
    ["src/core/files.ts", 'export * from "../log.ts";'],
    ["src/core/model/config.ts", 'export { a } from "../../chat/history.ts";'],
    ["src/platforms/web/server.ts", 'import { bold } from "../terminal/ansi.ts";'],
    ["src/chat/bot.ts", 'import { Client } from "discord.js";'],
    ["src/generate/decoder.ts", 'import "onnxruntime-node";'],
    ["trainer/train/step.ts", 'import koffi from "koffi";'],
    ["src/platforms/discord/bot.ts", 'import { App } from "@slack/bolt";'],
    ["trainer/model/transformer.ts", 'import * as tf from "@tensorflow/tfjs";'],
    ["src/chat/bot.ts", 'import { x } from "../../tests/support/run-lfz.ts";'],
  ])("catches a planted import in %s", (path, text) => {
    expect(violationsIn([{ path, text: `// a comment\n${text}\n` }])).toHaveLength(1);
  });

  it.each([
    ["trainer/data/split.ts", 'import { Random } from "../../src/core/random.ts";'],
    ["src/chat/bot.ts", 'import { readLines } from "../core/files.ts";'],
    ["src/core/onnxruntime/native.ts", 'import koffi from "koffi";'],
    ["src/platforms/web/server.ts", 'import { page } from "./page.ts";'],
    ["src/chat/bot.ts", '// import { Client } from "discord.js";'],
    ["src/chat/bot.ts", '/* import "koffi" */ const text = "https://example.com"; // koffi'],
  ])("lets %s import what it may", (path, text) => {
    expect(violationsIn([{ path, text }])).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  const map = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
  const shipped = ["src", "trainer"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }),
  );
  const files = shipped.filter((entry) => entry.isFile());

  it("has a word on every folder that ships", () => {
    const folders = new Set(files.map(({ parentPath }) => basename(parentPath)));
    expect([...folders].filter((name) => !map.includes(`${name}/`))).toEqual([]);
  });

  it("names no file that is gone", () => {
    const names = new Set(files.map(({ name }) => name));
    const named = map.match(/(?<![\w./-])[a-z-]+\.(ts|js)\b/g) ?? [];
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });
});
