import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Consumer } from "../../src/domain/budget.js";
import type { Person } from "../../src/domain/people.js";
import { createBudgets, nextMidnight } from "../../src/guard/limits.js";
import type { Database } from "../../src/platform/database.js";
import { openTestDatabase } from "../support/database.js";

let database: Database;
let clock: Date;
let raised: { key: string; title: string; text: string }[];
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.query("delete from usage_days");
  clock = new Date("2026-11-20T09:00:00.000Z");
  raised = [];
});

function open(more: Partial<Parameters<typeof createBudgets>[0]["settings"]> = {}) {
  return createBudgets({
    database,
    settings: {
      SVYAZ_DAY_TURNS: 3,
      SVYAZ_DAY_CALLS: 5,
      SVYAZ_DAY_TOKENS: 1_000,
      SVYAZ_DAY_COST: 0,
      SVYAZ_PRICE_INPUT: 0,
      SVYAZ_PRICE_OUTPUT: 0,
      SVYAZ_TIME_ZONE: "Europe/Moscow",
      SVYAZ_LANGUAGE: "ru",
      ...more,
    },
    alerts: { raise: async (alert) => void raised.push(alert), resolve: async () => {} },
    now: () => clock,
  });
}

function who(id: string, chat = id): Consumer {
  const person: Person = { id, name: "Анна Смирнова", language: "ru", timeZone: "Asia/Vladivostok", roles: [], principals: [] };
  return { person, address: { channel: "telegram", chat } };
}

describe("a person's day", () => {
  it("has as many turns as are set, then none until the company's midnight", async () => {
    const budgets = open();
    for (let turn = 0; turn < 3; turn += 1) expect(await budgets.take(who("anna"), { turns: 1 })).toBeUndefined();
    expect(await budgets.take(who("anna"), { turns: 1 })).toBe("turns");
    expect(budgets.resetsAt()).toEqual(new Date("2026-11-20T21:00:00.000Z"));
    clock = new Date("2026-11-20T20:59:59.000Z");
    expect(await budgets.take(who("anna"), { turns: 1 })).toBe("turns");
    clock = new Date("2026-11-20T21:00:00.000Z");
    expect(await budgets.take(who("anna"), { turns: 1 })).toBeUndefined();
  });

  it("is the same in every chat and after a restart, and takes nothing from anybody else's", async () => {
    for (const chat of ["one", "two", "three"]) await open().take(who("anna", chat), { turns: 1 });
    expect(await open().take(who("anna", "four"), { turns: 1 })).toBe("turns");
    expect(await open().take(who("boris"), { turns: 1 })).toBeUndefined();
  });

  it("gives not one more to many who ask at once", async () => {
    const budgets = open();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => budgets.take(who("anna", `c${at}`), { turns: 1 })));
    expect(answers.filter((spent) => spent === undefined)).toHaveLength(3);
  });

  it("lets the last turn make its calls, and ends calls by their own count", async () => {
    const budgets = open();
    for (let turn = 0; turn < 3; turn += 1) await budgets.take(who("anna"), { turns: 1 });
    for (let call = 0; call < 5; call += 1) expect(await budgets.take(who("anna"), { calls: 1 })).toBeUndefined();
    expect(await budgets.take(who("anna"), { calls: 1 })).toBe("calls");
    expect(await budgets.take(who("anna"), {}), "a model call is still there").toBeUndefined();
  });

  it("ends when its tokens are used up, for everything", async () => {
    const budgets = open();
    await budgets.take(who("anna"), { tokens: { input: 600, output: 399 } });
    expect(await budgets.take(who("anna"), {})).toBeUndefined();
    await budgets.take(who("anna"), { tokens: { input: 1, output: 0 } });
    for (const use of [{}, { turns: 1 }, { calls: 1 }]) expect(await budgets.take(who("anna"), use)).toBe("tokens");
  });

  it("ends when its money is spent, by the prices of what is read and written; without a limit money is no matter", async () => {
    const prices = { SVYAZ_DAY_TOKENS: 1e9, SVYAZ_PRICE_INPUT: 100, SVYAZ_PRICE_OUTPUT: 800 };
    const budgets = open({ ...prices, SVYAZ_DAY_COST: 1 });
    await budgets.take(who("anna"), { tokens: { input: 2_000, output: 999 } });
    expect(await budgets.take(who("anna"), {})).toBeUndefined();
    await budgets.take(who("anna"), { tokens: { input: 0, output: 1 } });
    expect(await budgets.take(who("anna"), {})).toBe("cost");
    expect(await open(prices).take(who("anna"), {})).toBeUndefined();
  });

  it("that is used up is told to the admins once, by the id alone", async () => {
    const budgets = open();
    for (let turn = 0; turn < 6; turn += 1) await budgets.take(who("anna"), { turns: 1 });
    expect(raised).toHaveLength(1);
    expect(raised[0]?.key).toBe("budget:person:anna:2026-11-20");
    expect(JSON.stringify(raised)).toMatch(/вопросы, предел 3/);
    expect(JSON.stringify(raised)).not.toContain("Смирнова");
    clock = new Date("2026-11-21T09:00:00.000Z");
    for (let turn = 0; turn < 6; turn += 1) await budgets.take(who("anna"), { turns: 1 });
    expect(raised).toHaveLength(2);
  });
});

describe("a chat's day", () => {
  it("has four times as much as one person's, whoever asks", async () => {
    const budgets = open();
    for (let turn = 0; turn < 12; turn += 1) expect(await budgets.take(who(`p${turn}`, "room"), { turns: 1 })).toBeUndefined();
    expect(await budgets.take(who("vera", "room"), { turns: 1 })).toBe("turns");
    expect(raised.map(({ key }) => key)).toEqual(["budget:chat:telegram||room:2026-11-20"]);
    expect(await budgets.take(who("vera", "elsewhere"), { turns: 1 })).toBeUndefined();
  });
});

describe("the company's midnight", () => {
  it.each([
    ["Europe/Moscow", "2026-11-20T20:59:59.999Z", "2026-11-20T21:00:00.000Z"],
    ["Europe/Moscow", "2026-11-20T21:00:00.000Z", "2026-11-21T21:00:00.000Z"],
    ["Asia/Kathmandu", "2026-11-20T09:00:00.000Z", "2026-11-20T18:15:00.000Z"],
    // The day when clocks go back has 25 hours, the day when they go forward 23.
    ["Europe/Berlin", "2026-10-24T22:30:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["Europe/Berlin", "2026-03-28T23:30:00.000Z", "2026-03-29T22:00:00.000Z"],
    // A day that a country left out.
    ["Pacific/Apia", "2011-12-30T09:00:00.000Z", "2011-12-30T10:00:00.000Z"],
  ])("in %s after %s is %s", (timeZone, at, midnight) => {
    expect(nextMidnight(new Date(at), timeZone)).toEqual(new Date(midnight));
  });
});
