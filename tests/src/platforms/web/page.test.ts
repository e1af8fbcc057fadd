import { afterAll, afterEach, describe, expect, it } from "vitest";

import { engineSourceOf } from "../../../../src/platforms/web/engine-source.ts";
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
import { gate, scriptedEngine } from "../../../support/scripted-engine.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

afterEach(leave);
afterEach(closeServers);
afterAll(closeBrowser);

describe.skipIf(!hasBrowser)("the page", () => {
  it("shows a reply as it is written, and how fast it came", async () => {
    const rest = gate<string>();
    const { page, box, replies } = await visitBot({ reply: () => ["Good ", rest.opened] });

    await box.fill("Hello");
    await box.press("Enter");
    await replies.getByText("Good").waitFor();
    expect(await page.getByText("tokens/s").count()).toBe(0);
    rest.open("morning!");
    await page.getByText("1,061 tokens/s · first word after 12 ms").waitFor();

    expect(await replies.locator(".reply").innerText()).toBe("Good morning!");
    expect(await page.locator("#announcer").innerText()).toBe("Good morning!");
    expect(await page.locator("#model summary").innerText()).toContain("starter");
    expect(await page.locator("#model summary").innerText()).toContain("5.8M parameters");
    expect(complaints()).toEqual([]);
  });

  it("starts from a suggestion", async () => {
    const { page, messages, engine } = await visitBot();

    await page.getByRole("button", { name: "Tell me a joke." }).click();
    await page.getByText("Hello there.").first().waitFor();

    expect(await messages.count()).toBe(2);
    expect(engine.requests[0]?.messages).toEqual([{ role: "user", content: "Tell me a joke." }]);
    expect(await page.getByText("What shall we talk about?").isVisible()).toBe(false);
  });

  it("stops in the middle, keeps what was said and tells the engine", async () => {
    const never = gate<string>();
    const { page, box, stop, send, engine, replies } = await visitBot({
      reply: () => ["Once upon", never.opened],
    });
    const ended = engine.nextEnd();

    await box.fill("Tell me a story");
    await send.click();
    await replies.getByText("Once upon").waitFor();
    await stop.click();

    expect(await ended).toBe("abort");
    await page.getByText("stopped", { exact: true }).waitFor();
    expect(await replies.locator(".reply").innerText()).toBe("Once upon");
    expect(complaints()).toEqual([]);
  });

  it("works without a mouse", async () => {
    const never = gate<string>();
    let answers = 0;
    const { page, engine, replies, messages } = await visitBot({
      reply: () => (answers++ === 0 ? ["First", never.opened] : ["Second"]),
    });
    const ended = engine.nextEnd();

    await page.locator("#message:focus").waitFor();
    await page.keyboard.type("One");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("Two");
    await page.keyboard.press("Enter");
    await replies.getByText("First").waitFor();
    await page.keyboard.press("Escape");
    expect(await ended).toBe("abort");
    expect(engine.requests[0]?.messages[0]?.content).toBe("One\nTwo");

    const retry = page.getByRole("button", { name: "Retry" });
    await retry.focus();
    await page.keyboard.press("Enter");
    await replies.getByText("Second").waitFor();
    expect(await messages.count()).toBe(2);
    expect(engine.requests[1]?.messages).toHaveLength(1);

    await page.keyboard.press("Shift+Tab"); // from the box, where a retry leaves the focus
    await expect
      .poll(() => page.locator(":focus").innerText())
      .toMatch(/What is kept|Newest message/);
  });

  it("reaches the message box first through the skip link", async () => {
    // Where fingers type, the box is not focused by itself: the keyboard would jump up.
    const { page } = await visitBot({}, { isMobile: true, hasTouch: true });
    await page.locator("#model summary", { hasText: "starter" }).waitFor();

    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").innerText()).toBe("Skip to the message box");
    await page.keyboard.press("Enter");

    await page.locator("#message:focus").waitFor();
  });

  it("keeps the conversation over a reload, and sends all of it on", async () => {
    const { page, box, replies, messages, engine } = await visitBot();
    await box.fill("Hello");
    await box.press("Enter");
    await page.getByText("tokens/s").waitFor();

    await page.reload();
    expect(await messages.count()).toBe(2);
    await page.getByText("tokens/s").waitFor();
    await box.fill("And?");
    await box.press("Enter");
    await expect.poll(() => replies.getByText("tokens/s").count()).toBe(2);

    expect(engine.requests[1]?.messages.map(({ content }) => content)).toEqual([
      "Hello",
      "Hello there.",
      "And?",
    ]);
  });

  it("keeps what was written when it is left in the middle of a reply", async () => {
    const never = gate<string>();
    const { page, box, replies } = await visitBot({ reply: () => ["Half", never.opened] });
    await box.fill("Hello");
    await box.press("Enter");
    await replies.getByText("Half").waitFor();

    await page.reload();

    expect(await replies.locator(".reply").innerText()).toBe("Half");
    await page.getByText("stopped", { exact: true }).waitFor();
  });

  it("leaves to another tab what was said there", async () => {
    const { page, talk, server } = await visitBot();
    const idle = await page.context().newPage();
    await idle.goto(server.url);
    await talk("Hello");

    await idle.reload();

    expect(await partsOf(idle).messages.count()).toBe(2);
  });

  it("goes on with what was said in another tab", async () => {
    const { page, talk, messages, engine, server } = await visitBot();
    const other = await page.context().newPage();
    await other.goto(server.url);
    await talk("Hello");

    await other.getByText("tokens/s").waitFor();
    await partsOf(other).box.fill("And?");
    await partsOf(other).box.press("Enter");

    await expect.poll(() => messages.count()).toBe(4);
    expect(engine.requests[1]?.messages).toHaveLength(3);
  });

  it("loses nothing of what two tabs say at once", async () => {
    const rest = gate<string>();
    let answers = 0;
    const { page, box, messages, replies, server } = await visitBot({
      reply: () => (answers++ === 0 ? ["Long ", rest.opened] : ["Short."]),
    });
    const other = await page.context().newPage();
    await other.goto(server.url);
    await box.fill("One");
    await box.press("Enter");
    await replies.getByText("Long").waitFor();
    await partsOf(other).messages.getByText("One").waitFor();

    await partsOf(other).box.fill("Two");
    await partsOf(other).box.press("Enter");
    await messages.getByText("Two").waitFor();
    await other.getByText("tokens/s").waitFor();
    rest.open("story.");
    await replies.getByText("Long story.").waitFor();

    const said = ["One", "Long story.", "Two", "Short."];
    const words = page.locator(".bubble, .message .reply");
    await expect.poll(() => words.allInnerTexts()).toEqual(said);
    await other.getByText("Long story.").waitFor();
    await other.reload();
    expect(await other.locator(".bubble, .message .reply").allInnerTexts()).toEqual(said);
    expect(complaints()).toEqual([]);
  });

  it("starts over with another tab, which keeps what it was writing one step away", async () => {
    const never = gate<string>();
    const { page, box, messages, replies, send, server } = await visitBot({
      reply: () => ["Half", never.opened],
    });
    await box.fill("Hello");
    await box.press("Enter");
    await replies.getByText("Half").waitFor();
    const other = await page.context().newPage();
    await other.goto(server.url);

    await partsOf(other).newChat.click();
    await send.waitFor();
    expect(await messages.count()).toBe(0);
    await other.getByRole("button", { name: "Back to the last chat" }).click();

    await replies.getByText("Half").waitFor();
    expect(await partsOf(other).replies.locator(".reply").innerText()).toBe("Half");
  });

  it("starts over, and can go back", async () => {
    const { page, box, newChat, messages } = await visitBot();
    await box.fill("Hello");
    await box.press("Enter");
    await page.getByText("tokens/s").waitFor();

    await newChat.click();
    expect(await messages.count()).toBe(0);
    await page.getByText("What shall we talk about?").waitFor();
    await page.getByRole("button", { name: "Back to the last chat" }).click();

    expect(await messages.count()).toBe(2);
  });

  it("never takes words for markup, and knows code", async () => {
    const evil = '<img src=x onerror="document.title=1">';
    const { page, box, replies, messages } = await visitBot({
      reply: () => [`${evil} and \`${evil}\`\n\n`, "```html\n", `${evil}\n`, "```\nDone."],
    });
    await box.fill(evil);
    await box.press("Enter");
    await page.getByText("tokens/s").waitFor();

    expect(await page.locator("#messages img").count()).toBe(0);
    expect(await messages.first().innerText()).toContain(evil);
    expect(await replies.locator(".reply p > code").innerText()).toBe(evil);
    expect(await replies.locator("pre").innerText()).toBe(evil);
    expect(await replies.locator(".reply > p").last().innerText()).toBe("Done.");
    expect(complaints()).toEqual([]);
  });

  it("sends of a message larger than the server takes its end, and goes on", async () => {
    const { talk, engine } = await visitBot();
    const long = "\u0001".repeat(170_000); // six bytes each as JSON

    await talk(`${long} What is this?`);
    await talk("And?");

    expect(engine.requests[0]?.messages[0]?.content).toMatch(/^\u0001+ What is this\?$/);
    expect(engine.requests[1]?.messages.at(-1)?.content).toBe("And?");
  });

  it("says so when the model no longer sees the beginning", async () => {
    const { page, box } = await visitBot({ droppedTurns: 3 });
    await box.fill("Hello");
    await box.press("Enter");

    const note = page.locator(".note");
    await note.waitFor();
    expect(await note.innerText()).toContain("it no longer sees its 3 oldest exchanges");
  });

  it("counts what was too long ago to be sent, too", async () => {
    const { page, talk } = await visitBot({ droppedTurns: 3 });
    const [user, assistant] = [`{role:"user",content:"a"}`, `{role:"assistant",content:"b"}`];
    await page.evaluate(
      `localStorage.setItem("lfz.conversation",
        JSON.stringify(Array(60).fill([${user},${assistant}]).flat()))`,
    );
    await page.reload();

    await talk("Hello"); // goes with 99 messages of 120: half an exchange and 49 whole ones

    expect(await page.locator(".note").innerText()).toContain("its 13 oldest exchanges");
  });

  it("says so when the model read only the end of a message", async () => {
    const { page, talk } = await visitBot({ droppedTurns: 1, cut: true });

    await talk("A long story");

    expect(await page.locator(".note").allInnerTexts()).toEqual([
      "Your message was longer than the model can read: it read its end.",
    ]);
  });

  it("says what is wrong when the server is gone, and how to go on", async () => {
    const { page, box, server } = await visitBot();
    await page.locator("#model-size", { hasText: "parameters" }).waitFor();
    await server.close();

    await box.fill("Hello");
    await box.press("Enter");

    await page.getByText("The server did not answer.").first().waitFor();
    await page.getByText("Start it with “npm start”").waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).isVisible()).toBe(true);
    expect(await page.locator("#model summary").innerText()).toContain("Not connected");
  });

  it("lets a message wait for a model that is still loading", async () => {
    const loading = gate<ReturnType<typeof scriptedEngine>>();
    const { url } = await serve({ source: engineSourceOf(loading.opened) });
    const page = await visit(url);
    const { box } = partsOf(page);

    await page.getByText("Loading the model…").first().waitFor();
    await box.fill("Hello");
    await box.press("Enter");
    await page.getByText("The model is still loading").waitFor();
    loading.open(scriptedEngine());

    await page.getByText("Hello there.").first().waitFor();
    await page.locator("#model-size", { hasText: "5.8M parameters" }).waitFor();
    expect(complaints()).toEqual([]);
  });

  it("asks for the key where the server wants one", async () => {
    const { url } = await serve({ apiKey: "right" });
    const page = await visit(url);
    const { box } = partsOf(page);

    await box.fill("Hello");
    await box.press("Enter");
    await page.getByRole("dialog").getByLabel("Key").fill("right");
    await page.keyboard.press("Enter");
    await page.getByText("tokens/s").waitFor();

    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("takes a key that was pasted with what nobody sees", async () => {
    const { url } = await serve({ apiKey: "right" });
    const page = await visit(url);
    const { box } = partsOf(page);

    await box.fill("Hello");
    await box.press("Enter");
    await page.getByRole("dialog").getByLabel("Key").fill("\u200bright ");
    await page.keyboard.press("Enter");
    await page.getByText("tokens/s").waitFor();

    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it.each([320, 360])("fits a screen %d pixels wide", async (width) => {
    const long = "w".repeat(200);
    const { page, box, messages } = await visitBot(
      { reply: () => [`${long}\n\n\`\`\`\n${long}\n\`\`\``], model: { name: "m".repeat(60) } },
      { viewport: { width, height: 640 }, isMobile: true, hasTouch: true },
    );
    await box.fill(long);
    await box.press("Enter");
    await page.getByText("tokens/s").waitFor();
    await page.locator("#model summary").click();

    const widths = await page.evaluate(
      `[document.documentElement, document.body, document.querySelector("main")]
        .map((element) => element.scrollWidth - element.clientWidth)`,
    );
    expect(widths).toEqual([0, 0, 0]);
    for (const box of [messages.last(), page.locator("#new-chat"), page.locator("#model-facts")]) {
      const place = await box.boundingBox();
      expect(place?.x).toBeGreaterThanOrEqual(0);
      expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(width);
    }
  });

  it("names every control, and has one heading to start from", async () => {
    const { page, box } = await visitBot();
    await box.fill("Hello");
    await box.press("Enter");
    await page.getByText("tokens/s").waitFor();

    const unnamed = await page
      .locator("button:visible, textarea:visible, a, summary:visible")
      .and(page.locator(":not([aria-label]):not([id=message])"))
      .filter({ hasNotText: /\S/ })
      .count();

    expect(unnamed).toBe(0);
    expect(await page.getByLabel("Your message").count()).toBe(1);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("language-from-zero");
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.getByRole("main").count()).toBe(1);
  });

  it.each(["light", "dark"] as const)("can be read in %s", async (colorScheme) => {
    const { page, box } = await visitBot({ droppedTurns: 1 }, { colorScheme });
    await box.fill("Hello");
    await box.press("Enter");
    await page.getByText("tokens/s").waitFor();

    expect(await contrastBelow(4.5, page)).toEqual([]);
  });

  it("holds still for those who want no motion", async () => {
    const never = gate<string>();
    const { page, box, replies } = await visitBot(
      { reply: () => ["Slow", never.opened] },
      { reducedMotion: "reduce" },
    );
    await box.fill("Hello");
    await box.press("Enter");
    await replies.getByText("Slow").waitFor();

    expect(await page.evaluate("document.getAnimations().length")).toBe(0);
  });
});
