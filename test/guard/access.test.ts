import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Person } from "../../src/domain/people.js";
import { createAccess } from "../../src/guard/access.js";
import { createPeople, type People } from "../../src/guard/people.js";
import { type Policy, standardPolicy } from "../../src/guard/policy.js";
import type { Database } from "../../src/platform/database.js";
import { openTestDatabase } from "../support/database.js";

const read = { system: "amocrm", family: "crm", verb: "read" } as const;
const account = { channel: "telegram", id: "777" };
const at = new Date("2026-11-20T09:00:00Z");

describe("access", () => {
  let database: Database;
  let people: People;
  let anna: Person;
  let clock = 0;
  let policy: Policy = standardPolicy;

  beforeAll(async () => {
    database = await openTestDatabase();
    people = createPeople({ database, timeZone: "Europe/Moscow" });
    anna = await people.add({ id: "anna", name: "Анна", roles: ["sales"], email: "anna@example.com" });
    await people.link("anna", "amocrm", "amocrm:user:11");
    const { code } = await people.invite("anna", at, 60_000);
    await people.redeem(code, account, at);
  });
  afterAll(() => database.close());
  const access = () => createAccess({ people, policy: () => policy, now: () => clock });

  it("goes by the policy in force at the moment of the question", async () => {
    const asked = access();
    expect(await asked.decide(anna, read)).toEqual({ effect: "allow", scope: "own" });
    policy = { sales: { crm: { read: "deny" } } };
    expect(await asked.decide(anna, read)).toMatchObject({ effect: "deny" });
    policy = {};
    expect(await asked.decide(anna, read)).toMatchObject({ effect: "deny" });
    policy = standardPolicy;
  });

  it("believes no roles that a caller brings along", async () => {
    expect(await access().decide({ ...anna, roles: ["admin"] }, read)).toEqual({ effect: "allow", scope: "own" });
    expect(await access().decide({ ...anna, id: "nobody", roles: ["admin"] }, read)).toMatchObject({ effect: "deny" });
  });

  it("knows an account by its number alone, in its own messenger and workspace", async () => {
    const asked = access();
    expect(await asked.whoIs(account)).toMatchObject({ id: "anna" });
    for (const stranger of [
      { channel: "slack", id: "777" },
      { channel: "telegram", workspace: "T1", id: "777" },
      { channel: "telegram", id: "anna" },
      { channel: "telegram", id: "Анна" },
      { channel: "telegram", id: "0777" },
      { channel: "telegram", id: "" },
    ])
      expect(await asked.whoIs(stranger), JSON.stringify(stranger)).toBeUndefined();
  });

  it("leaves a removed person nothing: no account, no user in a system, no right, no way back by an old invitation", async () => {
    const asked = access();
    expect(await asked.decide(anna, read)).toMatchObject({ effect: "allow" });
    const { code } = await people.invite("anna", at, 60_000);
    expect(await people.remove("anna", at)).toBe(0);
    clock += 2_000;
    expect(await asked.decide(anna, read)).toMatchObject({ effect: "deny" });
    expect(await asked.whoIs(account)).toBeUndefined();
    expect(await asked.person("anna")).toBeUndefined();
    expect(await people.redeem(code, account, at)).toBeUndefined();
    expect(await people.matchEmail("anna@example.com", account, at)).toBeUndefined();
    expect(await people.accountsOf("anna")).toEqual([]);
    await expect(people.remove("anna", at)).rejects.toMatchObject({ code: "not-found" });
    await expect(people.add({ id: "anna", name: "Another Anna" })).rejects.toMatchObject({ code: "request-refused" });
    // Their e-mail and their user are free for whoever comes after.
    await people.add({ id: "anna2", name: "Another Anna", email: "anna@example.com" });
    await expect(people.link("anna2", "amocrm", "amocrm:user:11")).resolves.toBeUndefined();
  });
});
