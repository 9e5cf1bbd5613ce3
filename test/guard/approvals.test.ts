import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Approvals, Approved } from "../../src/domain/approval.js";
import type { Person } from "../../src/domain/people.js";
import { createAccess } from "../../src/guard/access.js";
import { createApprovals } from "../../src/guard/approvals.js";
import { createPeople, type People } from "../../src/guard/people.js";
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
    approvals = createApprovals({ database, access: createAccess({ people }), audit, now: () => clock });
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
    const later = createApprovals({ database, access: createAccess({ people }), audit, now: () => clock });
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
    const other = createApprovals({ database, access: createAccess({ people }), audit, now: () => clock });
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
    const later = createApprovals({ database, access: createAccess({ people }), audit, now: () => clock });
    await expect(later.take(card.id, Draft)).rejects.toMatchObject({ code: "access-denied" });
    expect(await later.card(card.id)).toMatchObject({ state: "unknown" });
    await people.setRoles("anna", ["sales"]);
  });

  it("lets staff propose no write into the CRM", async () => {
    const vera = (await people.find("vera")) ?? (await people.add({ id: "vera", name: "Вера" }));
    await expect(propose(vera)).rejects.toMatchObject({ code: "access-denied" });
  });
});
