import { afterAll, afterEach, describe, expect, it } from "vitest";

import {
  closeBrowser,
  complaints,
  contrastBelow,
  hasBrowser,
  leave,
  partsOf,
  visitBot,
} from "../../../support/visit.ts";
import type { Script } from "../../../support/scripted-engine.ts";
import { closeServers } from "../../../support/web-server.ts";

afterEach(leave);
afterEach(closeServers);
afterAll(closeBrowser);

/** The page after one reply. */
async function answered(script?: Script, options?: Parameters<typeof visitBot>[1]) {
  const opened = await visitBot(script, options);
  await opened.talk("Hello");
  const { page } = opened;
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  return {
    ...opened,
    button,
    good: button("Good reply"),
    bad: button("Bad reply"),
    teach: button("Teach a better answer"),
    editor: page.getByRole("textbox", { name: "A better answer" }),
    said: page.locator(".said"),
    isPressed: (name: string) => button(name).getAttribute("aria-pressed"),
  };
}

describe.skipIf(!hasBrowser)("a reply on the page", () => {
  it("is rated, rated otherwise, and no longer rated, with the keyboard", async () => {
    const { good, bad, said, isPressed, feedback, page } = await answered();

    await good.press("Enter");
    await said.getByText("Thank you, noted").waitFor();
    expect([await isPressed("Good reply"), await isPressed("Bad reply")]).toEqual([
      "true",
      "false",
    ]);
    expect(await page.locator("#announcer").innerText()).toContain("Thank you, noted");
    await bad.press("Space");
    await said.getByText("teaches me a better answer").waitFor();
    await bad.press("Space");
    await said.getByText("Taken back.").waitFor();

    expect([await isPressed("Good reply"), await isPressed("Bad reply")]).toEqual([
      "false",
      "false",
    ]);
    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "good" },
      { kind: "rating", verdict: "bad" },
      { kind: "retraction" },
    ]);
    expect(complaints()).toEqual([]);
  });

  it("takes a reason once it is bad: one of a few, or the person's own", async () => {
    const { page, bad, button, said, isPressed, feedback } = await answered();
    const group = page.getByRole("group", { name: "What was bad about it?" });

    expect(await group.count()).toBe(0);
    await bad.click();
    await button("Unclear").click();
    await said.getByText("that helps").waitFor();
    expect(await isPressed("Unclear")).toBe("true");
    const own = group.getByRole("textbox");
    await own.fill("  It greets a stranger. ");
    await own.press("Enter");
    await expect.poll(() => feedback.lines.length).toBe(3);

    expect(feedback.lines).toMatchObject([
      { kind: "rating", verdict: "bad" },
      { kind: "reason", text: "Unclear" },
      { kind: "reason", text: "It greets a stranger." },
    ]);
    await expect.poll(() => isPressed("Unclear")).toBe("false");
  });

  it("is taught better, beginning with what it said", async () => {
    const { page, teach, editor, button, said, feedback } = await answered();

    await teach.click();
    expect(await editor.inputValue()).toBe("Hello there.");
    expect(await button("Save").isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await editor.count()).toBe(0);
    await teach.click();
    await editor.fill("Hello, friend.");
    await button("Save").click();
    await said.getByText("the better answer").waitFor();

    expect(await page.locator(".better").innerText()).toContain("Hello, friend.");
    expect(feedback.lines).toMatchObject([{ kind: "correction", text: "Hello, friend." }]);
    await teach.click();
    expect(await editor.inputValue()).toBe("Hello, friend.");
  });

  it("leaves a better answer alone until it is written, whatever is said meanwhile", async () => {
    const { page, teach, editor, button, said, talk, box, messages, server, feedback } =
      await answered();
    const other = await page.context().newPage();
    await other.goto(server.url);
    await teach.click();
    await editor.fill("Hello, fri");

    await partsOf(other).box.fill("Two");
    await partsOf(other).box.press("Enter");
    await expect.poll(() => page.locator(".facts").count()).toBe(2);
    await page.keyboard.press("End");
    await page.keyboard.type("end.");
    expect(await editor.inputValue()).toBe("Hello, friend.");
    await talk("Three");
    expect(await editor.inputValue()).toBe("Hello, friend.");
    expect(await messages.locator(".bubble").allInnerTexts()).toEqual(["Hello", "Two", "Three"]);
    await partsOf(other).newChat.click();
    await expect.poll(() => messages.count()).toBe(1);
    await button("Save").click();
    await said.getByText("the better answer").waitFor();

    expect(feedback.lines).toMatchObject([{ kind: "correction", text: "Hello, friend." }]);
    await box.fill("Four");
    await box.press("Enter");
    await expect.poll(() => messages.locator(".bubble").allInnerTexts()).toEqual(["Four"]);
  });

  it("leaves a reason that is half typed alone, too", async () => {
    const { page, bad, server } = await answered();
    const other = await page.context().newPage();
    await other.goto(server.url);
    await bad.click();
    const own = page.getByRole("group", { name: "What was bad" }).getByRole("textbox");
    await own.fill("It greets");
    await other.getByRole("group", { name: "What was bad" }).waitFor();

    await partsOf(other).box.fill("Two");
    await partsOf(other).box.press("Enter");
    await expect.poll(() => page.locator(".facts").count()).toBe(2);

    expect(await own.inputValue()).toBe("It greets");
  });

  it("shows after a reload what was said of it", async () => {
    const { page, bad, button, teach, editor, said, isPressed, feedback } = await answered();
    await bad.click();
    await button("Too long").click();
    await said.getByText("that helps").waitFor();
    await teach.click();
    await editor.fill("Hi.");
    await page.keyboard.press("Control+Enter");
    await said.getByText("the better answer").waitFor();

    await page.reload();

    await page.locator(".better").getByText("Hi.").waitFor();
    expect([await isPressed("Bad reply"), await isPressed("Too long")]).toEqual(["true", "true"]);
    await bad.click();
    await said.getByText("Taken back.").waitFor();
    expect(feedback.lines.at(-1)).toMatchObject({ kind: "retraction" });
  });

  it("says so when the bot no longer knows it", async () => {
    const { give, good, said, isPressed } = await answered();
    await give("forget-me yes");

    await good.click();

    await said.getByText("too old for me to remember").waitFor();
    expect(await isPressed("Good reply")).toBe("false");
  });

  it("cannot be rated where it was stopped or said nothing", async () => {
    const { good, page, replies } = await visitBotSilent();

    await replies.getByText("had nothing to say").waitFor();

    expect(await good.count()).toBe(0);
    expect(await page.getByText("May I learn").count()).toBe(0);
  });

  it("asks once whether it may be learnt from, and keeps words after a yes", async () => {
    const { page, button, talk, contexts } = await answered();

    await page.getByText("May I learn from what you say here?").waitFor();
    await button("Opt in").click();
    await page.getByText("Thank you. I may learn").waitFor();
    await talk("And now?");

    expect(await page.getByText("May I learn").count()).toBe(0);
    expect(contexts.lines).toHaveLength(1);
    expect(contexts.lines[0]?.turns.at(-1)?.content).toBe("And now?");
  });

  it("takes a no, and tells what is kept", async () => {
    const { page, button, talk, contexts } = await answered();

    await button("What is kept?").click();
    await page.locator(".answer").getByText("What I keep of everybody").waitFor();
    await button("Not now").click();
    await page.reload();
    await talk("And now?");

    expect(await page.getByText("May I learn").count()).toBe(0);
    expect(contexts.lines).toEqual([]);
  });

  it("can be read in light and dark", async () => {
    const { page, bad, button, said, teach } = await answered();
    await bad.click();
    await button("Wrong").click();
    await said.getByText("that helps").waitFor();
    await teach.click();

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await contrastBelow(4.5, page)).toEqual([]);
    }
  });

  it("is rated on a small screen, too", async () => {
    const { page, bad, said, teach, editor } = await answered(
      {},
      { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true },
    );

    await bad.tap();
    await said.getByText("teaches me a better answer").waitFor();
    await teach.tap();
    await editor.waitFor();

    expect(
      await page.evaluate(`(() => {
        const main = document.querySelector("main");
        return main.scrollWidth - main.clientWidth;
      })()`),
    ).toBe(0);
  });
});

async function visitBotSilent() {
  const opened = await visitBot({ reply: () => [], finishReason: "silence" });
  await opened.box.fill("Hello");
  await opened.box.press("Enter");
  return { ...opened, good: opened.page.getByRole("button", { name: "Good reply" }) };
}
