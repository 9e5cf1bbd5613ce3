import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfluenceServer } from "../../src/sandbox/confluence/index.js";
import { asking, type Edition, type Json, library, people, searchPath, start } from "./confluence-site.js";

describe.each<Edition>(["cloud", "data-center"])("who reads what in the sandbox's Confluence (%s)", (edition) => {
  let site: ConfluenceServer;
  const ask = asking(() => site, edition);
  const idOf = (key: string) => site.store.pageId(key);

  beforeAll(async () => {
    site = await start(edition);
  });
  afterAll(() => site.close());

  /** All ids a search finds, page after page. */
  async function all(who: string, cql: string): Promise<string[]> {
    const found: string[] = [];
    for (let next: string | undefined = searchPath(cql, "&limit=150&includeArchivedSpaces=true"); next !== undefined; ) {
      const { body, results, status } = await ask(who, next);
      if (status !== 200) throw new Error(`${status}`);
      found.push(...results.map(({ id }) => id as string));
      next = results.length === 0 ? undefined : (body._links as { next?: string }).next;
    }
    return found;
  }

  it.each(["anna", "boris", "vera", "dmitry", "admin"])("finds for %s exactly the pages that the truth allows", async (who) => {
    const truth = library.pages.filter(({ key }) => library.mayRead(who, key)).map(({ key }) => idOf(key));
    expect((await all(who, "type = page")).sort()).toEqual(truth.sort());
  });

  it("shows the service account all 400", async () => {
    expect(await all("svyaz", "type in (page)")).toHaveLength(400);
  });

  it("answers a question's page to those who may read it and 404 to the others", async () => {
    for (const { pageKey } of library.questions) {
      for (const who of people.slice(0, 5)) {
        const { status } = await ask(who, `/rest/api/content/${idOf(pageKey)}`);
        expect([who, pageKey, status]).toEqual([who, pageKey, library.mayRead(who, pageKey) ? 200 : 404]);
      }
    }
  });

  it("hides what is hidden exactly as what is not there", async () => {
    const hidden = await ask("vera", `/rest/api/content/${idOf("anna-notes")}`);
    const absent = await ask("vera", "/rest/api/content/999999999");
    expect(hidden.text.replaceAll(/\d{6,}/g, "#")).toBe(absent.text.replaceAll(/\d{6,}/g, "#"));
    expect(hidden.body).toMatchObject({ statusCode: 404, data: { authorized: true } });
  });

  it("tells a batch of ids which of them may be read", async () => {
    const ids = ["anna-notes", "travel-policy", "salary-grades"].map(idOf);
    expect(await all("anna", `id in (${ids.join(",")})`)).toEqual([idOf("anna-notes"), idOf("travel-policy")].sort());
  });

  it("reads restrictions by operation, users and groups apart", async () => {
    const { body } = await ask("svyaz", `/rest/api/content/${idOf("project-aurora")}/restriction/byOperation`);
    const { user, group } = (body as { read: { restrictions: { user: { results: Json[]; size: number }; group: { results: Json[] } } } })
      .read.restrictions;
    expect(user.size).toBe(2);
    expect(user.results[0]).toHaveProperty(edition === "cloud" ? "accountId" : "userKey");
    expect(user.results[0]).not.toHaveProperty(edition === "cloud" ? "userKey" : "accountId");
    expect(group.results.map(({ name }) => name)).toEqual(["managers"]);
    expect((await ask("vera", `/rest/api/content/${idOf("project-aurora-staff")}/restriction/byOperation`)).status).toBe(404);
  });

  it("gives restrictions of a page and of its ancestors where they are expanded", async () => {
    const expand =
      "ancestors,restrictions.read.restrictions.user,restrictions.read.restrictions.group,ancestors.restrictions.read.restrictions.user,ancestors.restrictions.read.restrictions.group";
    const { body } = await ask("anna", `/rest/api/content/${idOf("project-aurora-staff")}?expand=${expand}`);
    const ancestors = body.ancestors as { id: string; restrictions: { read: { restrictions: { group: { results: Json[] } } } } }[];
    expect(ancestors.map(({ id }) => id)).toEqual([idOf("projects-home"), idOf("project-aurora")]);
    expect(ancestors[1]?.restrictions.read.restrictions.group.results).toHaveLength(1);
  });

  it("lists groups, their members and a person's groups", async () => {
    const groups = (await ask("svyaz", "/rest/api/group")).results;
    expect(groups.map(({ name }) => name)).toEqual(["confluence-users", "sales", "managers", "hr-team"]);
    const hr = groups.find(({ name }) => name === "hr-team") as Json;
    const path = edition === "cloud" ? `${hr.id as string}/membersByGroupId` : "hr-team/member";
    const [vera] = (await ask("svyaz", `/rest/api/group/${path}`)).results;
    expect(vera?.displayName).toBe("Вера Соколова");
    expect(vera?.email ?? "").toBe("");
    const me = edition === "cloud" ? `accountId=${encodeURIComponent(vera?.accountId as string)}` : `key=${vera?.userKey as string}`;
    expect((await ask("svyaz", `/rest/api/user/memberof?${me}`)).results.map(({ name }) => name)).toEqual(["confluence-users", "hr-team"]);
  });

  it("follows changes of rights without a new version of the page", async () => {
    const id = idOf("meeting-rooms");
    const version = async () =>
      (await ask("svyaz", `/rest/api/content/${id}?expand=version`)).body.version as { number: number; when: string };
    const before = await version();
    await site.store.restrict(id, { users: ["boris"], groups: [] });
    expect([(await ask("anna", `/rest/api/content/${id}`)).status, (await ask("boris", `/rest/api/content/${id}`)).status]).toEqual([
      404, 200,
    ]);
    expect(await version()).toEqual(before);
    await site.store.setMembers("hr-team", ["vera", "anna"]);
    expect((await ask("anna", `/rest/api/content/${idOf("salary-grades")}`)).status).toBe(200);
    await site.store.admit("KB", { users: ["vera"], groups: [] });
    expect((await ask("anna", `/rest/api/content/${idOf("warranty-en")}`)).status).toBe(404);
    await site.store.restrict(id, undefined);
    await site.store.setMembers("hr-team", ["vera"]);
    await site.store.admit("KB", { users: [], groups: ["confluence-users"] });
  });
});

describe("space permissions in the sandbox's Confluence", () => {
  it("are read on Cloud through v2, by ids of groups and accounts", async () => {
    const site = await start("cloud");
    const ask = asking(() => site, "cloud");
    const [hr] = (await ask("svyaz", "/api/v2/spaces?keys=HR")).results;
    const { results } = await ask("svyaz", `/api/v2/spaces/${hr?.id as string}/permissions`);
    const readers = results.filter(({ operation }) => (operation as { key: string }).key === "read").map(({ principal }) => principal);
    expect(readers).toEqual([
      { type: "group", id: site.store.identities.groupId("hr-team") },
      { type: "user", id: site.store.identities.byId("admin").accountId },
    ]);
    expect((await ask("anna", `/api/v2/spaces/${hr?.id as string}/permissions`)).status).toBe(404);
    await site.close();
  });

  it("are a flat list on Data Center, and a 500 for everybody but administrators", async () => {
    const site = await start("data-center");
    const ask = asking(() => site, "data-center");
    const { text, status } = await ask("svyaz", "/rest/api/space/FIN/permissions");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toContainEqual({
      operation: { operationKey: "read", targetType: "space" },
      subject: { type: "group", name: "managers" },
      spaceKey: "FIN",
      spaceId: 65_607,
    });
    expect((await ask("boris", "/rest/api/space/FIN/permissions")).status).toBe(500);
    await site.close();
  });
});
