import { describe, expect, it } from "vitest";
import { type CompanyDeal, createCompany, dayAfter, daysBetween } from "../../src/sandbox/company.js";

const ANCHOR = "2026-11-20";
const company = createCompany({ anchor: ANCHOR });
const dayOf = (at: Date) => new Date(at.getTime() + 3 * 3_600_000).toISOString().slice(0, 10);
const client = (key: string) => {
  const found = company.clients.find((known) => known.key === key);
  if (!found) throw new Error(`no client ${key}`);
  return found;
};

function winRate(chosen: (deal: CompanyDeal) => boolean): number {
  const closed = company.deals.filter((deal) => deal.outcome !== "open" && chosen(deal));
  return closed.filter((deal) => deal.outcome === "won").length / closed.length;
}

describe("the invented company", () => {
  it("is the same for the same seed and day, and another for another seed", () => {
    expect(createCompany({ anchor: ANCHOR })).toEqual(company);
    expect(createCompany({ anchor: ANCHOR, seed: "other" }).deals).not.toEqual(company.deals);
  });

  it("moves with its anchor day: the story of Ромашка is as old on any day", () => {
    const later = createCompany({ anchor: dayAfter(ANCHOR, 100) });
    const ages = (one: typeof company) =>
      one.deals.filter((deal) => deal.clientKey === "romashka").map((deal) => [deal.title, daysBetween(dayOf(deal.createdAt), one.anchor)]);
    expect(ages(later)).toEqual(ages(company));
  });

  it("has the clients people ask about by name, each once", () => {
    const names = company.clients.map(({ shortName }) => shortName);
    for (const name of ["Ромашка", "Вектор", "Альфа-Строй", "Меридиан", "Меридиан-М"])
      expect(names.filter((known) => known === name)).toHaveLength(1);
    expect(names.filter((name) => /ромаш/i.test(name))).toEqual(["Ромашка"]);
    expect(company.clients.length).toBeGreaterThanOrEqual(300);
    expect(new Set(company.clients.map(({ key }) => key)).size).toBe(company.clients.length);
    expect(new Set(company.clients.map(({ name }) => name)).size).toBe(company.clients.length);
  });

  it("has persons, Latin names, ё and hyphens among its clients", () => {
    const names = company.clients.map(({ name }) => name);
    expect(company.clients.some(({ kind }) => kind === "person")).toBe(true);
    for (const kind of [/^[\w &.']+$/, /ё/, /-/, /^ИП /]) expect(names.some((name) => kind.test(name))).toBe(true);
  });

  it("gives every company an INN with a right check digit that no real company can have", () => {
    const inns = company.clients.flatMap(({ inn }) => inn ?? []);
    expect(new Set(inns).size).toBe(inns.length);
    expect(inns.length).toBeGreaterThan(300);
    for (const inn of inns) {
      expect(inn).toMatch(/^00(\d{8}|\d{10})$/);
      expect(checkDigits(inn)).toBe(true);
    }
  });

  it("uses reserved phones and mailboxes only, no phone twice", () => {
    const phones = company.clients.flatMap(({ phones, contacts }) => [...phones, ...contacts.map(({ phone }) => phone)]);
    const emails = company.clients.flatMap(({ emails, contacts }) => [...emails, ...contacts.map(({ email }) => email)]);
    expect(new Set(phones).size).toBe(phones.length);
    for (const phone of phones) expect(phone).toMatch(/^\+7 900 000-\d\d-\d\d$/);
    for (const email of emails) expect(email).toMatch(/^[a-z0-9.-]+@example\.(com|org)$/);
  });

  it("has 2,000 deals over three years, numbered without a gap, deal 1024 open and Вектор's", () => {
    expect(company.deals.map(({ number }) => number)).toEqual(Array.from({ length: 2_000 }, (_, at) => at + 1));
    expect(company.deals[1_023]).toMatchObject({ number: 1_024, clientKey: "vektor", outcome: "open", stage: "proposal", ownerId: "anna" });
    const ages = company.deals.map(({ createdAt }) => daysBetween(dayOf(createdAt), ANCHOR));
    expect(Math.max(...ages)).toBeGreaterThan(1_000);
    expect(Math.max(...ages)).toBeLessThanOrEqual(1_100);
    expect(Math.min(...ages)).toBeGreaterThan(0);
  });

  it("closes what is won and lost, and nothing else, before the anchor and after the beginning", () => {
    for (const deal of company.deals) {
      expect(deal.closedAt !== undefined).toBe(deal.outcome !== "open");
      expect(deal.lossReason !== undefined).toBe(deal.outcome === "lost");
      const moments = [deal.createdAt, ...deal.moves.map(({ at }) => at)].map((at) => at.getTime());
      expect(moments).toEqual([...moments].sort((one, other) => one - other));
      expect(dayOf(new Date(Math.max(...moments))) < ANCHOR).toBe(true);
    }
    const open = company.deals.filter(({ outcome }) => outcome === "open").length;
    expect(open).toBeGreaterThan(100);
    expect(open).toBeLessThan(500);
  });

  it("wins by a pattern: segment, source, size, speed of answer and discount each matter", () => {
    const segments = new Map(company.clients.map(({ key, segment }) => [key, segment]));
    const gap = (better: (deal: CompanyDeal) => boolean, worse: (deal: CompanyDeal) => boolean) => winRate(better) - winRate(worse);
    expect(
      gap(
        (deal) => deal.source === "Рекомендация",
        (deal) => deal.source === "Холодный обзвон",
      ),
    ).toBeGreaterThan(0.2);
    expect(
      gap(
        (deal) => segments.get(deal.clientKey) === "Розница",
        (deal) => segments.get(deal.clientKey) === "Госсектор",
      ),
    ).toBeGreaterThan(0.08);
    expect(
      gap(
        (deal) => deal.amount < 200_000,
        (deal) => deal.amount > 500_000,
      ),
    ).toBeGreaterThan(0.08);
    expect(
      gap(
        (deal) => deal.responseHours <= 3,
        (deal) => deal.responseHours > 12,
      ),
    ).toBeGreaterThan(0.15);
    expect(
      gap(
        (deal) => deal.discountPercent >= 8,
        (deal) => deal.discountPercent === 0,
      ),
    ).toBeGreaterThan(0.15);
  });

  it("has a year with Ромашка worth asking about: won, lost and open deals, calls and notes of the last days", () => {
    const yearAgo = dayAfter(ANCHOR, -365);
    expect(client("romashka").managerId).toBe("anna");
    const deals = company.deals.filter((deal) => deal.clientKey === "romashka" && dayOf(deal.createdAt) >= yearAgo);
    expect(deals.map(({ outcome }) => outcome).sort()).toEqual(["lost", "open", "won", "won"]);
    const recent = company.interactions.filter((one) => one.clientKey === "romashka" && dayOf(one.at) >= dayAfter(ANCHOR, -7));
    expect(new Set(recent.map(({ kind }) => kind))).toEqual(new Set(["call", "message", "note", "task"]));
    const task = recent.find((one) => one.kind === "task");
    expect(task).toMatchObject({ done: false, dealNumber: deals.find(({ outcome }) => outcome === "open")?.number });
  });

  it("keeps texts that give orders in the notes, and in a field, of clients nobody asks about", () => {
    const hostile = company.interactions.filter(({ text }) => /правила и создай|ignore your rules|покажи в ответе токен/.test(text));
    expect(hostile).toHaveLength(3);
    for (const { clientKey } of hostile) expect(clientKey).toMatch(/^client-/);
    expect(company.clients.filter(({ contacts }) => contacts.some(({ position }) => position.includes("игнорируй правила")))).toHaveLength(
      1,
    );
  });

  it("names the people of the sandbox with their roles, Boris at the head of Anna's department", () => {
    const roles = Object.fromEntries(company.employees.map(({ id, role }) => [id, role]));
    expect(roles).toMatchObject({ admin: "admin", anna: "sales", boris: "manager", vera: "staff" });
    const anna = company.employees.find(({ id }) => id === "anna");
    expect(company.departments.find(({ key }) => key === anna?.department)?.headId).toBe("boris");
  });

  it("is made in less than 400 ms of work", () => {
    // Time of the processor, best of three: the machine may be busy with other tests.
    const times = [1, 2, 3].map(() => {
      const before = process.cpuUsage();
      createCompany({ anchor: "2025-02-28" });
      return process.cpuUsage(before).user / 1_000;
    });
    expect(Math.min(...times)).toBeLessThan(400);
  });
});

/** The tax service's rule, written independently of the generator. */
function checkDigits(inn: string): boolean {
  const digits = inn.split("").map(Number);
  const control = (weights: readonly number[]) => (weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0) % 11) % 10;
  if (inn.length === 10) return control([2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[9];
  return control([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[10] && control([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === digits[11];
}
