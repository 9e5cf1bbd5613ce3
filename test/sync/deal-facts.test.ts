import { createSecretKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entity } from "../../src/domain/entity.js";
import type { Person } from "../../src/domain/people.js";
import { protectFields } from "../../src/guard/field-protection.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { readDealFacts } from "../../src/sync/deal-facts.js";
import { openTestDatabase } from "../support/database.js";

const sealing = protectFields(createSecretKey(Buffer.alloc(32, 3)), () => ["phones", "emails"]);
const anna: Person = {
  id: "anna",
  name: "Анна",
  language: "ru",
  timeZone: "Europe/Moscow",
  roles: ["sales"],
  principals: ["crm:user:1", "crm:group:1"],
};
const company = { system: "crm", kind: "company", id: "17" };
const contact = { system: "crm", kind: "contact", id: "18" };
const own = { id: "1", name: "Анна", groups: ["crm:group:1"] };
const others = { id: "2", name: "Глеб", groups: ["crm:group:2"] };

const entity = (ref: Entity["ref"], title: string, rest: Partial<Entity> = {}): Entity => ({
  ref,
  title,
  readers: "everyone",
  owner: own,
  relations: [],
  fields: {},
  ...rest,
});
const deal = (id: string, fields: Entity["fields"], rest: Partial<Entity> = {}): Entity =>
  entity({ system: "crm", kind: "deal", id }, `Сделка ${id}`, {
    relations: [company, contact].map((to) => ({ kind: "client", to })),
    fields: {
      pipelineId: "1",
      state: "open",
      createdAt: "2026-10-01T09:00:00Z",
      closedAt: null,
      amount: "100000",
      currency: "RUB",
      ...fields,
    },
    ...rest,
  });

describe("what the mirror knows of a deal", () => {
  let database: Database;
  const facts = (scope: "own" | "all", id = "1", person = anna) =>
    readDealFacts(database, person, scope, { system: "crm", kind: "deal", id });

  beforeAll(async () => {
    database = await openTestDatabase();
    const entities = [
      entity(company, "ООО «Ромашка»", { keys: { inn: "7700000001", phones: ["+7 900 000-00-01"], emails: [] } }),
      entity(contact, "Иван Петров", { keys: { phones: [], emails: ["ivan@example.com"] } }),
      deal("1", {}),
      deal("2", { state: "won", closedAt: "2026-10-31T09:00:00Z", amount: "90000" }),
      deal("3", { state: "lost", closedAt: "2026-10-21T09:00:00Z", lossReason: "Дорого" }),
      deal("4", { state: "won", closedAt: "2026-10-11T09:00:00Z", amount: "5000000" }, { owner: others }),
      deal("5", {}, { owner: others }),
      deal("6", {}, { relations: [] }),
    ];
    await database.transaction((tx) =>
      applyChanges(
        tx,
        entities.map((one) => ({ kind: "upsert", entity: one })),
        new Date("2026-11-20T09:00:00Z"),
        undefined,
        sealing,
      ),
    );
  });
  afterAll(() => database.close());

  it("tells whether its client can be reached, though telephones and e-mails are stored encrypted", async () => {
    expect((await facts("all"))?.contact).toEqual({ client: "ООО «Ромашка»", company: true, phone: true, email: true });
    expect((await facts("all", "6"))?.contact).toEqual({ client: undefined, company: false, phone: false, email: false });
  });

  it("counts what the client did before and how such deals end, without the deal itself", async () => {
    expect(await facts("all")).toMatchObject({
      title: "Сделка 1",
      owner: "Анна",
      past: { open: 1, won: 2, lost: 1, wonAmount: "5090000" },
      similar: { won: { count: 2 }, lost: { count: 1, reason: "Дорого" } },
    });
  });

  it("neither names nor counts what the reader may not see", async () => {
    expect(await facts("own")).toMatchObject({ past: { open: 0, won: 1, lost: 1, wonAmount: "90000" }, similar: { won: { count: 1 } } });
    expect(await facts("own", "5")).toBeUndefined();
    expect(await facts("all", "404")).toBeUndefined();
  });
});
