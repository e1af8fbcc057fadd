import { describe, expect, it } from "vitest";

import { readEnvironment, requireSafeHost, secretsOf } from "../../src/config.ts";
import { HintedError } from "../../src/core/errors.ts";

describe("the environment", () => {
  it("may be empty", () => {
    expect(readEnvironment({})).toEqual({ HOST: "127.0.0.1", LFZ_HOME: "./var" });
  });

  it("takes an empty variable for one that is not set", () => {
    expect(readEnvironment({ PORT: "", HOST: "" })).toEqual(readEnvironment({}));
  });

  it.each(["abc", "-1", "70000", "3000.5", "0x10"])("refuses PORT=%s by name and value", (PORT) => {
    expect(() => readEnvironment({ PORT })).toThrow(`PORT=${PORT}: a whole number`);
  });

  it("never shows a secret that does not fit", () => {
    const read = () => readEnvironment({ LFZ_API_KEY: "two words", PORT: "x" });

    expect(read).toThrow(/LFZ_API_KEY=\(hidden\).*PORT=x|PORT=x.*LFZ_API_KEY=\(hidden\)/);
    expect(read).toThrow(HintedError);
    expect(read).not.toThrow("two words");
  });

  it("knows which of its values are secret", () => {
    const environment = readEnvironment({ LFZ_API_KEY: "hush", PORT: "3000" });

    expect(secretsOf(environment)).toEqual(["hush"]);
  });
});

describe("a host", () => {
  it.each([
    ["127.0.0.1", undefined],
    ["localhost", undefined],
    ["::1", undefined],
    ["0.0.0.0", "key"],
  ])("%s with key %s is safe", (host, key) => {
    expect(() => requireSafeHost(host, key)).not.toThrow();
  });

  it.each(["0.0.0.0", "192.168.1.5", "::"])("%s without a key is not", (host) => {
    expect(() => requireSafeHost(host, undefined)).toThrow("lets other machines in");
  });
});
