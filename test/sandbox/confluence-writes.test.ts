import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfluenceServer } from "../../src/sandbox/confluence/index.js";
import { asking, type Json, searchPath, start } from "./confluence-site.js";

let cloud: ConfluenceServer;
let server: ConfluenceServer;
const cloudAsk = asking(() => cloud, "cloud");
const serverAsk = asking(() => server, "data-center");

beforeAll(async () => {
  cloud = await start("cloud");
  server = await start("data-center");
});
afterAll(async () => {
  await cloud.close();
  await server.close();
});

describe("writing to the sandbox's Confluence", () => {
  it("creates and changes pages on Cloud through v2, one version at a time", async () => {
    const [space] = (await cloudAsk("anna", "/api/v2/spaces?keys=SALES")).results;
    const draft = {
      spaceId: space?.id,
      status: "current",
      title: "Новая памятка",
      body: { representation: "storage", value: "<p>Текст</p>" },
    };
    const created = await cloudAsk("anna", "/api/v2/pages", { method: "POST", json: draft });
    expect([created.status, (created.body.version as { number: number }).number]).toEqual([200, 1]);
    const again = await cloudAsk("anna", "/api/v2/pages", { method: "POST", json: draft });
    expect([again.status, JSON.stringify(again.body)]).toEqual([400, expect.stringContaining("A page with this title already exists")]);
    const path = `/api/v2/pages/${created.body.id as string}`;
    const change = (number: number) => ({
      method: "PUT",
      json: {
        id: created.body.id,
        status: "current",
        title: "Новая памятка",
        body: { representation: "storage", value: "<p>Иначе</p>" },
        version: { number },
      },
    });
    expect((await cloudAsk("boris", path, change(2))).status).toBe(200);
    expect((await cloudAsk("anna", path, change(2))).status).toBe(409);
    expect((await cloudAsk("anna", path, { method: "PUT", json: { id: created.body.id } })).status).toBe(400);
    expect((await cloudAsk("anna", "/rest/api/content", { method: "POST", json: { type: "page" } })).status).toBe(410);
  });

  it("creates pages and comments on Data Center through v1 and refuses broken markup", async () => {
    const page = (title: string, value: string) => ({
      method: "POST",
      json: {
        type: "page",
        title,
        space: { key: "KB" },
        ancestors: [{ id: Number(server.store.pageId("kb-home")) }],
        body: { storage: { value, representation: "storage" } },
      },
    });
    const created = await serverAsk("anna", "/rest/api/content", page("Checklist", "<p>A &amp; B</p>"));
    expect(created.body).toMatchObject({ type: "page", title: "Checklist", space: { key: "KB" }, version: { number: 1 } });
    expect((await serverAsk("anna", "/rest/api/content", page("Broken", "<p>A & B</p>"))).status).toBe(400);
    expect((await serverAsk("anna", "/rest/api/content", page("Broken", "<p>unclosed"))).status).toBe(400);
    const stale = {
      method: "PUT",
      json: { type: "page", title: "Checklist", version: { number: 1 }, body: { storage: { value: "<p/>", representation: "storage" } } },
    };
    expect((await serverAsk("anna", `/rest/api/content/${created.body.id as string}`, stale)).status).toBe(409);
    const comment = {
      method: "POST",
      json: {
        type: "comment",
        container: { id: created.body.id, type: "page" },
        body: { storage: { value: "<p>Ok</p>", representation: "storage" } },
      },
    };
    expect((await serverAsk("vera", "/rest/api/content", comment)).status).toBe(200);
    const comments = await serverAsk("anna", `/rest/api/content/${created.body.id as string}/child/comment?expand=body.storage`);
    expect(comments.results).toHaveLength(1);
  });

  it("adds labels in lower case and without spaces", async () => {
    const path = `/rest/api/content/${cloud.store.pageId("returns")}/label`;
    const label = (name: string) => cloudAsk("anna", path, { method: "POST", json: [{ prefix: "global", name }] });
    expect((await label("Сверка")).results.map(({ name }) => name)).toContain("сверка");
    expect((await label("две штуки")).status).toBe(400);
  });

  it("takes files only with the header against forgery, and never the same name twice", async () => {
    const path = `/rest/api/content/${cloud.store.pageId("returns")}/child/attachment`;
    const upload = (method: string, headers: Record<string, string>) => {
      const form = new FormData();
      form.append("file", new Blob(["текст"], { type: "text/plain" }), "Заметка.txt");
      return cloudAsk("anna", path, { method, headers, body: form });
    };
    expect((await upload("POST", {})).status).toBe(403);
    const nocheck = { "x-atlassian-token": "nocheck" };
    expect((await upload("POST", nocheck)).results[0]?.title).toBe("Заметка.txt");
    expect((await upload("POST", nocheck)).status).toBe(400);
    const [replaced = {}] = (await upload("PUT", nocheck)).results;
    expect((replaced.version as { number: number }).number).toBe(2);
  });

  it("moves a deleted page to the trash, out of search and reading", async () => {
    const id = cloud.store.pageId("sick-leave");
    expect((await cloudAsk("anna", `/api/v2/pages/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await cloudAsk("anna", searchPath(`id in (${id})`))).results).toEqual([]);
    expect((await cloudAsk("anna", `/rest/api/content/${id}`)).status).toBe(404);
    expect((await cloudAsk("anna", `/api/v2/pages/${id}`)).body.status).toBe("trashed");
    expect((await cloudAsk("anna", "/api/v2/pages?status=trashed")).results.map((page) => page.id)).toEqual([id]);
    const own = server.store.pageId("sick-leave");
    await server.store.trash(own);
    expect((await serverAsk("anna", "/rest/api/content?status=trashed&spaceKey=COMPANY")).results.map((page) => page.id)).toEqual([own]);
  });

  it("writes nothing for those who may not see the page", async () => {
    const id = cloud.store.pageId("salary-grades");
    const before = cloud.store.changes.length;
    expect((await cloudAsk("anna", `/api/v2/pages/${id}`, { method: "DELETE" })).status).toBe(404);
    expect((await cloudAsk("anna", `/rest/api/content/${id}/label`, { method: "POST", json: [{ name: "x" }] })).status).toBe(404);
    expect(cloud.store.changes).toHaveLength(before);
  });

  it("answers an administrator's question whether somebody may read", async () => {
    const path = `/rest/api/content/${cloud.store.pageId("salary-grades")}/permission/check`;
    const check = async (who: string) =>
      (
        await cloudAsk("svyaz", path, {
          method: "POST",
          json: { subject: { type: "user", identifier: cloud.store.identities.byId(who).accountId }, operation: "read" },
        })
      ).body.hasPermission;
    expect([await check("vera"), await check("anna")]).toEqual([true, false]);
  });

  it("finds every change again after a restart on the same folder", async () => {
    const dir = await mkdtemp(join(tmpdir(), "sandbox-wiki-"));
    const first = await start("cloud", { dir });
    const id = first.store.pageId("remote-policy");
    await first.store.edit(id, { title: "Удалёнка", body: "<p>До 10 дней</p>" });
    await first.store.restrict(id, { users: ["anna"], groups: [] });
    await first.close();
    const second = await start("cloud", { dir });
    const ask = asking(() => second, "cloud");
    const { body } = await ask("anna", `/api/v2/pages/${id}?body-format=storage`);
    const others = await ask("boris", `/api/v2/pages/${id}`);
    await second.close();
    await rm(dir, { recursive: true });
    expect(body).toMatchObject({ title: "Удалёнка", body: { storage: { value: "<p>До 10 дней</p>" } } });
    expect((body.version as Json).number).toBeGreaterThan(1);
    expect(others.status).toBe(404);
  });
});
