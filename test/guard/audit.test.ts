import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AccessDenied, SystemUnavailable } from "../../src/domain/errors.js";
import { type AuditService, createAuditLog } from "../../src/guard/audit.js";
import { createSealer, type Sealer } from "../../src/guard/sealer.js";
import type { Database } from "../../src/platform/database.js";
import { hideSecret } from "../../src/platform/log.js";
import { openTestDatabase, quiet } from "../support/database.js";
import { collect, renewAuditTables } from "./audit-tables.js";

const now = () => new Date("2026-11-20T09:00:00.000Z");
const event = (name: string, more: object = {}) => ({ name, actor: "anna", trace: "t1", ...more });

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

const records = async (query: Parameters<AuditService["read"]>[0] = {}) => collect(audit.read(query));

describe("an audited act", () => {
  it("leaves a line before it begins and a line about how it ended", async () => {
    let seenInside = 0;
    const answer = await audit.during(
      event("lead.created", { subject: { system: "amocrm", kind: "lead", id: "7:x" }, payload: { name: "Ромашка" } }),
      async () => {
        seenInside = (await records()).length;
        return 42;
      },
    );
    expect(answer).toBe(42);
    expect(seenInside).toBe(1);
    expect(await records()).toMatchObject([
      {
        name: "lead.created",
        outcome: "started",
        payload: { name: "Ромашка" },
        subject: { system: "amocrm", kind: "lead", id: "7:x" },
        at: now(),
      },
      { name: "lead.created", outcome: "succeeded", trace: "t1", actor: "anna" },
    ]);
  });

  it("does not happen when its first line cannot be written", async () => {
    let happened = false;
    await database.query("alter table audit_events rename to elsewhere");
    await expect(
      audit.during(event("lead.created"), async () => {
        happened = true;
      }),
    ).rejects.toThrow();
    expect(happened).toBe(false);
  });

  it("that failed says so with a code, and keeps the message where it can be erased", async () => {
    const act = () =>
      audit.during(event("deal.moved"), () =>
        Promise.reject(new SystemUnavailable("amocrm: Ромашка does not answer", { operation: "crm.moveDeal" })),
      );
    await expect(act()).rejects.toThrow("Ромашка");
    const [, ended] = await records();
    expect(ended).toMatchObject({ outcome: "failed", error: "system-unavailable: amocrm: Ромашка does not answer" });
    const { rows } = await database.query("select error from audit_events where outcome = 'failed'");
    expect(rows).toEqual([{ error: "system-unavailable" }]);
  });

  it("that was forbidden is told apart from one that failed", async () => {
    await expect(audit.during(event("deals.read"), () => Promise.reject(new AccessDenied("no")))).rejects.toThrow();
    await audit.note(event("account.refused"), "denied");
    expect((await records()).map(({ outcome }) => outcome)).toEqual(["started", "denied", "denied"]);
  });

  it("gives its answer even if its last line cannot be written, since it has happened", async () => {
    const complaints: string[] = [];
    const loud = createAuditLog({ database, now, log: { ...quiet, error: (message) => complaints.push(message) } });
    const answer = await loud.during(event("lead.created"), async () => {
      await database.query("alter table audit_events rename to elsewhere");
      return "written";
    });
    expect(answer).toBe("written");
    expect(complaints).toHaveLength(1);
  });

  it("is refused inside a database transaction, where it would wait for ever or be rolled back", async () => {
    await database.transaction(async () => {
      await expect(audit.note(event("lead.created"))).rejects.toThrow("inside a database transaction");
    });
  });
});

describe("what the audit log stores", () => {
  it("has no secret in it, by value, by name or by looks", async () => {
    hideSecret("canary-by-value");
    await audit.note(
      event("tool.called", {
        payload: { text: "key canary-by-value", token: "canary-by-name", url: "https://x.test/?access_token=canary-by-look" },
      }),
    );
    await audit.during(event("tool.called"), () => Promise.reject(new Error("bad Bearer canary-by-look"))).catch(() => undefined);
    const dump = JSON.stringify([
      (await database.query("select * from audit_events")).rows,
      (await database.query("select * from audit_payloads")).rows,
    ]);
    expect(dump).not.toContain("canary");
    expect(await records()).toHaveLength(3);
  });

  it("takes any text: NUL, lone surrogates, emoji, quotes, a hundred kilobytes", async () => {
    const ugly = "a\0b \ud800 🌼 \"' \\ {} \u2028";
    await audit.note(
      event(`odd.${ugly}`, {
        actor: ugly,
        subject: { system: "s", kind: "k", id: ugly },
        payload: { ugly, long: "x".repeat(100_000), [ugly]: 1, when: now() },
      }),
    );
    await sealer.seal();
    expect(await audit.check()).toMatchObject({ checked: 1, broken: undefined });
    expect((await records())[0]?.payload).toMatchObject({ ugly, when: "2026-11-20T09:00:00.000Z" });
  });

  it("keeps the order of the calls, however many come at once", async () => {
    await Promise.all(
      Array.from({ length: 1_500 }, (_, index) => audit.note(event("tool.called", { trace: `t${index}`, payload: { index } }))),
    );
    const all = await records();
    expect(all.map(({ trace }) => trace)).toEqual(Array.from({ length: 1_500 }, (_, index) => `t${index}`));
    expect(all.every(({ payload }, index) => payload?.["index"] === index)).toBe(true);
  });

  it("can be read by time, person and trace; what a person did by the command line is theirs too", async () => {
    let clock = new Date("2026-11-20T09:00:00Z");
    const moving = createAuditLog({ database, now: () => clock, log: quiet });
    await moving.note(event("one.done"));
    clock = new Date("2026-11-20T10:00:00Z");
    await moving.note(event("two.done", { actor: "cli:root as anna", trace: "t2" }));
    await moving.note(event("three.done", { actor: "hanna" }));
    const names = async (query: object) => (await records(query)).map(({ name }) => name);
    expect(await names({ actor: "anna" })).toEqual(["one.done", "two.done"]);
    expect(await names({ since: clock })).toEqual(["two.done", "three.done"]);
    expect(await names({ until: clock })).toEqual(["one.done"]);
    expect(await names({ trace: "t2" })).toEqual(["two.done"]);
    const first = await audit.read({}).page({ size: 2 });
    const second = await audit.read({}).page({ size: 2, from: first.next });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["one.done", "two.done", "three.done"]);
    expect(second.next).toBeUndefined();
  });

  it("is exported as lines of JSON with its place in the chain", async () => {
    await audit.note(event("one.done", { subject: { system: "amocrm", kind: "deal", id: "1024" }, payload: { text: "line\nbreak" } }));
    await audit.note(event("two.done", { actor: "boris" }));
    await sealer.seal();
    const lines = await collect(audit.exportJsonLines({ actor: "anna" }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      name: "one.done",
      subject: "amocrm:deal:1024",
      number: "1",
      at: "2026-11-20T09:00:00.000Z",
    });
    expect(await collect(audit.exportJsonLines({ since: new Date("2027-01-01") }))).toEqual([]);
  });
});

describe("the three tables", () => {
  it.each(["audit_events", "audit_payloads", "audit_seals"])(
    "%s takes new rows and refuses change, removal and emptying",
    async (table) => {
      await audit.note(event("one.done", { payload: { a: 1 } }));
      await sealer.seal();
      const column = { audit_events: "name = 'x'", audit_payloads: "body = '{}'", audit_seals: "digest = ''" }[table];
      for (const sql of [`update ${table} set ${column}`, `delete from ${table}`, `truncate ${table} cascade`]) {
        await expect(database.query(sql), sql).rejects.toThrow(/insert-only/);
      }
      expect(await audit.check()).toMatchObject({ checked: 1, broken: undefined });
    },
  );

  it("lose a payload through the erase function alone; the chain stays whole and tells who erased", async () => {
    await audit.note(event("lead.created", { payload: { phone: "+7 900 000-00-01" } }));
    await audit.note(event("lead.created", { payload: { phone: "+7 900 000-00-02" } }));
    await sealer.seal();
    const [first] = await records();
    expect(await audit.erase(first?.id ?? "", { actor: "admin", trace: "t9" })).toBe(true);
    expect(await audit.erase(first?.id ?? "", { actor: "admin", trace: "t9" })).toBe(false);
    await sealer.seal();
    expect(await audit.verify()).toBeUndefined();
    const after = await records();
    expect(after.map(({ name, payload }) => [name, payload])).toEqual([
      ["lead.created", undefined],
      ["lead.created", { phone: "+7 900 000-00-02" }],
      ["payload.erased", undefined],
    ]);
    await expect(database.query("delete from audit_payloads"), "the door is shut again").rejects.toThrow(/insert-only/);
    const dump = JSON.stringify((await database.query("select * from audit_events, audit_payloads")).rows);
    expect(dump).not.toContain("000-00-01");
  });

  it("lose all payloads that hold somebody's data, or are old, and nothing else", async () => {
    let clock = new Date("2026-11-20T09:00:00Z");
    const moving = createAuditLog({ database, now: () => clock, log: quiet });
    await moving.note(event("lead.created", { payload: { name: 'ООО "Ромашка"', phone: "+7 900 000-00-01" } }));
    await moving.note(event("lead.created", { actor: "boris", payload: { text: 'позвонить в ооо "РОМАШКА"' } }));
    await moving.note(event("lead.created", { payload: { name: "Вектор, 100%" } }));
    clock = new Date("2026-11-21T09:00:00Z");
    await moving.note(event("lead.created", { payload: { name: "Ромашка" } }));
    await sealer.seal();
    const by = { actor: "admin", trace: "t9" };
    expect(await moving.erasePayloads({ containing: "%", actor: "boris" }, by)).toBe(0);
    expect(await moving.erasePayloads({ containing: 'ооо "Ромашка"' }, by)).toBe(2);
    expect(await moving.erasePayloads({ containing: 'ооо "Ромашка"' }, by)).toBe(0);
    expect(await moving.erasePayloads({ before: clock }, by)).toBe(1);
    await sealer.seal();
    expect(await moving.check()).toMatchObject({ checked: 7, broken: undefined });
    const left = (await records()).filter(({ name }) => name === "lead.created").map(({ payload }) => payload);
    expect(left).toEqual([undefined, undefined, undefined, { name: "Ромашка" }]);
    expect(JSON.stringify((await database.query("select * from audit_events, audit_payloads")).rows)).not.toMatch(/Вектор|000-00-01/);
    expect((await records()).filter(({ name }) => name === "payload.erased")).toHaveLength(3);
  });

  it("take the good rows of a moment when one of them is refused by the database", async () => {
    const bad = { ...event("bad.done"), subject: { system: "x", kind: "y", id: "z" } };
    const failing: Database = {
      ...database,
      query: (text, values) =>
        JSON.stringify(values ?? []).includes("bad.done") ? Promise.reject(new Error("refused")) : database.query(text, values),
    };
    const log = createAuditLog({ database: failing, now, log: quiet });
    const results = await Promise.allSettled([log.note(event("one.done")), log.note(bad), log.note(event("two.done"))]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await records()).map(({ name }) => name)).toEqual(["one.done", "two.done"]);
  });
});
