import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Approvals, Approved } from "../../src/domain/approval.js";
import type { Person } from "../../src/domain/people.js";
import { createAccess } from "../../src/guard/access.js";
import { createApprovals } from "../../src/guard/approvals.js";
import { createPeople, type People } from "../../src/guard/people.js";
import type { Policy, WriteRule } from "../../src/guard/policy.js";
import type { Database } from "../../src/platform/database.js";
import { createFakeAudit } from "../fakes/audit.js";
import { openTestDatabase } from "../support/database.js";

const Draft = z.object({ title: z.string(), amount: z.string() });
const address = { channel: "telegram", chat: "42" };

describe("approvals", () => {
  let database: Database;
  let people: People;
  let approvals: Approvals;
  let anna: Person;
  let boris: Person;
  let clock = new Date("2026-11-20T09:00:00Z");
  const audit = createFakeAudit();

  beforeAll(async () => {
    database = await openTestDatabase();
    people = createPeople({ database, timeZone: "Europe/Moscow" });
    anna = await people.add({ id: "anna", name: "Анна", roles: ["sales"] });
    boris = await people.add({ id: "boris", name: "Борис", roles: ["manager"] });
  });
  afterAll(() => database.close());
  beforeEach(() => {
    clock = new Date("2026-11-20T09:00:00Z");
    audit.rows.length = 0;
    audit.broken = false;
    // Roles are remembered for two seconds: a fresh one for each test.
    approvals = createApprovals({ database, access: createAccess({ people }), people, audit, now: () => clock });
  });

  const propose = (by: Person = anna) =>
    approvals.propose({
      tool: "create-deal",
      operation: { system: "amocrm", family: "crm", verb: "create" },
      draft: { title: "Сделка", amount: "75000" },
      askedBy: by,
      language: "ru",
      address,
      title: "Создать сделку",
      lines: [{ label: "Сумма", value: "75 000 ₽" }],
      trace: "m1",
      actor: by.id,
    });

  it("writes what was shown: the taken draft is the proposed one, once", async () => {
    const card = await propose();
    expect(card.options.map(({ id }) => id)).toEqual(["yes", "no"]);
    expect(await approvals.answer(card.id, true, anna, address)).toBe("agreed");
    const approved = await approvals.take(card.id, Draft);
    expect(approved).toMatchObject({
      approval: card.id,
      system: "amocrm",
      draft: { title: "Сделка", amount: "75000" },
      askedBy: { id: "anna" },
    });
    expect(await approvals.holds(approved!)).toBe(true);
    expect(await approvals.take(card.id, Draft)).toBeUndefined();
  });

  it("is closed when a corrected one takes its place, and says so to a late press", async () => {
    const [first, second, another] = [await propose(), await propose(), await propose(boris)];
    const by = { person: anna, address, tool: "create-deal", trace: "m2" };
    expect(await approvals.lastShown({ ...by, trace: "m1" })).toBeUndefined();
    expect(await approvals.lastShown({ ...by, address: { ...address, chat: "another" } })).toBeUndefined();
    expect(await approvals.lastShown({ ...by, tool: "create-task" })).toBeUndefined();
    const last = (await approvals.lastShown(by)) ?? "";
    expect(await approvals.supersede(last, boris, "m2")).toBe(false);
    expect(await approvals.supersede(last, anna, "m2")).toBe(true);
    const states = await Promise.all([first, second, another].map(async ({ id }) => (await approvals.card(id))?.state));
    expect(states.filter((state) => state === "expired")).toHaveLength(1);
    expect(states[2]).toBe("waiting");
    const closed = states[0] === "expired" ? first : second;
    await expect(approvals.answer(closed.id, true, anna, address)).rejects.toMatchObject({ cause: "superseded" });
    expect(await approvals.take(closed.id, Draft)).toBeUndefined();
  });

  it("stays what it is once it was answered, whatever comes behind it", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    expect(await approvals.lastShown({ person: anna, address, tool: "create-deal", trace: "m2" })).not.toBe(card.id);
    expect(await approvals.supersede(card.id, anna, "m2")).toBe(false);
    expect(await approvals.take(card.id, Draft)).toBeDefined();
  });

  it("lets one of eight presses at once win", async () => {
    const card = await propose();
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => approvals.answer(card.id, true, anna, address)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const taken = await Promise.all(Array.from({ length: 8 }, () => approvals.take(card.id, Draft)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it("refuses a stranger, another chat and a late press, and says which", async () => {
    const card = await propose();
    await expect(approvals.answer(card.id, true, boris, address)).rejects.toMatchObject({ code: "approval-unusable", cause: "stranger" });
    await expect(approvals.answer(card.id, true, anna, { channel: "telegram", chat: "43" })).rejects.toMatchObject({ cause: "stranger" });
    clock = new Date(clock.getTime() + 15 * 60_000);
    await expect(approvals.answer(card.id, true, anna, address)).rejects.toMatchObject({ cause: "expired" });
    clock = new Date(clock.getTime() - 10 * 60_000);
    await expect(approvals.answer(card.id, true, anna, address)).rejects.toMatchObject({ cause: "expired" });
    expect(await approvals.take(card.id, Draft)).toBeUndefined();
  });

  it("keeps a no a no", async () => {
    const card = await propose();
    expect(await approvals.answer(card.id, false, anna, address)).toBe("rejected");
    await expect(approvals.answer(card.id, true, anna, address)).rejects.toMatchObject({ cause: "rejected" });
    expect(await approvals.take(card.id, Draft)).toBeUndefined();
  });

  it("does not accept a look-alike that this process did not make", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    const approved = await approvals.take(card.id, Draft);
    const forged = { ...approved } as Approved<z.infer<typeof Draft>>;
    expect(await approvals.holds(forged)).toBe(false);
  });

  it("fails closed when the row was changed between showing and writing", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    await database.query("update approvals set draft = replace(draft, '75000', '95000') where id = $1", [card.id]);
    await expect(approvals.take(card.id, Draft)).rejects.toMatchObject({ code: "approval-unusable", cause: "changed" });
    expect(await approvals.card(card.id)).toMatchObject({ state: "failed" });
  });

  it("reads the asker's rights again at the press", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    await people.setRoles("anna", ["staff"]);
    const later = createApprovals({ database, access: createAccess({ people }), people, audit, now: () => clock });
    await expect(later.take(card.id, Draft)).rejects.toMatchObject({ code: "access-denied" });
    await people.setRoles("anna", ["sales"]);
  });

  it("agrees to nothing that it cannot write into the audit log", async () => {
    const card = await propose();
    audit.broken = true;
    await expect(approvals.answer(card.id, true, anna, address)).rejects.toThrow(/audit/);
    audit.broken = false;
    expect(await approvals.card(card.id)).toMatchObject({ state: "waiting" });
    await expect(propose().then(() => propose())).resolves.toBeDefined();
  });

  it("hands what a dead process left to the next one, after its lease", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    await approvals.take(card.id, Draft);
    expect(await approvals.left()).not.toContainEqual(expect.objectContaining({ approval: card.id }));
    clock = new Date(clock.getTime() + 21_000);
    expect(await approvals.left()).toContainEqual(expect.objectContaining({ approval: card.id, state: "running" }));
    expect(await approvals.take(card.id, Draft)).toBeDefined();
    await approvals.close(card.id, { state: "done", receipt: { ref: { system: "amocrm", kind: "deal", id: "9" } } });
    expect(await approvals.card(card.id)).toMatchObject({ state: "done", receipt: { ref: { id: "9" } } });
  });

  it("lets a taker that slept through its lease write nothing, once another one has taken over", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    const sleeper = await approvals.take(card.id, Draft);
    clock = new Date(clock.getTime() + 16_000);
    expect(await approvals.holds(sleeper!)).toBe(false);
    const other = createApprovals({ database, access: createAccess({ people }), people, audit, now: () => clock });
    const taken = await other.take(card.id, Draft);
    await approvals.extend(sleeper!);
    expect(await approvals.holds(sleeper!)).toBe(false);
    expect(await other.holds(taken!)).toBe(true);
  });

  it("calls a write that was begun and may no longer be finished unknown, not failed", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, anna, address);
    await approvals.take(card.id, Draft);
    clock = new Date(clock.getTime() + 16_000);
    await people.setRoles("anna", ["staff"]);
    const later = createApprovals({ database, access: createAccess({ people }), people, audit, now: () => clock });
    await expect(later.take(card.id, Draft)).rejects.toMatchObject({ code: "access-denied" });
    expect(await later.card(card.id)).toMatchObject({ state: "unknown" });
    await people.setRoles("anna", ["sales"]);
  });

  it("lets staff propose no write into the CRM", async () => {
    const vera = (await people.find("vera")) ?? (await people.add({ id: "vera", name: "Вера" }));
    await expect(propose(vera)).rejects.toMatchObject({ code: "access-denied" });
  });
});

describe("an approval that needs a second person", () => {
  let database: Database;
  let people: People;
  let approvals: Approvals;
  let clock = new Date("2026-11-20T09:00:00Z");
  const audit = createFakeAudit();
  const later = (ms: number) => void (clock = new Date(clock.getTime() + ms));
  const hour = 60 * 60_000;
  const limits = (above: string): WriteRule => ({
    scope: "department",
    approval: "ask",
    secondAbove: { amount: [{ amount: above, currency: "RUB" }] },
  });
  const policy: Policy = {
    sales: { crm: { read: "own", create: { ...limits("50000"), scope: "own" } } },
    lead: { crm: { read: "department", create: limits("1000000") } },
    boss: { "*": { read: "all", create: { scope: "all", approval: "ask" } } },
    staff: { documents: { read: "all" } },
  };
  const person = async (id: string) => (await people.find(id))!;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("truncate approvals, memberships, person_links, people cascade");
    clock = new Date("2026-11-20T09:00:00Z");
    audit.rows.length = 0;
    people = createPeople({ database, timeZone: "Europe/Moscow" });
    const company = [
      ["anna", "sales", "sales"],
      ["dmitry", "sales", "sales"],
      ["boris", "lead", "sales"],
      ["pavel", "lead", "projects"],
      ["olga", "boss", "office"],
      ["vera", "staff", "sales"],
    ] as const;
    for (const [at, [id, role, group]] of company.entries()) {
      await people.add({ id, name: id, roles: [role] });
      await people.link(id, "amocrm", `amocrm:user:${at}`);
      await database.query("insert into memberships (system, member, of_group) values ('amocrm', $1, $2)", [
        `amocrm:user:${at}`,
        `amocrm:group:${group}`,
      ]);
    }
    approvals = open();
  });

  /** Roles are remembered for two seconds: a fresh one sees a change at once. */
  const open = () => createApprovals({ database, access: createAccess({ people, policy: () => policy }), people, audit, now: () => clock });
  const propose = async (amount = "75000", by = "anna") =>
    approvals.propose({
      tool: "create-deal",
      operation: { system: "amocrm", family: "crm", verb: "create", kind: "deal", amount: { amount, currency: "RUB" } },
      draft: { title: "Сделка", amount },
      askedBy: await person(by),
      language: "ru",
      address,
      title: "Создать сделку",
      lines: [],
      trace: "m1",
      actor: by,
    });

  it("is taken after the asker's yes and then one other, and names both", async () => {
    const card = await propose();
    expect(card.expiresAt).toEqual(new Date("2026-11-20T09:15:00Z"));
    expect(card.lines?.at(-1)?.label).toBe("Второе «да»");
    await expect(approvals.answer(card.id, true, await person("boris"))).rejects.toMatchObject({ cause: "stranger" });
    expect(await approvals.answer(card.id, true, await person("anna"), address)).toBe("waiting");
    expect(await approvals.take(card.id, Draft)).toBeUndefined();
    later(23 * hour);
    expect(await approvals.answer(card.id, true, await person("boris"))).toBe("agreed");
    const approved = await approvals.take(card.id, Draft);
    expect(approved?.askedBy.id).toBe("anna");
    expect(approved?.agreedBy.map(({ id }) => id)).toEqual(["anna", "boris"]);
    expect(await approvals.holds(approved!)).toBe(true);
    expect(audit.rows.filter(({ outcome }) => outcome === "succeeded").map(({ name, actor }) => `${name} ${actor}`)).toEqual([
      "approval.proposed anna",
      "approval.seconding anna",
      "approval.agreed boris",
    ]);
  });

  it("needs none below the limit", async () => {
    const card = await propose("50000");
    expect(await approvals.answer(card.id, true, await person("anna"), address)).toBe("agreed");
  });

  it("is agreed to by nobody who may not do the same for the asker", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, await person("anna"), address);
    for (const id of ["anna", "dmitry", "pavel", "vera"])
      await expect(approvals.answer(card.id, true, await person(id)), id).rejects.toThrow();
    // A manager in the asker's own chat presses a button that was not made for them.
    await expect(approvals.answer(card.id, true, await person("boris"), address)).rejects.toMatchObject({ cause: "stranger" });
    expect(await approvals.card(card.id)).toMatchObject({ state: "waiting" });
    const big = await propose("1500000");
    await approvals.answer(big.id, true, await person("anna"), address);
    await expect(approvals.answer(big.id, true, await person("boris"))).rejects.toMatchObject({ cause: "stranger" });
    expect(await approvals.answer(big.id, true, await person("olga"))).toBe("agreed");
  });

  it("goes to the heads of the asker's department first, and to those who may see everything where there is none", async () => {
    const near = await propose();
    expect((await approvals.seconds(near.id)).map(({ id }) => id)).toEqual(["boris"]);
    const big = await propose("1500000");
    expect((await approvals.seconds(big.id)).map(({ id }) => id)).toEqual(["olga"]);
    await people.remove("olga", clock);
    approvals = open();
    expect(await approvals.seconds(big.id)).toEqual([]);
  });

  it("is settled by the first answer, whoever gives it", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, await person("anna"), address);
    const [boris, olga] = [await person("boris"), await person("olga")];
    const answers = await Promise.allSettled([
      approvals.answer(card.id, true, boris),
      approvals.answer(card.id, false, olga),
      approvals.answer(card.id, true, olga),
      approvals.answer(card.id, true, boris),
    ]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("lets the asker take it back while it waits, and counts a second yes of their own for nothing", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, await person("anna"), address);
    await expect(approvals.answer(card.id, true, await person("anna"), address)).rejects.toMatchObject({ cause: "second" });
    expect(await approvals.answer(card.id, false, await person("anna"), address)).toBe("rejected");
    await expect(approvals.answer(card.id, true, await person("boris"))).rejects.toMatchObject({ cause: "rejected" });
  });

  it("lives fifteen minutes until the first yes and twenty-four hours from it", async () => {
    const slow = await propose();
    later(15 * 60_000);
    await expect(approvals.answer(slow.id, true, await person("anna"), address)).rejects.toMatchObject({ cause: "expired" });
    const card = await propose();
    await approvals.answer(card.id, true, await person("anna"), address);
    later(24 * hour);
    await expect(approvals.answer(card.id, true, await person("boris"))).rejects.toMatchObject({ cause: "overdue" });
    const other = await propose();
    await approvals.answer(other.id, true, await person("anna"), address);
    later(24 * hour);
    expect((await approvals.secondsMissing()).expired.map(({ id }) => id)).toEqual([other.id]);
    expect((await approvals.secondsMissing()).expired).toEqual([]);
    expect(await approvals.card(other.id)).toMatchObject({ state: "expired" });
  });

  it("remembers, across a crash, that nobody has been asked yet", async () => {
    const card = await propose();
    await approvals.answer(card.id, true, await person("anna"), address);
    expect((await approvals.secondsMissing()).unasked).toEqual([]);
    later(16_000);
    expect((await approvals.secondsMissing()).unasked.map(({ id }) => id)).toEqual([card.id]);
    await approvals.secondsAsked(card.id);
    expect((await approvals.secondsMissing()).unasked).toEqual([]);
    // A turn that is run again takes back what was not shown, and this was.
    await approvals.withdraw("m1");
    expect(await approvals.card(card.id)).toMatchObject({ state: "waiting" });
  });

  it.each([
    ["the asker's role is taken away", () => people.setRoles("anna", ["staff"])],
    ["the second person's role is taken away", () => people.setRoles("boris", ["staff"])],
    ["the second person is removed", () => people.remove("boris", clock)],
    ["the asker is removed", () => people.remove("anna", clock)],
  ])("is not taken when, after both yeses, %s", async (_what, change) => {
    const card = await propose();
    await approvals.answer(card.id, true, await person("anna"), address);
    await approvals.answer(card.id, true, await person("boris"));
    await change();
    approvals = open();
    await expect(approvals.take(card.id, Draft)).rejects.toMatchObject({ code: "access-denied" });
    expect(await approvals.card(card.id)).toMatchObject({ state: "failed" });
  });

  it("is closed with the removal of its asker, and refuses a removed second person at the press", async () => {
    const [annas, dmitrys] = [await propose(), await propose("75000", "dmitry")];
    await approvals.answer(annas.id, true, await person("anna"), address);
    await approvals.answer(dmitrys.id, true, await person("dmitry"), address);
    const boris = await person("boris");
    expect(await people.remove("anna", clock)).toBe(1);
    await expect(approvals.answer(annas.id, true, boris)).rejects.toMatchObject({ code: "approval-unusable" });
    expect(await approvals.card(annas.id)).toMatchObject({ state: "rejected" });
    await people.remove("boris", clock);
    approvals = open();
    await expect(approvals.answer(dmitrys.id, true, boris)).rejects.toMatchObject({ cause: "stranger" });
  });
});
