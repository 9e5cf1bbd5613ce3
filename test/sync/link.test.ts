import { createSecretKey } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Family, Ruling } from "../../src/domain/access.js";
import type { ConnectorDefinition } from "../../src/domain/connector.js";
import type { Entity } from "../../src/domain/entity.js";
import type { Person } from "../../src/domain/people.js";
import { protectFields } from "../../src/guard/field-protection.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createClientBook } from "../../src/sync/clients.js";
import { linkClients } from "../../src/sync/link.js";
import { createMirrors } from "../../src/sync/mirror.js";
import { openTestDatabase } from "../support/database.js";

let time = Date.parse("2026-11-20T09:00:00.000Z");
const now = () => new Date((time += 1_000));
const protection = protectFields(createSecretKey(Buffer.alloc(32, 7)), () => ["phones", "emails"]);

function client(name: string, title: string, own: Partial<Entity> & { readonly keys?: Entity["keys"] } = {}): Entity {
  const [system = "", kind = "", id = ""] = name.split(":");
  return {
    ref: { system, kind, id },
    title,
    readers: system === "erp" ? [["erp:sees:all"]] : "everyone",
    relations: [],
    fields: {},
    keys: { phones: [], emails: [] },
    ...own,
  };
}
const romashka = client("crm:company:1", "ООО «Ромашка»", {
  keys: { inn: "7700000001", phones: ["+7 900 000-00-01"], emails: [] },
  owner: { id: "11", name: "Анна", groups: ["crm:group:sales"] },
});
const inBooks = client("erp:client:a", "Ромашка", { keys: { inn: "77 0000 0001", phones: ["8 (900) 000-00-02"], emails: [] } });
const vektor = client("crm:company:2", "Вектор", { keys: { phones: ["+7 900 000-00-03"], emails: [] } });
const vektorInBooks = client("erp:client:b", "Торговый дом", { keys: { phones: ["79000000003"], emails: [] } });

describe("clients that several systems know", () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of ["system_integrations", "clients", "client_decisions", "client_doubts", "client_linking"])
      await database.query(`delete from ${table}`);
  });

  const store = (...entities: Entity[]) =>
    database.transaction((tx) =>
      applyChanges(
        tx,
        entities.map((entity) => ({ kind: "upsert", entity })),
        now(),
        undefined,
        protection,
      ),
    );
  const book = () => createClientBook({ database, now });
  const link = () => linkClients(database, { now });
  const ids = async () =>
    new Map(
      (
        await database.query<{ name: string; client: string | null }>(
          "select concat_ws(':', system_name, entity_type, external_id) as name, internal_id as client from system_integrations",
        )
      ).rows.map(({ name, client }) => [name, client]),
    );
  const groups = async () => {
    const byClient = new Map<string | null, string[]>();
    for (const [name, id] of await ids()) byClient.set(id, [...(byClient.get(id) ?? []), name].toSorted());
    return [...byClient.values()].toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
  };

  it("get one id by what they are known by, encrypted or not; people of a company get none", async () => {
    const director = client("crm:contact:5", "Иван Петров", {
      keys: { phones: ["+7 900 000-00-02"], emails: [] },
      relations: [{ kind: "company", to: romashka.ref }],
    });
    await store(romashka, inBooks, vektor, vektorInBooks, director);
    expect(await link()).toMatchObject({ clients: 3, linked: 1, doubts: 1, changed: 4 });
    const stored = await ids();
    expect(stored.get("crm:company:1")).toBe(stored.get("erp:client:a"));
    expect(stored.get("crm:contact:5")).toBeNull();
    expect(JSON.stringify((await database.query("select * from client_doubts")).rows)).not.toMatch(/900/);
  });

  it("keep their ids when linked again, and nothing is done where nothing has changed", async () => {
    await store(romashka, inBooks, vektor);
    await link();
    const before = await ids();
    expect(await link()).toBeUndefined();
    await store(vektorInBooks);
    expect(await link()).toMatchObject({ changed: 1 });
    expect([...(await ids())].filter(([name]) => name !== "erp:client:b")).toEqual([...before]);
  });

  it("come out the same in whatever order the systems were read", async () => {
    const all = [romashka, inBooks, vektor, vektorInBooks];
    await store(...all);
    await link();
    const atOnce = await groups();
    await database.query("delete from system_integrations");
    for (const one of all.toReversed()) {
      await store(one);
      await link();
    }
    expect(await groups()).toEqual(atOnce);
  });

  it("part again when the record says so: an INN that was mistyped and mended", async () => {
    await store(romashka, client("erp:client:a", "Лютик", { keys: { inn: "7700000001", phones: [], emails: [] }, version: "1" }));
    await link();
    expect((await groups()).length).toBe(1);
    await store(client("erp:client:a", "Лютик", { keys: { inn: "7700000009", phones: [], emails: [] }, version: "2" }));
    await link();
    expect((await groups()).length).toBe(2);
  });

  it("are joined by an admin over a doubt, and split for good; the last word counts", async () => {
    await store(romashka, inBooks, vektor, vektorInBooks);
    await link();
    expect(await book().doubts()).toMatchObject([{ reason: "shared-contact", one: { title: "Вектор" }, other: { title: "Торговый дом" } }]);
    const merged = await book().merge("crm:company:2", "erp:client:b", "cli:ivan");
    expect(merged.records.map(({ title }) => title)).toEqual(["Вектор", "Торговый дом"]);
    expect(await book().doubts()).toEqual([]);
    expect(await book().conflicts()).toMatchObject([{ field: "phone" }, { field: "name" }]);

    await book().split("erp:client:a", undefined, "cli:ivan");
    await store({ ...inBooks, version: "2" });
    await link();
    expect(await groups()).toEqual([["crm:company:1"], ["crm:company:2", "erp:client:b"], ["erp:client:a"]]);
    expect(await book().doubts()).toEqual([]);
    await book().merge("erp:client:a", "crm:company:1", "cli:ivan");
    expect((await groups()).length).toBe(2);
  });

  it("are told apart where there was only a doubt, and it does not come again", async () => {
    await store(vektor, vektorInBooks);
    await link();
    await book().split("erp:client:b", "crm:company:2", "cli:ivan");
    await link();
    expect(await book().doubts()).toEqual([]);
    expect((await groups()).length).toBe(2);
  });

  it.each([
    ["merge", (clients: ReturnType<typeof book>) => clients.merge("crm:company:1", "crm:company:404", "cli")],
    ["merge", (clients: ReturnType<typeof book>) => clients.merge("crm:company:1", "crm:company:1", "cli")],
    ["split", (clients: ReturnType<typeof book>) => clients.split("'; drop table clients; --", undefined, "cli")],
    ["split", (clients: ReturnType<typeof book>) => clients.split("crm:company:1", undefined, "cli")],
  ])("refuse a %s that makes no sense", async (_what, act) => {
    await store(romashka);
    await link();
    await expect(act(book())).rejects.toThrow(/crm:company|drop table/);
  });

  it("are found in the other systems by those alone who may read there", async () => {
    await store(romashka, inBooks, client("erp:order:o1", "00ЗК-1", { keys: undefined, relations: [{ kind: "client", to: inBooks.ref }] }));
    await link();
    const rulings: Partial<Record<Family, Ruling>> = {};
    const person = (principals: string[] = []): Person => ({
      id: "anna",
      name: "Анна",
      language: "ru",
      timeZone: "Europe/Moscow",
      roles: ["sales"],
      principals,
    });
    const definition = (family: Family) => ({ families: [family] }) as unknown as ConnectorDefinition;
    const mirrorFor = createMirrors({
      database,
      access: { decide: async (_person, { family }) => rulings[family as Family] ?? { effect: "deny", scope: "own" } },
      systems: {
        configured: [
          { system: "crm", definition: definition("crm") },
          { system: "erp", definition: definition("erp") },
        ],
      },
      open: (ref, fields) => protection.open(ref, fields),
    });
    const orders = async (who: Person) => (await mirrorFor(who).related(inBooks.ref, "order").page()).items.map(({ title }) => title);

    rulings.crm = { effect: "allow", scope: "own" };
    expect(await mirrorFor(person()).same(romashka.ref)).toEqual([]);
    // Whoever claims the principal without the ruling gets nothing either.
    expect(await mirrorFor(person(["erp:sees:all"])).same(romashka.ref)).toEqual([]);
    rulings.erp = { effect: "allow", scope: "department" };
    expect(await mirrorFor(person()).same(romashka.ref)).toEqual([]);
    expect(await orders(person())).toEqual([]);
    rulings.erp = { effect: "allow", scope: "all" };
    expect(await mirrorFor(person()).same(romashka.ref)).toEqual([inBooks.ref]);
    expect(await orders(person())).toEqual(["00ЗК-1"]);
    // The other way: the CRM's record is Anna's, and somebody else may see their own only.
    expect(await mirrorFor(person(["crm:user:11"])).same(inBooks.ref)).toEqual([romashka.ref]);
    expect(await mirrorFor(person(["crm:user:12"])).same(inBooks.ref)).toEqual([]);
    rulings.crm = { effect: "allow", scope: "department" };
    expect(await mirrorFor(person(["crm:group:sales"])).same(inBooks.ref)).toEqual([romashka.ref]);
  });

  it("are linked in seconds when there are ten thousand records", async () => {
    await database.query("insert into acls (digest, kind) values ('everyone', 'everyone') on conflict do nothing");
    await database.query(
      `insert into system_integrations (system_name, entity_type, external_id, last_sync, title, digest, acl_id, keys)
       select case n % 2 when 0 then 'crm' else 'erp' end, 'client', n, now(), 'Завод ' || n / 2, n::text, (select min(id) from acls),
         jsonb_build_object('match', jsonb_build_object('phones', jsonb_build_array('p' || n / 2))
           || case when (n / 2) % 2 = 0 then jsonb_build_object('inn', jsonb_build_array('i' || n / 2)) else '{}' end)
       from generate_series(0, 9999) as n`,
    );
    const began = performance.now();
    expect(await link()).toMatchObject({ clients: 5_000, linked: 5_000 });
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});
