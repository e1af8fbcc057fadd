import { readFile } from "node:fs/promises";

import { afterAll, afterEach, describe, expect, it } from "vitest";

import { gate, type Script } from "../../../support/scripted-engine.ts";
import {
  closeBrowser,
  complaints,
  contrastBelow,
  hasBrowser,
  leave,
  partsOf,
  visit,
  visitBot,
} from "../../../support/visit.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

afterEach(leave);
afterEach(closeServers);
afterAll(closeBrowser);

async function composing(script: Script = {}) {
  const opened = await visitBot(script);
  const { page, box } = opened;
  const offers = page.getByRole("option");
  return {
    ...opened,
    offers,
    active: page.locator("[role=option][aria-selected=true]"),
    notices: page.locator(".answer"),
    type: async (text: string) => {
      await box.fill("");
      await box.pressSequentially(text);
    },
  };
}

describe.skipIf(!hasBrowser)("a command on the page", () => {
  it("is found by its first letters, chosen with the arrows, and given", async () => {
    const { page, box, offers, active, type, notices, engine } = await composing();

    await type("/");
    await offers.first().waitFor();
    expect(await offers.count()).toBeGreaterThan(10);
    await type("/st");
    await expect.poll(() => offers.allInnerTexts()).toHaveLength(2);
    expect(await active.innerText()).toContain("/stats");
    await page.keyboard.press("ArrowDown");
    expect(await active.innerText()).toContain("/stop-all");
    expect(await box.getAttribute("aria-activedescendant")).toBe("command-option-1");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");

    await notices.getByText("replies").first().waitFor();
    expect(await notices.locator(".notice-line").innerText()).toBe("/stats");
    expect(await box.inputValue()).toBe("");
    expect(engine.requests).toEqual([]);
    expect(complaints()).toEqual([]);
  });

  it("is given from the list while a reply is written, which goes on", async () => {
    const rest = gate<string>();
    const { page, box, replies, offers, type, notices } = await composing({
      reply: () => ["Once upon", rest.opened],
    });
    await box.fill("Tell me a story");
    await box.press("Enter");
    await replies.getByText("Once upon").waitFor();

    await type("/stat");
    await offers.getByText("/stats").waitFor();
    await page.keyboard.press("Enter");
    await notices.getByText("replies").first().waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await notices.count()).toBe(0);
    rest.open(" a time.");

    await replies.getByText("Once upon a time.").waitFor();
    expect(await box.inputValue()).toBe("");
  });

  it("shows what it takes, and the few values there are", async () => {
    const { page, box, offers, active, type, notices, settings } = await composing();

    await type("/sett");
    await offers.first().waitFor();
    await page.keyboard.press("Tab");
    expect(await box.inputValue()).toBe("/settings ");
    await page.getByText("/settings [NAME] [VALUE]").waitFor();
    await box.pressSequentially("nam");
    await expect.poll(() => offers.allInnerTexts()).toEqual(["names"]);
    expect(await active.count()).toBe(0);
    await page.keyboard.press("Tab");
    await box.pressSequentially(" on");
    await page.keyboard.press("Enter");

    await notices.getByText("names is on").waitFor();
    expect(settings.value.communities["web:web"]?.names).toBe(true);
  });

  it("is left alone after Esc, which stops nothing else", async () => {
    const { page, box, offers, type } = await composing();

    await type("/he");
    await offers.first().waitFor();
    await page.keyboard.press("Escape");

    expect(await offers.count()).toBe(0);
    expect(await box.inputValue()).toBe("/he");
    await box.pressSequentially("l");
    expect(await offers.count()).toBe(0);
  });

  it("has an answer that stays over a reload, is never sent to the model, and can go", async () => {
    const { page, box, talk, notices, engine } = await composing();
    await talk("Hello");
    await box.fill("/model");
    await box.press("Enter");
    await notices.first().waitFor();

    await page.reload();
    await notices.getByText("starter").first().waitFor();
    expect(await page.getByRole("button", { name: "Retry" }).count()).toBe(1);
    await talk("And?");
    expect(engine.requests[1]?.messages.map(({ content }) => content)).toEqual([
      "Hello",
      "Hello there.",
      "And?",
    ]);
    await page.getByRole("button", { name: "Dismiss" }).click();

    expect(await notices.count()).toBe(0);
  });

  it("offers its file for download", async () => {
    const { page, box } = await composing();
    await box.fill("/my-data");
    await box.press("Enter");

    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download my-data.json" }).click();
    const download = await downloading;

    expect(download.suggestedFilename()).toBe("my-data.json");
    expect(JSON.parse(await readFile(await download.path(), "utf8"))).toHaveProperty("pseudonym");
  });

  it("is refused in words", async () => {
    const { box, notices } = await composing();

    await box.fill("/hepl");
    await box.press("Enter");
    await notices.getByText("Did you mean help?").waitFor();

    expect(await notices.getAttribute("class")).toContain("failed");
  });

  it("says something to the bot, or begins anew, where that is what it is for", async () => {
    const { page, box, messages, replies, talk, notices } = await composing();

    await box.fill("/chat How are you?");
    await box.press("Enter");
    await replies.getByText("Hello there.").waitFor();
    expect(await messages.first().innerText()).toContain("How are you?");
    await talk("And?");
    await box.fill("/reset");
    await box.press("Enter");

    await page.getByText("What shall we talk about?").waitFor();
    expect(await messages.count()).toBe(0);
    expect(await notices.count()).toBe(0);
    expect(await page.locator("#announcer").innerText()).toContain("A new conversation");
  });

  it("asks for the key where there is one, and goes on", async () => {
    const { url } = await serve({ apiKey: "right" });
    const page = await visit(url);
    await partsOf(page).box.fill("/help");
    await partsOf(page).box.press("Enter");

    await page.getByRole("dialog").getByLabel("Key").fill("right");
    await page.keyboard.press("Enter");

    const answer = page.locator(".answer:not(.failed)");
    await answer.getByText("rate a reply").waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("can be read in light and dark", async () => {
    const { page, box, offers, type, notices } = await composing();
    await box.fill("/help");
    await box.press("Enter");
    await notices.first().waitFor();
    await box.fill("/nonsense");
    await box.press("Enter");
    await page.locator(".answer.failed").waitFor();
    await type("/");
    await offers.first().waitFor();

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await contrastBelow(4.5, page)).toEqual([]);
    }
  });
});
