import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AuditService, createAuditLog } from "../../src/guard/audit.js";
import { createRetention, type RetentionDays } from "../../src/guard/retention.js";
import { createSealer } from "../../src/guard/sealer.js";
import type { Database } from "../../src/platform/database.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openTestDatabase, quiet } from "../support/database.js";

const standard: RetentionDays = { messages: 30, history: 180, approvals: 365, pictures: 7, audit: 1_095 };
const dayMs = 24 * 60 * 60_000;

let database: Database;
let audit: AuditService;
let pictures: string;
// 03:30 in Moscow
let moment = new Date("2026-11-20T00:30:00.000Z");
const now = () => moment;
const ago = (days: number) => new Date(moment.getTime() - days * dayMs);
const retention = (days: RetentionDays = standard) =>
  createRetention({ database, audit, days, timeZone: "Europe/Moscow", pictures, now, log: quiet });

beforeAll(async () => {
  database = await openTestDatabase();
  audit = createAuditLog({ database, now, log: quiet });
  await database.query("insert into people (id, name) values ('anna', 'Анна')");
});
afterAll(() => database.close());
beforeEach(async () => {
  // A night of its own: the audit log keeps what the tests before it did.
  moment = new Date(moment.getTime() + 10 * dayMs);
  moment.setUTCHours(0, 30, 0, 0);
  await database.query("truncate inbox, exchanges, approvals, usage_days");
  pictures = mkdtempSync(join(tmpdir(), "svyaz-pictures-"));
});
afterEach(() => rmSync(pictures, { recursive: true, force: true }));

async function seed(): Promise<void> {
  for (const [event, state, days] of [
    ["old", "done", 31],
    ["young", "done", 29],
    ["open", "new", 400],
  ] as const)
    await database.query("insert into inbox (channel, event, chat, body, state, received_at) values ('telegram', $1, 'c', '{}', $2, $3)", [
      event,
      state,
      ago(days),
    ]);
  for (const days of [179, 181])
    await database.query(
      "insert into exchanges (person, chat, room, trace, asked, answered, at) values ('anna', 'c', 'r', 't', $1, 'a', $2)",
      [`${days}`, ago(days)],
    );
  for (const [id, state, days] of [
    ["old", "done", 366],
    ["young", "done", 364],
    ["waiting", "waiting", 900],
  ] as const)
    await database.query(
      `insert into approvals (id, tool, operation, draft, hash, asked_by, actor, language, address, trace, title, lines, state, asked_at, expires_at, settled_at, receipt)
       values ($1, 'create-lead', '{}', '{"name":"Лид"}', 'h', 'anna', 'anna', 'ru', '{}', 't', 'Лид Петров', '[{"label":"a","value":"b"}]', $2, $3, $3, $4,
         '{"ref":{"system":"amocrm","kind":"lead","id":"1"},"undo":{"label":"x","before":{"name":"Петров"}}}')`,
      [id, state, ago(days), state === "waiting" ? null : ago(days)],
    );
  for (const [name, days] of [
    ["old.png", 8],
    ["young.xlsx", 6],
  ] as const) {
    writeFileSync(join(pictures, name), "x");
    utimesSync(join(pictures, name), ago(days), ago(days));
  }
}

describe("the purge", () => {
  it("takes what was kept long enough and leaves what is younger or still open", async () => {
    await seed();
    expect(await retention().purge("cli:root")).toEqual({ messages: 1, history: 1, approvals: 1, pictures: 1, audit: 0 });
    expect((await database.query("select event from inbox order by id")).rows).toEqual([{ event: "young" }, { event: "open" }]);
    expect((await database.query("select asked from exchanges")).rows).toEqual([{ asked: "179" }]);
    const { rows } = await database.query("select id, state, draft, title, lines, receipt from approvals order by id");
    expect(rows).toEqual([
      { id: "old", state: "done", draft: "null", title: "", lines: [], receipt: { ref: { system: "amocrm", kind: "lead", id: "1" } } },
      expect.objectContaining({ id: "waiting", draft: '{"name":"Лид"}', title: "Лид Петров" }),
      expect.objectContaining({ id: "young", draft: '{"name":"Лид"}' }),
    ]);
    expect([existsSync(join(pictures, "old.png")), existsSync(join(pictures, "young.xlsx"))]).toEqual([false, true]);
  });

  it("tells in the audit log how much went, and a second one finds nothing", async () => {
    await seed();
    await retention().purge("cli:root");
    expect(await retention().purge("cli:root")).toEqual({ messages: 0, history: 0, approvals: 0, pictures: 0, audit: 0 });
    const events = (await audit.read({ since: moment }).page()).items.filter(({ name }) => name === "retention.purged");
    expect(events.map(({ actor, payload }) => [actor, payload?.["messages"]])).toEqual([
      ["cli:root", 1],
      ["cli:root", 0],
    ]);
  });

  it("keeps for good what is set to 0 days", async () => {
    await seed();
    expect(await retention({ messages: 0, history: 0, approvals: 0, pictures: 0, audit: 0 }).purge("x")).toEqual({
      messages: 0,
      history: 0,
      approvals: 0,
      pictures: 0,
      audit: 0,
    });
    expect((await database.query("select event from inbox")).rowCount).toBe(3);
  });

  it("erases old contents of the audit log, and its chain stays whole", async () => {
    const sealer = createSealer({ database, log: quiet, metrics: createMetrics() });
    const at = moment;
    moment = ago(1_100);
    for (let number = 0; number < 120; number++)
      await audit.note({ name: "message.received", actor: "anna", trace: "t", payload: { text: `секрет ${number}` } });
    moment = at;
    await sealer.start();
    expect((await retention().purge("svyaz")).audit).toBe(120);
    await sealer.stop();
    expect((await database.query("select from audit_payloads where body like '%секрет%'")).rowCount).toBe(0);
    expect(await audit.verify()).toBeUndefined();
  });

  it("goes in slices: a thousand old messages are gone, and no statement takes more than 500", async () => {
    await database.query(
      "insert into inbox (channel, event, chat, body, state, received_at) select 'telegram', 'e' || n, 'c', '{}', 'done', $1 from generate_series(1, 1234) n",
      [ago(40)],
    );
    const touched: number[] = [];
    const watched: Database = {
      ...database,
      query: async (text, values) => {
        const result = await database.query<never>(text, values);
        if (text.startsWith("delete from inbox")) touched.push(result.rowCount);
        return result;
      },
    };
    await createRetention({ database: watched, audit, days: standard, timeZone: "Europe/Moscow", pictures, now, log: quiet }).purge(
      "svyaz",
    );
    expect(touched).toEqual([500, 500, 234]);
  });
});

describe("what limits leave behind", () => {
  it("goes too: messages that were refused with the messages, the days' use with the history", async () => {
    for (const [event, state, days] of [
      ["old", "refused", 31],
      ["young", "refused", 29],
      ["stuck", "running", 31],
    ] as const)
      await database.query(
        "insert into inbox (channel, event, chat, body, state, received_at) values ('telegram', $1, 'c', '{}', $2, $3)",
        [event, state, ago(days)],
      );
    for (const [holder, days] of [
      ["person:anna", 182],
      ["chat:telegram||4711|", 182],
      ["person:anna", 179],
      ["person:anna", 0],
    ] as const)
      await database.query("insert into usage_days (holder, day, turns) values ($1, $2::timestamptz::date, 5)", [holder, ago(days)]);
    expect(await retention().purge("svyaz")).toMatchObject({ messages: 1, history: 2 });
    expect((await database.query("select event from inbox order by id")).rows).toEqual([{ event: "young" }, { event: "stuck" }]);
    expect((await database.query("select holder from usage_days")).rowCount).toBe(2);
    expect(await retention({ ...standard, messages: 0, history: 0 }).purge("svyaz")).toMatchObject({ messages: 0, history: 0 });
    expect(await retention().purge("svyaz")).toMatchObject({ messages: 0, history: 0 });
  });
});

describe("the nightly purge", () => {
  it("runs once a night in the company's time zone, and not by day", async () => {
    expect(await retention().purgeWhenDue()).toBeDefined();
    expect(await retention().purgeWhenDue()).toBeUndefined();
    // In Moscow: 15:00, 01:59, 02:01, 04:59
    for (const [hours, minutes, due] of [
      [12, 0, false],
      [22, 59, false],
      [23, 1, true],
      [25, 59, false],
    ] as const) {
      const at = new Date(moment);
      at.setUTCHours(hours, minutes, 0, 0);
      moment = at;
      expect([hours, (await retention().purgeWhenDue()) !== undefined]).toEqual([hours, due]);
    }
  });

  it("is made up for by day when nothing ran for two days", async () => {
    await retention().purge("svyaz");
    moment = new Date(moment.getTime() + 2 * dayMs + 9 * 60 * 60_000);
    expect(await retention().purgeWhenDue()).toBeDefined();
  });
});
