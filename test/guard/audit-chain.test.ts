import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AuditService, createAuditLog } from "../../src/guard/audit.js";
import { createSealer, type Sealer } from "../../src/guard/sealer.js";
import type { Database } from "../../src/platform/database.js";
import { openTestDatabase, quiet } from "../support/database.js";
import { renewAuditTables, tamper as tamperWith } from "./audit-tables.js";

const now = () => new Date("2026-11-20T09:00:00.000Z");

let database: Database;
let audit: AuditService;
let sealer: Sealer;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await renewAuditTables(database);
  audit = createAuditLog({ database, now, log: quiet });
  sealer = createSealer({ database, log: quiet });
});

async function note(count: number, from = 1): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  await Promise.all(numbers.map((number) => audit.note({ name: "tool.called", actor: "anna", trace: `t${number}`, payload: { number } })));
}

const tamper = (sql: string) => tamperWith(database, sql);

describe("the chain of the audit log", () => {
  it("is whole after honest work, and an empty one is whole too", async () => {
    expect(await audit.verify()).toBeUndefined();
    await note(30);
    await sealer.seal();
    await note(1, 31);
    expect(await audit.check()).toMatchObject({ checked: 30, unsealed: 1, broken: undefined, head: { number: 30 } });
  });

  it.each([
    [
      "a word of an event is changed",
      "update audit_events set name = 'tool.called ' where id = 10",
      { number: 10, event: "10", what: "record-changed" },
    ],
    ["the actor of an event is changed", "update audit_events set actor = 'boris' where id = 10", { number: 10, what: "record-changed" }],
    [
      "an event is moved by a microsecond",
      "update audit_events set at = at + interval '1 microsecond' where id = 10",
      { number: 10, what: "record-changed" },
    ],
    ["an outcome is changed", "update audit_events set outcome = 'denied' where id = 10", { number: 10, what: "record-changed" }],
    [
      "a text moves from one field to the next",
      "update audit_events set trace = '', actor = actor || trace where id = 10",
      { number: 10, what: "record-changed" },
    ],
    [
      "a payload is changed",
      `update audit_payloads set body = '{"number":11}' where event_id = 10`,
      { number: 10, event: "10", what: "payload-changed" },
    ],
    [
      "a payload is added where none was",
      "update audit_events set payload_digest = null where id = 10",
      { number: 10, what: "record-changed" },
    ],
    [
      "a payload is deleted by hand",
      "delete from audit_payloads where event_id = 10",
      { number: 10, event: "10", what: "payload-missing" },
    ],
    ["an event is deleted", "delete from audit_events where id = 10", { number: 10, event: "10", what: "event-missing" }],
    ["a seal is deleted", "delete from audit_seals where number = 10", { number: 10, what: "seal-missing" }],
    [
      "an event is deleted with its seal",
      "delete from audit_seals where number = 10; delete from audit_events where id = 10",
      { number: 10, what: "seal-missing" },
    ],
    [
      "the first event is deleted with its seal",
      "delete from audit_seals where number = 1; delete from audit_events where id = 1",
      { number: 1, what: "seal-missing" },
    ],
    [
      "a deleted record's gap is closed by renumbering",
      "delete from audit_seals where number = 10; update audit_seals set number = -number where number > 10; update audit_seals set number = -number - 1 where number < 0",
      { number: 10, what: "link-broken" },
    ],
    [
      "two events are swapped",
      `create temp table a as select * from audit_events where id in (10, 20);
       update audit_events e set trace = a.trace, payload_digest = a.payload_digest from a where e.id in (10, 20) and a.id = 30 - e.id; drop table a`,
      { number: 10, what: "record-changed" },
    ],
    [
      "two seals point at each other's event",
      "update audit_seals set event_id = -event_id where number in (10, 20); update audit_seals set event_id = 30 + event_id where event_id < 0",
      { number: 10, what: "record-changed" },
    ],
    [
      "an event is put in between",
      `update audit_seals set number = -number where number >= 10; update audit_seals set number = -number + 1 where number < 0;
       insert into audit_events (id, at, name, actor, trace, outcome) values (1000, now(), 'forged.done', 'anna', 't', 'succeeded');
       insert into audit_seals select 10, 1000, repeat('0', 64), digest from audit_seals where number = 9`,
      { number: 10, what: "record-changed" },
    ],
    [
      "a seal's digest is changed",
      "update audit_seals set digest = repeat('0', 64) where number = 10",
      { number: 10, what: "record-changed" },
    ],
    [
      "a seal's link is changed",
      "update audit_seals set previous = repeat('0', 64) where number = 10",
      { number: 10, what: "link-broken" },
    ],
    [
      "the tail is cut off",
      "delete from audit_seals where number > 25; delete from audit_payloads where event_id > 25; delete from audit_events where id > 25",
      { number: 26, what: "tail-changed" },
    ],
    [
      "everything is deleted",
      "delete from audit_seals; delete from audit_payloads; delete from audit_events",
      { number: 1, what: "tail-changed" },
    ],
    [
      "the last record is changed and its digest with it",
      "update audit_seals set digest = repeat('0', 64) where number = 30",
      { number: 30, what: "record-changed" },
    ],
    [
      "a record is added behind the sealer's back",
      `insert into audit_events (id, at, name, actor, trace, outcome) values (1000, now(), 'forged.done', 'anna', 't', 'succeeded');
       insert into audit_seals select 31, 1000, repeat('0', 64), digest from audit_seals where number = 30`,
      { number: 31, what: "record-changed" },
    ],
  ])("shows that %s, and where", async (_what, sql, broken) => {
    await note(30);
    await sealer.seal();
    await tamper(sql);
    expect((await audit.check()).broken).toMatchObject(broken);
    expect(await audit.verify()).toEqual({ brokenAt: BigInt(broken.number) });
    // What is sealed later does not cover it up.
    await note(3, 31);
    await sealer.seal().catch(() => undefined);
    expect((await audit.check()).broken?.number).toBeLessThanOrEqual(broken.number);
  });

  it("gives a head that tells a chain made anew from the true one, to whoever wrote it down", async () => {
    await note(5);
    await sealer.seal();
    const { head } = await audit.check();
    await tamper(
      "update audit_events set actor = 'boris' where id = 2; delete from audit_seals; update audit_sealer set number = 0, digest = ''",
    );
    await sealer.seal();
    await createSealer({ database, log: quiet }).seal();
    const again = await audit.check();
    expect(again.head.digest).not.toBe(head.digest);
  });

  it("is checked across pages", async () => {
    await note(11_000);
    await sealer.seal();
    expect(await audit.check()).toMatchObject({ checked: 11_000, broken: undefined });
    await tamper("update audit_events set actor = 'boris' where id = 10500");
    expect((await audit.check()).broken).toMatchObject({ number: 10_500, what: "record-changed" });
  });

  it("counts as whole while records are added and sealed beside the check", async () => {
    await note(6_000);
    await sealer.seal();
    const work = (async () => {
      for (let round = 0; round < 10; round += 1) {
        await note(50, 10_000 + round * 50);
        await sealer.seal();
      }
    })();
    for (let round = 0; round < 5; round += 1) expect((await audit.check()).broken).toBeUndefined();
    await work;
    expect(await audit.check()).toMatchObject({ checked: 6_500, unsealed: 0, broken: undefined });
  });
});

describe("the sealer", () => {
  it("seals what was left by a stop as it starts, and new records within a second", async () => {
    await note(10);
    await sealer.start();
    expect(await audit.check()).toMatchObject({ checked: 10, unsealed: 0 });
    await note(5, 11);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await audit.check()).toMatchObject({ checked: 15, unsealed: 0 });
    await note(1, 16);
    await sealer.stop();
    expect(await audit.check()).toMatchObject({ checked: 16, unsealed: 0, broken: undefined });
  });

  it("takes over at its start from one that crashed a moment ago; if that one lives, it waits", async () => {
    const crashed = createSealer({ database, log: quiet });
    await note(2);
    await crashed.seal();
    await note(2, 3);
    await sealer.start();
    expect(await audit.check()).toMatchObject({ checked: 4, unsealed: 0 });
    await note(2, 5);
    expect(await crashed.seal()).toBe(0);
    await sealer.stop();
    expect(await audit.check()).toMatchObject({ checked: 6, unsealed: 0, broken: undefined });
  });

  it("is one of many: others wait until it stops or its lease runs out", async () => {
    const other = createSealer({ database, log: quiet });
    await note(1);
    expect(await sealer.seal()).toBe(1);
    await note(1, 2);
    expect(await other.seal()).toBe(0);
    await database.query("update audit_sealer set lease_until = now() - interval '1 second'");
    expect(await other.seal()).toBe(1);
    await note(1, 3);
    expect(await sealer.seal(), "it has lost its lease").toBe(0);
    await other.stop();
    await note(1, 4);
    expect(await sealer.seal()).toBe(1);
    expect(await audit.check()).toMatchObject({ checked: 4, broken: undefined });
  });

  it("that was paused in the middle and lost its lease writes nothing when it wakes up", async () => {
    await note(5);
    let paused: (() => void) | undefined;
    let reached: () => void;
    const atTheWrite = new Promise<void>((resolve) => (reached = resolve));
    const slow: Database = {
      ...database,
      query: async (text, values) => {
        if (text.includes("insert into audit_seals")) {
          reached();
          await new Promise<void>((resolve) => (paused = resolve));
        }
        return database.query(text, values);
      },
    };
    const late = createSealer({ database: slow, log: quiet }).seal();
    await atTheWrite;
    await database.query("update audit_sealer set lease_until = now() - interval '1 second'");
    expect(await sealer.seal()).toBe(5);
    paused?.();
    expect(await late).toBe(0);
    expect(await audit.check()).toMatchObject({ checked: 5, broken: undefined });
  });

  it("keeps one unbroken chain while several processes write and several want to seal", async () => {
    const sealers = Array.from({ length: 4 }, () => createSealer({ database, log: quiet }));
    await Promise.all([
      ...sealers.map(async (one) => {
        for (let round = 0; round < 10; round += 1) await Promise.all([one.seal(), one.seal()]);
      }),
      note(500),
      note(500, 501),
    ]);
    await database.query("update audit_sealer set lease_until = now() - interval '1 second'");
    await sealer.seal();
    expect(await audit.check()).toMatchObject({ checked: 1_000, unsealed: 0, broken: undefined });
  });

  it("finds an event that was committed behind later ones when it starts anew", async () => {
    await note(3);
    await database.query(
      "insert into audit_events (id, at, name, actor, trace, outcome) values (50, $1, 'late.done', 'anna', 't', 'succeeded')",
      [now()],
    );
    await sealer.seal();
    await database.query(
      "insert into audit_events (id, at, name, actor, trace, outcome) values (40, $1, 'late.done', 'anna', 't', 'succeeded')",
      [now()],
    );
    expect(await sealer.seal()).toBe(0);
    expect((await audit.check()).unsealed).toBe(1);
    await sealer.stop();
    const next = createSealer({ database, log: quiet });
    expect(await next.seal()).toBe(1);
    expect(await audit.check()).toMatchObject({ checked: 5, unsealed: 0, broken: undefined });
  });
});
