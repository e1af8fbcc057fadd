// Lets this thread or process import the project's TypeScript files: in a
// checkout through tsx; in a build there are none and nothing happens.
//
// Plain JavaScript, because it runs before TypeScript can. The tsconfig.json
// of whatever folder the command runs in must not redirect our imports.
import { existsSync } from "node:fs";

if (existsSync(new URL("./entry.ts", import.meta.url))) {
  const { register } = await import("tsx/esm/api");
  register({ tsconfig: false });
}
