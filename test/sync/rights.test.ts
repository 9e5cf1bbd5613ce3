import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confluence } from "../../src/connectors/confluence/index.js";
import type { Alert } from "../../src/domain/alert.js";
import { SystemUnavailable } from "../../src/domain/errors.js";
import type { EntityRef } from "../../src/domain/entity.js";
import { createPeople, type People } from "../../src/guard/people.js";
import type { Database } from "../../src/platform/database.js";
import { createCompany } from "../../src/sandbox/company.js";
import { type ConfluenceServer, SERVICE_ACCOUNT, startConfluence } from "../../src/sandbox/confluence/index.js";
import { createLibrary } from "../../src/sandbox/library.js";
import { createDocumentIndex } from "../../src/search/document-index.js";
import { followIndex } from "../../src/search/follow.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createRightsMirror, type RightsMirror } from "../../src/sync/members.js";
import { anchorNow, openHarness } from "../connectors/harness.js";
import { openTestDatabase, quiet } from "../support/database.js";

const company = createCompany({ anchor: "2026-11-20" });
const library = createLibrary(company);
const page = (test: (one: (typeof library.pages)[number]) => boolean) => {
  const found = library.pages.find(test);
  if (!found) throw new Error("the library has no such page");
  return found;
};
const sold = page(({ viewers }) => viewers?.groups.join() === "sales,managers");
const open = page(({ key, viewers }) => viewers === undefined && ["dmitry", "vera"].every((id) => library.mayRead(id, key)));
/** Two spaces are as good as the whole library, and sooner read. */
const small = { ...library, pages: library.pages.filter(({ spaceKey }) => [sold.spaceKey, open.spaceKey].includes(spaceKey)) };

describe.each(["data-center", "cloud"] as const)("rights in Confluence (%s)", (edition) => {
  let server: ConfluenceServer;
  let harness: ReturnType<typeof openHarness>;
  let database: Database;
  let people: People;
  let rights: RightsMirror;
  const alerts: string[] = [];

  beforeAll(async () => {
    const tokens = { [SERVICE_ACCOUNT]: "service-token" };
    server = await startConfluence({ company, library: small, edition, tokens, now: () => anchorNow, perSecond: 1_000 });
    harness = openHarness([confluence], {
      CONFLUENCE_BASE_URL: server.url,
      CONFLUENCE_EDITION: edition,
      CONFLUENCE_REQUESTS_PER_SECOND: "100",
      ...(edition === "cloud"
        ? { CONFLUENCE_EMAIL: "svyaz@example.com", CONFLUENCE_API_TOKEN: "service-token" }
        : { CONFLUENCE_TOKEN: "service-token" }),
    });
    database = await openTestDatabase();
    people = createPeople({ database, timeZone: "Europe/Moscow" });
    rights = createRightsMirror({
      language: "en",
      database,
      systems: harness.systems,
      alerts: {
        raise: async ({ key }: Omit<Alert, "at">) => void alerts.push(`raised ${key}`),
        resolve: async (key) => void alerts.push(`resolved ${key}`),
      },
      log: quiet,
    });
    for (const id of ["dmitry", "vera"]) {
      await people.add({ id, name: id });
      const account = edition === "cloud" ? server.store.identities.byId(id).accountId : id;
      await people.link(id, "confluence", `confluence:user:${account}`);
    }
    const { sync } = await harness.systems.forSvyaz("confluence");
    const refs = [sold, open].map(({ id }): EntityRef => ({ system: "confluence", kind: "page", id: String(id) }));
    const changes = (await sync?.fetch(refs)) ?? [];
    await database.transaction((tx) => applyChanges(tx, changes, anchorNow));
    const index = createDocumentIndex({ database, log: quiet });
    await followIndex({ database, index, log: quiet, signal: AbortSignal.timeout(20_000), read: async () => "" });
  });
  afterAll(async () => {
    await harness.systems.close();
    await server.close();
    await database.close();
  });

  async function finds(id: string): Promise<readonly string[]> {
    const person = await people.find(id);
    if (!person) throw new Error(`nobody is called ${id}`);
    const index = createDocumentIndex({ database, log: quiet });
    const text = `${sold.title} ${open.title}`;
    const found = await index.search({ text, person, limit: 20, readable: async () => [] });
    return [...new Set(found.map(({ ref }) => ref.id))].toSorted();
  }
  const ids = (...pages: readonly { readonly id: number | string }[]) => pages.map(({ id }) => String(id)).toSorted();
  const indexedAt = async () => (await database.query("select max(id) as newest, count(*) as count from passages")).rows[0];

  it("shows nothing of a group before its members are known", async () => {
    expect(await finds("dmitry")).toEqual([]);
    await rights.members();
    expect(await finds("dmitry")).toEqual(ids(sold, open));
    expect(await finds("vera")).toEqual(ids(open));
  });

  it("follow a group within one look at its members, and nothing is indexed anew", async () => {
    const before = await indexedAt();
    const members = server.store.groups.get("sales")?.members ?? [];
    await server.store.setMembers(
      "sales",
      members.filter((id) => id !== "dmitry"),
    );
    await rights.members();
    expect(await finds("dmitry")).toEqual(ids(open));
    await server.store.setMembers("sales", members);
    await rights.members();
    expect(await finds("dmitry")).toEqual(ids(sold, open));
    expect(await indexedAt()).toEqual(before);
  });

  it("follow a page's restriction, which leaves no trace in any date, and nothing is indexed anew", async () => {
    const before = await indexedAt();
    await server.store.restrict(String(open.id), { users: ["vera"], groups: [] });
    await rights.audiences();
    expect(await finds("dmitry")).toEqual(ids(sold));
    expect(await finds("vera")).toEqual(ids(open));
    await server.store.restrict(String(open.id), undefined);
    await rights.audiences();
    expect(await finds("dmitry")).toEqual(ids(sold, open));
    expect(await indexedAt()).toEqual(before);
  });

  it("stay as they were while the system does not answer, and the third miss is told", async () => {
    const broken = createRightsMirror({
      language: "en",
      database,
      systems: { ...harness.systems, forSvyaz: () => Promise.reject(new SystemUnavailable("down", { system: "confluence" })) },
      alerts: { raise: async ({ key }) => void alerts.push(`raised ${key}`), resolve: async () => undefined },
      log: quiet,
    });
    for (let miss = 0; miss < 4; miss++) await broken.members();
    expect(alerts).toEqual(["raised memberships:confluence"]);
    expect(await finds("dmitry")).toEqual(ids(sold, open));
    alerts.length = 0;
  });
});
