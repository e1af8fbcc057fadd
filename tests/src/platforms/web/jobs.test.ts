import { afterAll, afterEach, describe, expect, it } from "vitest";

import type { Jobs, JobsStatus, JobSummary } from "../../../../src/chat/jobs.ts";
import { openPage } from "../../../support/bot-page.ts";
import {
  closeBrowser,
  complaints,
  contrastBelow,
  hasBrowser,
  leave,
  visit,
} from "../../../support/visit.ts";
import { closeServers, IDLE } from "../../../support/web-server.ts";

afterEach(leave);
afterEach(closeServers);
afterAll(closeBrowser);

const JOB: JobSummary = {
  id: 4,
  state: "training",
  by: "terminal:owner",
  orderedAt: 0,
  since: 0,
  minutes: 10,
  method: "kto",
  candidate: "starter-4",
};

const TRAINING: JobsStatus = {
  ...IDLE,
  current: JOB,
  progress: { title: "train", fraction: 0.42, text: "loss 3.21", remainingMs: 171_000 },
  curve: {
    train: [
      { step: 1, loss: 5 },
      { step: 50, loss: 3.9 },
      { step: 100, loss: 3.2 },
    ],
    validation: [{ step: 50, loss: 4.1 }],
  },
};

const OVER: JobsStatus = {
  ...IDLE,
  last: {
    ...JOB,
    state: "done",
    verdict: { outcome: "wins", reason: "It is better on what it never saw.", checks: [] },
  },
};

/** A desk that says what a test tells it to. */
async function desk(status: JobsStatus) {
  let now = status;
  let looks = 0;
  const orders: string[] = [];
  const refuse = async () => Promise.reject(new Error("nobody asked for that"));
  const jobs: Jobs = {
    status: async () => {
      looks++;
      return now;
    },
    pause: async ({ who }) => {
      orders.push(`pause by ${who}`);
      now = { ...TRAINING, current: { ...JOB, state: "paused" } };
      return JOB;
    },
    order: refuse,
    cancel: refuse,
    resume: refuse,
    collectAgain: refuse,
    schedule: refuse,
    after: refuse,
    canary: refuse,
  };
  const opened = await openPage({ bot: { jobs }, web: { jobs } });
  const become = (next: JobsStatus) => {
    now = next;
  };
  return { ...opened, orders, become, looks: () => looks };
}

describe("the jobs over HTTP", () => {
  it("are what goes on, with its progress and curve, what waits, and the last one", async () => {
    const { ask } = await desk(TRAINING);

    expect(await ask("/v1/jobs")).toEqual({ status: 200, body: TRAINING });
  });

  it("are told to the owner alone", async () => {
    const { ask } = await openPage({ web: { apiKey: "right" } });
    const open = await desk(TRAINING);

    expect((await ask("/v1/jobs")).status).toBe(401);
    expect((await open.ask("/v1/jobs", { headers: { forwarded: "for=1" } })).status).toBe(403);
  });
});

describe.skipIf(!hasBrowser)("a training on the page", () => {
  it("is followed to its end, and then no longer asked about", async () => {
    const { server, become, looks } = await desk(TRAINING);
    const page = await visit("about:blank");
    await page.clock.install();
    await page.goto(server.url);
    const line = page.locator("#job summary");

    await line.getByText("Training 4").waitFor();
    expect(await line.innerText()).toMatch(/learns[^]*42 % · 3 min left/);
    become({ ...TRAINING, current: { ...JOB, state: "judging" }, progress: undefined });
    await page.clock.runFor(3000);
    await line.getByText("is compared with the model that answers now").waitFor();
    become(OVER);
    await page.clock.runFor(3000);
    await line.getByText("Training 4 is done").waitFor();
    await line.click();
    await page.locator("#job-details").getByText("better on what it never saw").waitFor();

    const before = looks();
    await page.clock.runFor(30_000);
    expect(looks()).toBe(before);
    expect(complaints()).toEqual([]);
  });

  it("shows its curve behind a click, in colours that can be read, and can be paused", async () => {
    const { server, orders } = await desk(TRAINING);
    const page = await visit(server.url);

    await page.locator("#job summary").click();
    const curve = page.getByRole("img", { name: "The loss went from 5.00 to 3.20 in 100 steps." });
    await curve.waitFor();
    expect(await curve.locator("path").count()).toBe(2);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await contrastBelow(4.5, page)).toEqual([]);
    }
    await page.getByRole("button", { name: "Pause" }).click();

    await page.locator(".answer").getByText("Training 4 pauses").waitFor();
    expect(orders).toEqual(["pause by terminal:owner"]);
  });

  it("is not there where there is none", async () => {
    const { server, looks } = await desk(IDLE);
    const page = await visit(server.url);

    await expect.poll(looks).toBe(1);

    expect(await page.locator("#job").isVisible()).toBe(false);
  });
});
