import { describe, expect, it } from "vitest";

import { readEnvironment, requireSafeHost, secretsOf } from "../../src/config.ts";
import { HintedError } from "../../src/core/errors.ts";

describe("the environment", () => {
  it("may be empty", () => {
    expect(readEnvironment({})).toEqual({
      HOST: "127.0.0.1",
      LFZ_HOME: "./var",
      LFZ_ORIGINAL_DATA: [],
      LFZ_RETENTION_DAYS: 180,
      LFZ_ADMINS: [],
      LFZ_TWO_ADMINS: false,
    });
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

describe("the admins", () => {
  it("are a list of who they are, where", () => {
    expect(readEnvironment({ LFZ_ADMINS: "discord:112233, slack:U012AB3CD," }).LFZ_ADMINS).toEqual([
      { platform: "discord", id: "112233" },
      { platform: "slack", id: "U012AB3CD" },
    ]);
  });

  it.each(["112233", "dicord:112233", "slack:", "discord:@someone"])("are not %s", (admins) => {
    expect(() => readEnvironment({ LFZ_ADMINS: admins })).toThrow(
      `LFZ_ADMINS=${admins}: a list like discord:1122334455,slack:U012AB3CD`,
    );
  });
});

describe("the tokens of chat services", () => {
  const socket = { SLACK_BOT_TOKEN: "xoxb-1-abc", SLACK_APP_TOKEN: "xapp-1-abc" };
  const http = {
    SLACK_BOT_TOKEN: "xoxb-1-abc",
    SLACK_SIGNING_SECRET: "5ecret",
    SLACK_PORT: "3100",
  };
  const installable = {
    SLACK_SIGNING_SECRET: "5ecret",
    SLACK_CLIENT_ID: "1.2",
    SLACK_CLIENT_SECRET: "c",
    SLACK_STATE_SECRET: "s",
    SLACK_STORE_KEY: "0af9".repeat(16),
  };

  it.each([
    { DISCORD_TOKEN: "t", DISCORD_SHARDS: "auto", DISCORD_API_URL: "http://127.0.0.1:1/api" },
    { DISCORD_TOKEN: "t", DISCORD_SHARDS: "2" },
    socket,
    http,
    { ...http, ...socket },
    installable,
  ])("fit together: %j", (env) => {
    expect(readEnvironment(env)).toMatchObject({
      ...env,
      ...("DISCORD_SHARDS" in env && env.DISCORD_SHARDS === "2" && { DISCORD_SHARDS: 2 }),
      ...("SLACK_PORT" in env && { SLACK_PORT: 3100 }),
    });
  });

  it.each([
    [{ SLACK_BOT_TOKEN: "xapp-1" }, "SLACK_BOT_TOKEN=(hidden): it begins with xoxb-"],
    [{ SLACK_APP_TOKEN: "xoxb-1" }, "SLACK_APP_TOKEN=(hidden): it begins with xapp-"],
    [{ DISCORD_TOKEN: "Bot abc" }, "DISCORD_TOKEN=(hidden): letters, digits and signs, no spaces"],
    [{ DISCORD_TOKEN: '"abc"' }, "DISCORD_TOKEN=(hidden): it holds a quotation mark"],
    [{ DISCORD_SHARDS: "0" }, "DISCORD_SHARDS=0: auto, or a number from 1 on"],
    [{ DISCORD_API_URL: "discord" }, "DISCORD_API_URL=discord: an address that begins with http"],
    [{ SLACK_STORE_KEY: "short" }, "SLACK_STORE_KEY=(hidden): 64 hexadecimal digits"],
    [{ SLACK_PORT: "http" }, "SLACK_PORT=http: a whole number"],
    [{ SLACK_BOT_TOKEN: "xoxb-1" }, "SLACK_BOT_TOKEN without SLACK_APP_TOKEN (Socket Mode) or"],
    [{ SLACK_APP_TOKEN: "xapp-1" }, "SLACK_APP_TOKEN without SLACK_BOT_TOKEN"],
    [{ SLACK_SIGNING_SECRET: "5" }, "SLACK_SIGNING_SECRET without SLACK_BOT_TOKEN"],
    [{ ...installable, SLACK_STORE_KEY: "" }, "SLACK_STATE_SECRET without SLACK_STORE_KEY"],
    [{ ...installable, SLACK_SIGNING_SECRET: "" }, "SLACK_STORE_KEY without SLACK_APP_TOKEN"],
    [{ ...installable, SLACK_BOT_TOKEN: "xoxb-1" }, "SLACK_CLIENT_ID for several"],
  ])("do not: %j", (env, words) => {
    expect(() => readEnvironment(env)).toThrow(words);
    expect(() => readEnvironment(env)).toThrow(HintedError);
  });

  it("are never shown", () => {
    const tokens = {
      DISCORD_TOKEN: "hush 1",
      SLACK_BOT_TOKEN: "hush-2",
      SLACK_STORE_KEY: "'hush3",
    };

    expect(() => readEnvironment(tokens)).not.toThrow("hush");
    expect(() => readEnvironment(tokens)).toThrow("(hidden)");
  });

  it("are secrets of the log", () => {
    expect(secretsOf(readEnvironment({ ...socket, DISCORD_TOKEN: "d.t" }))).toEqual(
      expect.arrayContaining(["xoxb-1-abc", "xapp-1-abc", "d.t"]),
    );
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
