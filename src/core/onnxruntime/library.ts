/**
 * Where onnxruntime-node keeps ONNX Runtime's shared library.
 *
 * The package carries one folder a platform: bin/napi-v6/<platform>/<arch>/.
 */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const LIBRARY_NAMES: Readonly<Record<string, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
};

export interface Machine {
  readonly platform: string;
  readonly arch: string;
}

/** The library's path inside the package, for example `bin/napi-v6/linux/x64/libonnxruntime.so.1`. */
export function libraryPathInPackage({ platform, arch }: Machine): string {
  const name = LIBRARY_NAMES[platform];
  if (!name || !["x64", "arm64"].includes(arch)) {
    throw new Error(`ONNX Runtime has no library for ${platform} on ${arch}`);
  }
  return join("bin", "napi-v6", platform, arch, name);
}

/** @throws Error if the installed package holds no library for this machine. */
export function findLibrary(machine: Machine = process): string {
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const path = join(dirname(manifest), libraryPathInPackage(machine));
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  return path;
}

/** Whether the libraries of CUDA, which the package leaves to its install script, lie beside ours. */
export function holdsCuda(machine: Machine = process): boolean {
  return existsSync(join(dirname(findLibrary(machine)), "libonnxruntime_providers_cuda.so"));
}
