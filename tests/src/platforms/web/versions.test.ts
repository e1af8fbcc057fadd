import { afterEach, describe, expect, it } from "vitest";

import { engineSourceOf } from "../../../../src/platforms/web/engine-source.ts";
import { isInShare } from "../../../../src/retrain/share.ts";
import {
  ADA,
  openDeployment,
  serveInTurn,
  writeModels,
} from "../../../support/retrain/open-deployment.ts";
import { closeServers, serve } from "../../../support/web-server.ts";

afterEach(closeServers);

const HALF = { name: "new", share: 50, by: ADA };
const visitors = Array.from({ length: 20 }, (_, index) => `visitor-${index}`);
const isInTrial = (visitor: string) => isInShare(`web:${visitor}`, "new", 50);

/** The page of a bot whose champion is `old`, with `new` on trial by half of the people. */
async function trial() {
  const root = await writeModels("new", "old");
  const { deployment, ...opened } = await openDeployment({ root });
  await serveInTurn({ deployment, ...opened }, root, "old");
  await deployment.promote(HALF);
  const { url } = await serve({ source: engineSourceOf(deployment.start(), deployment) });
  const ask = async (headers: Record<string, string>, body: object = {}) => {
    const messages = [{ role: "user", content: "Hello" }];
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ messages, ...body }),
    });
    return (await response.json()) as {
      model?: string;
      choices?: readonly { message: { content: string } }[];
      error?: { code: string };
    };
  };
  const modelOf = async (path: string, visitor: string) => {
    const response = await fetch(`${url}${path}`, { headers: { "x-lfz-visitor": visitor } });
    return (await response.json()) as { id?: string; data?: readonly { id: string }[] };
  };
  return { deployment, ask, modelOf };
}

describe("a canary on the page and the API", () => {
  it("answers its share of the visitors, always the same ones, and says which model it was", async () => {
    const { ask } = await trial();
    for (const visitor of visitors) {
      const name = isInTrial(visitor) ? "new" : "old";
      const answer = await ask({ "x-lfz-visitor": visitor });
      expect(answer.model).toBe(name);
      expect(answer.choices?.[0]?.message.content).toBe(`I am ${name}.`);
    }
    expect(new Set(visitors.map(isInTrial)).size).toBe(2);
  });

  it("knows a client without a number by its key and address", async () => {
    const { ask } = await trial();
    const models = new Map<string, Set<string | undefined>>();
    for (let round = 0; round < 2; round++) {
      for (const key of visitors) {
        const { model } = await ask({ authorization: `Bearer ${key}` });
        models.set(key, (models.get(key) ?? new Set()).add(model));
      }
    }
    expect([...models.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...models.values()].flatMap((names) => [...names]))).toEqual(
      new Set(["old", "new"]),
    );
  });

  it("also answers who asks for the champion by name; nobody else may ask for it", async () => {
    const { ask } = await trial();
    const inTrial = visitors.find(isInTrial) ?? "";
    const other = visitors.find((one) => !isInTrial(one)) ?? "";
    expect((await ask({ "x-lfz-visitor": inTrial }, { model: "old" })).model).toBe("new");
    expect((await ask({ "x-lfz-visitor": inTrial }, { model: "new" })).model).toBe("new");
    const refused = await ask({ "x-lfz-visitor": other }, { model: "new" });
    expect(refused.error?.code).toBe("model_not_found");
  });

  it("is what its visitors find listed, until another model takes its place", async () => {
    const { deployment, modelOf } = await trial();
    const inTrial = visitors.find(isInTrial) ?? "";
    expect((await modelOf("/v1/models", inTrial)).data).toMatchObject([{ id: "new" }]);
    expect(await modelOf("/v1/models/new", inTrial)).toMatchObject({ id: "new" });
    expect(await modelOf("/v1/models/old", inTrial)).toMatchObject({ id: "old" });
    await deployment.rollback(ADA);
    expect((await modelOf("/v1/models", inTrial)).data).toMatchObject([{ id: "old" }]);
  });
});
