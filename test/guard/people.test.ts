import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAccess } from "../../src/guard/access.js";
import { createPeople, type People } from "../../src/guard/people.js";
import type { Database } from "../../src/platform/database.js";
import { openTestDatabase } from "../support/database.js";

const now = new Date("2026-11-20T09:00:00Z");
const account = { channel: "telegram", id: "777" };

describe("people", () => {
  let database: Database;
  let people: People;

  beforeAll(async () => {
    database = await openTestDatabase();
    people = createPeople({ database, timeZone: "Europe/Moscow" });
    await people.add({ id: "anna", name: "Анна", email: "anna@example.com", roles: ["sales"] });
    await people.add({ id: "vera", name: "Вера" });
  });
  afterAll(() => database.close());

  it("an invitation ties one account to one person, once", async () => {
    const { code } = await people.invite("anna", now, 60_000);
    const tries = await Promise.all([people.redeem(code, account, now), people.redeem(code, { ...account, id: "778" }, now)]);
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await people.redeem(code, account, now)).toBeUndefined();
    const known = [await people.byAccount(account), await people.byAccount({ ...account, id: "778" })].filter(Boolean);
    expect(known.map((person) => person?.id)).toEqual(["anna"]);
  });

  it("a late or invented code lets nobody in", async () => {
    const { code } = await people.invite("vera", now, 60_000);
    expect(await people.redeem(code, { channel: "slack", workspace: "T1", id: "U1" }, new Date(now.getTime() + 60_000))).toBeUndefined();
    expect(await people.redeem("AAAAAAAAAAAAAAAA", account, now)).toBeUndefined();
    const { rows } = await database.query<{ code_hash: string }>("select code_hash from invitations");
    expect(rows.map((row) => row.code_hash)).not.toContain(code);
  });

  it("the same id in another workspace is another account", async () => {
    const { code } = await people.invite("vera", now, 60_000);
    await people.redeem(code, { channel: "slack", workspace: "T1", id: "U7" }, now);
    expect((await people.byAccount({ channel: "slack", workspace: "T1", id: "U7" }))?.id).toBe("vera");
    expect(await people.byAccount({ channel: "slack", workspace: "T2", id: "U7" })).toBeUndefined();
  });

  it("a person's principals are their users in the systems and those users' groups", async () => {
    await people.link("anna", "amocrm", "amocrm:user:11");
    await database.query("insert into memberships (system, member, of_group) values ('amocrm', 'amocrm:user:11', 'amocrm:group:2')");
    expect((await people.find("anna"))?.principals).toEqual(
      expect.arrayContaining(["svyaz:person:anna", "amocrm:user:11", "amocrm:group:2"]),
    );
    await expect(people.link("anna", "amocrm", "amocrm:user:11")).resolves.toBeUndefined();
    await expect(people.link("vera", "amocrm", "amocrm:user:11")).rejects.toMatchObject({ code: "request-refused" });
    expect((await people.find("vera"))?.principals).toEqual(["svyaz:person:vera"]);
  });

  it("roles and removal act at once for a new look and within two seconds for a remembered one", async () => {
    let clock = 0;
    const access = createAccess({ people, now: () => clock });
    const vera = (await people.find("vera"))!;
    const read = { system: "amocrm", family: "crm", verb: "read" } as const;
    expect(await access.decide(vera, read)).toMatchObject({ effect: "deny" });
    await people.setRoles("vera", ["manager"]);
    clock += 2_000;
    expect(await access.decide(vera, read)).toEqual({ effect: "allow", scope: "department" });
    await database.query("update people set active = false where id = 'vera'");
    clock += 2_000;
    expect(await access.decide(vera, read)).toMatchObject({ effect: "deny" });
  });
});
