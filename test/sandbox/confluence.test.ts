import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfluenceServer } from "../../src/sandbox/confluence/index.js";
import { asking, type Json, library, searchPath, start, TOKENS } from "./confluence-site.js";

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

describe("signing in to the sandbox's Confluence", () => {
  it("takes Basic with an e-mail and a token on Cloud, never a bearer", async () => {
    expect((await cloudAsk("anna", "/rest/api/user/current")).body).toMatchObject({
      displayName: "Анна Ковалёва",
      email: "anna@example.com",
      accountType: "atlassian",
    });
    const bearer = { headers: { authorization: `Bearer ${TOKENS.anna}` } };
    expect((await cloudAsk(undefined, "/rest/api/user/current", bearer)).status).toBe(401);
    expect((await cloudAsk(undefined, "/api/v2/pages", bearer)).body).toEqual({
      errors: [{ status: 401, code: "UNAUTHORIZED", title: "Unauthorized", detail: null }],
    });
  });

  it("takes a personal access token on Data Center and answers a wrong one with a page of HTML", async () => {
    expect((await serverAsk("anna", "/rest/api/user/current")).body).toMatchObject({ username: "anna", displayName: "Анна Ковалёва" });
    const wrong = await serverAsk(undefined, "/rest/api/user/current", { headers: { authorization: "Bearer nonsense" } });
    expect([wrong.status, wrong.headers.get("content-type")]).toEqual([401, "text/html;charset=UTF-8"]);
    expect((await serverAsk("svyaz", "/rest/api/server-information")).body.version).toBe("10.2.10");
    expect((await cloudAsk("svyaz", "/rest/api/server-information")).status).toBe(404);
  });

  it("calls a visitor without credentials anonymous instead of refusing them", async () => {
    for (const ask of [cloudAsk, serverAsk]) {
      const { status, body } = await ask(undefined, "/rest/api/user/current");
      expect([status, body.type]).toEqual([200, "anonymous"]);
      expect((await ask(undefined, searchPath("type = page"))).status).toBe(401);
    }
  });

  it("knows nothing outside its context path", async () => {
    const root = cloud.url.replace("/wiki", "");
    expect((await cloudAsk("anna", `${root}/rest/api/user/current`)).status).toBe(404);
  });
});

describe("searching the sandbox's Confluence", () => {
  const titles = async (who: string, cql: string, more = "&limit=100") => {
    const { status, results, body } = await serverAsk(who, searchPath(cql, more));
    return status === 200 ? results.map(({ title }) => title as string) : [String(status), String(body.message)];
  };

  it("finds words in titles and texts, by stems with a star and not by other forms", async () => {
    expect(await titles("anna", 'title ~ "командировках" and type = page')).toEqual(["Положение о командировках"]);
    expect(await titles("anna", 'title ~ "командировк*" and type = page')).toEqual(["Положение о командировках"]);
    expect(await titles("anna", 'title ~ "командировка" and type = page')).toEqual([]);
    expect(await titles("anna", 'text ~ "суточные AND заграниц*" or text ~ "\\"Суточные по России\\""')).toEqual([
      "Положение о командировках",
    ]);
    expect((await titles("anna", 'siteSearch ~ "возврат" and type = page'))[0]).toBe("Возврат и обмен товара");
  });

  it("leaves archived spaces out unless they are asked for", async () => {
    const cql = 'title ~ "командировк*" and type = page';
    expect(await titles("anna", cql, "&includeArchivedSpaces=true")).toHaveLength(2);
  });

  it("understands lists, negation, labels, ancestors, authors and order", async () => {
    expect(await titles("boris", 'space in ("FIN","HR") and label = "regulation" order by title')).toEqual([
      "Лимиты утверждения расходов",
      "Платёжный календарь: правила",
    ]);
    expect(await titles("anna", `ancestor = ${server.store.pageId("project-aurora")} order by title`)).toEqual([
      "Аврора: график работ",
      "Аврора: штат и наём",
    ]);
    expect(await titles("anna", 'creator = currentUser() and title ~ "заметки"')).toEqual(["Личные заметки Анны"]);
    expect(await titles("anna", 'space = "PROJ" and not label = "project" and type != attachment and title != "Проекты"')).toEqual([
      "Личные заметки Анны",
    ]);
    expect(await titles("anna", `container = ${server.store.pageId("travel-policy")}`)).toEqual(["Заявка на командировку.docx"]);
  });

  it("compares dates to the minute in the zone of the credential", async () => {
    const page = library.page("travel-policy");
    const moscow = (shift: number) =>
      new Date(page.updatedAt.getTime() + 3 * 3_600_000 + shift * 60_000).toISOString().slice(0, 16).replace("T", " ").replaceAll("-", "/");
    const since = async (when: string) =>
      (await titles("anna", `lastmodified >= "${when}" and title ~ "командировк*" and type = page`)).length;
    expect([await since(moscow(0)), await since(moscow(1))]).toEqual([1, 0]);
    expect(await since("2026-11-20")).toBe(0);
    await server.store.edit(server.store.pageId("travel-policy"), { body: "<p>Суточные 1 300 ₽</p>" });
    expect(await titles("anna", 'lastmodified >= now("-1h") and type = page')).toEqual(["Положение о командировках"]);
  });

  it("refuses what it cannot parse", async () => {
    for (const cql of [
      'text ~ "договор',
      "погода = 1",
      'text ~ "*говор"',
      'text ~ "(а"',
      'type = "книга"',
      'title ~ "а" order by',
      'lastmodified > "вчера"',
      'text = "а"',
      "id in 1",
    ]) {
      const [status, message] = await titles("anna", cql);
      expect([cql, status]).toEqual([cql, "400"]);
      expect(message).toContain("Could not parse cql");
    }
  });

  it("marks hits in excerpts and counts all of them", async () => {
    const { body, results } = await serverAsk(
      "anna",
      `/rest/api/search?cql=${encodeURIComponent('text ~ "неустойка" and type = page')}&excerpt=highlight`,
    );
    expect(body.totalSize).toBe(1);
    expect(results[0]).toMatchObject({ excerpt: expect.stringContaining("@@@hl@@@Неустойка@@@endhl@@@"), content: { type: "page" } });
  });

  it("goes on by cursor on Cloud", async () => {
    const first = await cloudAsk("anna", searchPath("type = page", "&limit=10"));
    const { next } = first.body._links as { next: string };
    expect(next).toContain("cursor=");
    const second = await cloudAsk("anna", next);
    expect(second.results).toHaveLength(10);
    expect(second.results[0]?.id).not.toBe(first.results[0]?.id);
    expect((await cloudAsk("anna", searchPath("type = page", "&cursor=nonsense"))).status).toBe(400);
  });

  it("caps pages with bodies on Data Center and names a wrong next start", async () => {
    const { results, body } = await serverAsk("anna", searchPath("type = page", "&limit=200&expand=body.storage"));
    expect(results).toHaveLength(50);
    expect((body._links as { next: string }).next).toContain("start=200");
  });

  it("fails a whole batch over one unreadable ancestor whose restrictions are expanded", async () => {
    const child = cloud.store.pageId("project-1-risks");
    await cloud.store.put({
      kind: "page",
      thing: { ...(cloud.store.pages.get(cloud.store.pageId("project-1")) as never as object), status: "trashed" } as never,
    });
    const cql = `id in (${child},${cloud.store.pageId("returns")})`;
    expect((await cloudAsk("anna", searchPath(cql))).results).toHaveLength(2);
    expect((await cloudAsk("anna", searchPath(cql, "&expand=ancestors.restrictions.read.restrictions.user"))).status).toBe(404);
  });
});

describe("reading pages of the sandbox's Confluence", () => {
  it("names people in bodies as the edition does", async () => {
    const path = (site: ConfluenceServer) => `/rest/api/content/${site.store.pageId("onboarding")}?expand=body.storage`;
    const storage = ({ body }: { body: Json }) => (body.body as { storage: { value: string } }).storage.value;
    expect(storage(await cloudAsk("anna", path(cloud)))).toContain('<ri:user ri:account-id="712020:');
    expect(storage(await serverAsk("anna", path(server)))).toContain('<ri:user ri:userkey="');
  });

  it("renders included pages only as far as the reader may see them", async () => {
    const [id, part] = [server.store.pageId("complaints-1"), server.store.pageId("warranty-1")];
    const view = async () =>
      ((await serverAsk("anna", `/rest/api/content/${id}?expand=body.view`)).body.body as { view: { value: string } }).view.value;
    expect(await view()).toContain("Гарантийный срок");
    await server.store.restrict(part, { users: ["boris"], groups: [] });
    expect(await view()).not.toContain("Гарантийный срок");
  });

  it("serves v2 with string ids, links and cursors", async () => {
    const id = cloud.store.pageId("returns");
    const { body } = await cloudAsk("anna", `/api/v2/pages/${id}?body-format=storage&include-labels=true`);
    expect(body).toMatchObject({
      id,
      status: "current",
      title: "Возврат и обмен товара",
      parentType: "page",
      body: { storage: { representation: "storage" } },
    });
    expect((body.labels as { results: Json[] }).results.map(({ name }) => name)).toEqual(["regulation", "возврат"]);
    const list = await cloudAsk("anna", "/api/v2/pages?limit=100&sort=-modified-date");
    expect(list.headers.get("link")).toContain('rel="next"');
    const { next } = list.body._links as { next: string };
    expect(next.startsWith("/wiki/api/v2/pages?")).toBe(true);
    const dates = list.results.map(({ version }) => (version as { createdAt: string }).createdAt);
    expect(dates).toEqual([...dates].sort().reverse());
    expect((await cloudAsk("anna", cloud.url.replace("/wiki", "") + next)).results).toHaveLength(100);
    expect((await cloudAsk("anna", "/api/v2/pages?limit=251")).status).toBe(400);
    expect((await cloudAsk("anna", "/api/v2/pages?limit=250&body-format=storage")).status).toBe(504);
    expect((await cloudAsk("anna", "/api/v2/pages/999999999")).body).toEqual({
      errors: [{ status: 404, code: "NOT_FOUND", title: "Not Found", detail: null }],
    });
    expect((await serverAsk("anna", "/api/v2/pages")).status).toBe(404);
  });

  it("lists ancestors, children and spaces one may see", async () => {
    const id = cloud.store.pageId("project-aurora-plan");
    expect((await cloudAsk("anna", `/api/v2/pages/${id}/ancestors`)).results.map((one) => one.id)).toEqual([
      cloud.store.pageId("projects-home"),
      cloud.store.pageId("project-aurora"),
    ]);
    expect((await cloudAsk("vera", "/api/v2/spaces?status=current")).results.map(({ key }) => key)).not.toContain("FIN");
    expect((await serverAsk("boris", "/rest/api/space?limit=100")).results.map(({ key }) => key)).toContain("FIN");
    expect((await serverAsk("anna", "/rest/api/space/FIN")).status).toBe(404);
  });

  it("sends downloads on Cloud to another host that wants no credentials", async () => {
    const page = cloud.store.pageId("travel-policy");
    const [file] = (await cloudAsk("anna", `/api/v2/pages/${page}/attachments`)).results;
    const path = `/rest/api/content/${page}/child/attachment/${file?.id as string}/download`;
    const redirect = await cloudAsk("anna", path);
    expect(redirect.status).toBe(302);
    const location = redirect.headers.get("location") ?? "";
    expect(new URL(location).host).not.toBe(new URL(cloud.url).host);
    expect((await cloudAsk("anna", location)).status).toBe(400);
    const bytes = await fetch(location);
    expect(bytes.status).toBe(200);
    expect(
      Buffer.from(await bytes.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
    expect((await fetch(location.replace(/.$/, "x"))).status).toBe(403);
    const hidden = cloud.store.pageId("anna-notes");
    expect((await cloudAsk("vera", path.replace(page, hidden))).status).toBe(404);
  });

  it("gives bytes itself on Data Center, at the address its list names", async () => {
    const page = server.store.pageId("contract-template");
    const [file = {}] = (await serverAsk("anna", `/rest/api/content/${page}/child/attachment`)).results;
    const { download } = file._links as { download: string };
    const { status, headers } = await serverAsk("anna", download);
    expect([status, headers.get("content-type")]).toEqual([200, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"]);
  });
});

describe("the limits of the sandbox's Confluence", () => {
  it("are told with 429 and the seconds to wait", async () => {
    const slow = await start("cloud", { perSecond: 2 });
    const ask = asking(() => slow, "cloud");
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask("anna", "/rest/api/user/current")));
    const refused = answers.filter(({ status }) => status === 429);
    await slow.close();
    expect(refused).toHaveLength(3);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
    expect(refused[0]?.headers.get("x-ratelimit-reset")).toMatch(/^\d{4}-/);
  });
});
