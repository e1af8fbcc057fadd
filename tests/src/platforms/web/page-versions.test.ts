import { afterAll, afterEach, describe, expect, it } from "vitest";

import { engineSourceOf } from "../../../../src/platforms/web/engine-source.ts";
import {
  ADA,
  openDeployment,
  serveInTurn,
  writeModels,
} from "../../../support/retrain/open-deployment.ts";
import { closeBrowser, hasBrowser, leave, partsOf, visit } from "../../../support/visit.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

afterEach(leave);
afterEach(closeServers);
afterAll(closeBrowser);

describe.skipIf(!hasBrowser)("the page while models change", () => {
  it("names whichever model answered, and is the same visitor each time", async () => {
    const root = await writeModels("new", "old");
    const { deployment, ...opened } = await openDeployment({ root });
    await serveInTurn({ deployment, ...opened }, root, "old");
    const { url } = await serve({ source: engineSourceOf(deployment.start(), deployment) });
    const page = await visit(url);
    const { box, replies } = partsOf(page);
    const hear = async (answer: string) => {
      await box.fill("Who are you?");
      await box.press("Enter");
      await replies.getByText(answer, { exact: true }).waitFor();
    };
    const named = (name: string) => page.locator("#model-name", { hasText: name }).waitFor();
    const visitor = () => page.evaluate('localStorage.getItem("lfz.visitor")');

    await named("old");
    await deployment.promote({ name: "new", share: 100, by: ADA });
    await hear("I am new.");
    await named("new");
    const first = await visitor();
    await deployment.rollback(ADA);
    await hear("I am old.");
    await named("old");
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(await visitor()).toBe(first);
  });
});
