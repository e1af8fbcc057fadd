import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { engineSourceOf } from "../../../../src/platforms/web/engine-source.ts";
import { findBrowser, launchBrowser } from "../../../support/browser.ts";
import {
  ADA,
  openDeployment,
  serveInTurn,
  writeModels,
} from "../../../support/retrain/open-deployment.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

const executable = findBrowser();
let browser: Browser;
beforeAll(async () => {
  if (executable) browser = await launchBrowser(executable);
});
afterEach(closeServers);
afterAll(async () => browser?.close());

describe.skipIf(!executable)("the page while models change", () => {
  it("names whichever model answered, without being loaded again, and the same one for a visitor", async () => {
    const root = await writeModels("new", "old");
    const { deployment, ...opened } = await openDeployment({ root });
    await serveInTurn({ deployment, ...opened }, root, "old");
    const { url } = await serve({ source: engineSourceOf(deployment.start(), deployment) });
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(url);
    const name = page.locator("#model-name");
    await expect.poll(() => name.textContent()).toBe("old");
    const say = async (answer: string) => {
      await page.getByRole("textbox", { name: "Your message" }).fill("Who are you?");
      await page.keyboard.press("Enter");
      await page.locator("#messages").getByText(answer, { exact: true }).waitFor();
    };
    await deployment.promote({ name: "new", share: 100, by: ADA });
    await say("I am new.");
    await expect.poll(() => name.textContent()).toBe("new");
    const visitor = await page.evaluate('localStorage.getItem("lfz.visitor")');
    await deployment.rollback(ADA);
    await say("I am old.");
    await expect.poll(() => name.textContent()).toBe("old");
    expect(visitor).toMatch(/^[0-9a-f]{32}$/);
    expect(await page.evaluate('localStorage.getItem("lfz.visitor")')).toBe(visitor);
  });
});
