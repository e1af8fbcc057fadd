/** The page in a real browser, on a bot that a test scripts. */

import { readFileSync } from "node:fs";

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

import { openPage } from "./bot-page.ts";
import { findBrowser, launchBrowser } from "./browser.ts";
import type { Script } from "./scripted-engine.ts";

/** Scripts of the page stand apart: nothing else here may use the DOM. */
const contrastSource = readFileSync(new URL("contrast.js", import.meta.url), "utf8").replace(
  /^[^]*?export /,
  "",
);

const executable = findBrowser();
if (!executable) {
  console.warn("SKIPPED: the browser tests; set CHROMIUM_PATH or install Chromium to run them.");
}

export const hasBrowser = executable !== undefined;

let browser: Promise<Browser> | undefined;
let context: BrowserContext | undefined;
let heard: string[] = [];

/** Whatever the browser complained about since the visit began. */
export function complaints(): readonly string[] {
  return heard;
}

/** The page in a fresh profile. */
export async function visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  heard = [];
  browser ??= launchBrowser(executable ?? "");
  context = await (
    await browser
  ).newContext({ viewport: { width: 1000, height: 700 }, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.push(message.text());
  });
  await page.goto(url);
  return page;
}

export async function visitBot(script: Script = {}, options: BrowserContextOptions = {}) {
  const opened = await openPage({ script });
  const page = await visit(opened.server.url, options);
  /** Says something and waits for the whole reply. */
  const talk = async (text: string) => {
    const replies = await page.locator(".facts").count();
    await partsOf(page).box.fill(text);
    await partsOf(page).box.press("Enter");
    await page.locator(".facts").nth(replies).waitFor();
  };
  return { ...opened, page, talk, ...partsOf(page) };
}

/** What a person sees, by the names a screen reader gives it. */
export function partsOf(page: Page) {
  return {
    box: page.getByRole("textbox", { name: "Your message" }),
    send: page.getByRole("button", { name: "Send" }),
    stop: page.getByRole("button", { name: "Stop" }),
    newChat: page.getByRole("button", { name: "New chat" }),
    messages: page.locator("#messages > li"),
    replies: page.locator(".assistant"),
  };
}

/** The texts that stand out too little from what lies behind them. */
export function contrastBelow(least: number, page: Page): Promise<unknown> {
  return page.evaluate(`(${contrastSource})(${least})`);
}

/** For `afterEach` and `afterAll`. */
export async function leave(): Promise<void> {
  await context?.close();
}
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
}
