import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Secret, Secrets } from "../../src/domain/vault.js";
import { type AuditService, createAuditLog } from "../../src/guard/audit.js";
import { type AuditHeads, createAuditHeads } from "../../src/guard/audit-heads.js";
import { createSealer, type Sealer } from "../../src/guard/sealer.js";
import type { Database } from "../../src/platform/database.js";
import { openTestDatabase, quiet } from "../support/database.js";
import { renewAuditTables, tamper as tamperWith } from "./audit-tables.js";

let clock = new Date("2026-11-20T09:00:00.000Z");
const hour = 3_600_000;

let database: Database;
let folder: string;
let file: string;
let audit: AuditService;
let sealer: Sealer;
let heads: AuditHeads;
let published: string[];
let raised: string[];
let kept: Map<string, Secret>;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await renewAuditTables(database);
  clock = new Date("2026-11-20T09:00:00.000Z");
  folder = await mkdtemp(join(tmpdir(), "svyaz-heads-"));
  file = join(folder, "deep", "audit-heads.jsonl");
  audit = createAuditLog({ database, now: () => clock, log: quiet });
  sealer = createSealer({ database, log: quiet });
  published = [];
  raised = [];
  kept = new Map();
  heads = open();
});
afterEach(() => rm(folder, { recursive: true }));

function open(secrets: Secrets = inMemory(kept)): AuditHeads {
  return createAuditHeads({
    database,
    audit,
    secrets,
    file,
    seal: () => sealer.seal(),
    publish: async (markdown) => void published.push(markdown),
    language: "ru",
    timeZone: "Europe/Moscow",
    alerts: { raise: async ({ key }) => void raised.push(key), resolve: async (key) => void raised.push(`-${key}`) },
    log: quiet,
    now: () => clock,
  });
}

function inMemory(values: Map<string, Secret>): Secrets {
  return {
    get: async (name) => values.get(name),
    update: async (name, change) => {
      const next = await change(values.get(name));
      values.set(name, next);
      return next;
    },
    remove: async (name) => void values.delete(name),
  };
}

const note = async (count: number) => {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  await Promise.all(numbers.map((number) => audit.note({ name: "tool.called", actor: "anna", trace: `t${number}`, payload: { number } })));
};
const lines = async () => (await readFile(file, "utf8")).trimEnd().split("\n");
const tamper = (sql: string) => tamperWith(database, sql);

/** Ten records, a head, ten more, a head, ten more, a head. */
async function thirtyWithHeads(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await note(10);
    await heads.sign();
    clock = new Date(clock.getTime() + hour);
  }
}

/** The last word of whoever owns the database: the seals made anew with its own means, the sealer's memory with them. */
async function rebuild(sql: string): Promise<void> {
  await tamper(`${sql}; delete from audit_seals; update audit_sealer set number = 0, digest = '', lease_until = '-infinity'`);
  await createSealer({ database, log: quiet }).seal();
}

describe("the signed heads of the audit log", () => {
  it("stand in a file outside the database, each following from the one before, and go to the admins", async () => {
    await thirtyWithHeads();
    expect((await lines()).map((line) => (JSON.parse(line) as { number: number }).number)).toEqual([10, 20, 30]);
    expect(published).toHaveLength(3);
    expect(published[0]).toContain((await lines())[0]);
    expect(await readFile(file.replace(".jsonl", ".pub"), "utf8")).toMatch(/^[\w-]{43}\n$/);
    expect(await heads.check()).toMatchObject({ checked: 30, heads: 3, broken: undefined, badHead: undefined });
  });

  it("are signed each hour, also when nothing happened, and not more often", async () => {
    await heads.signWhenDue();
    await heads.signWhenDue();
    expect(await lines()).toHaveLength(1);
    clock = new Date(clock.getTime() + hour);
    await heads.signWhenDue();
    expect(await lines()).toHaveLength(2);
    expect(await heads.check()).toMatchObject({ checked: 0, heads: 2, broken: undefined, badHead: undefined });
  });

  it("are signed at a stop when something happened since the last one", async () => {
    await heads.signWhenGrown();
    await note(3);
    await heads.signWhenGrown();
    await heads.signWhenGrown();
    expect(await lines()).toHaveLength(1);
  });

  it("go on with the same key in the next process, and never show it", async () => {
    await heads.sign();
    await open().sign();
    await Promise.all([heads.sign(), heads.sign(), heads.sign()]);
    expect((await readFile(file.replace(".jsonl", ".pub"), "utf8")).trimEnd().split("\n")).toHaveLength(1);
    expect(await heads.check()).toMatchObject({ heads: 5, badHead: undefined });
    const secret = kept.get("audit-signing-key")?.reveal() ?? "";
    expect(secret.length).toBeGreaterThan(40);
    expect([...published, ...(await lines())].join("\n")).not.toContain(secret);
  });

  it("that cannot be signed are an alert, and the next that can resolve it", async () => {
    const shut: Secrets = { ...inMemory(kept), update: () => Promise.reject(new Error("no key is set")) };
    await open(shut).signWhenDue();
    expect(raised).toEqual(["audit-heads"]);
    await heads.signWhenDue();
    expect(raised).toEqual(["audit-heads", "-audit-heads"]);
  });
});

describe("whoever owns the database and changes it without a trace in it", () => {
  it.each([
    [
      "changes one record and makes the chain anew",
      "update audit_events set actor = 'boris' where id = 15",
      { number: 11, to: 20, what: "head-differs" },
    ],
    [
      "changes the first record and makes the chain anew",
      "update audit_events set actor = 'boris' where id = 1",
      { number: 1, to: 10, what: "head-differs" },
    ],
    [
      "deletes a record in the middle and makes the chain anew",
      "delete from audit_payloads where event_id = 12; delete from audit_seals where event_id = 12; delete from audit_events where id = 12",
      { number: 11, to: 20, what: "head-differs" },
    ],
    [
      "puts a record in and makes the chain anew",
      `update audit_events set id = -id where id > 14; update audit_events set id = 1 - id where id < 0;
       update audit_payloads set event_id = -event_id where event_id > 14; update audit_payloads set event_id = 1 - event_id where event_id < 0;
       insert into audit_events (id, at, name, actor, trace, outcome) values (15, now(), 'forged.done', 'anna', 't', 'succeeded')`,
      { number: 11, to: 20, what: "head-differs" },
    ],
    [
      "swaps two records and makes the chain anew",
      "create temp table swapped as select * from audit_events where id in (25, 26); update audit_events e set trace = s.trace, payload_digest = s.payload_digest from swapped s where e.id in (25, 26) and s.id = 51 - e.id; create temp table bodies as select * from audit_payloads where event_id in (25, 26); update audit_payloads p set salt = b.salt, body = b.body from bodies b where p.event_id in (25, 26) and b.event_id = 51 - p.event_id; drop table swapped, bodies",
      { number: 21, to: 30, what: "head-differs" },
    ],
    [
      "cuts off the tail and makes the chain anew",
      "delete from audit_seals where event_id > 25; delete from audit_payloads where event_id > 25; delete from audit_events where id > 25",
      { number: 26, to: 30, what: "head-missing" },
    ],
    [
      "empties everything",
      "delete from audit_seals; delete from audit_payloads; delete from audit_events",
      { number: 1, to: 30, what: "head-missing" },
    ],
  ])("%s, and is found out", async (_what, sql, broken) => {
    await thirtyWithHeads();
    await rebuild(sql);
    expect(await audit.verify(), "the database alone knows nothing").toBeUndefined();
    expect((await heads.check()).broken).toEqual(broken);
  });

  it("is found out when they cut off the tail and move the sealer's own end", async () => {
    await thirtyWithHeads();
    await tamper(`delete from audit_seals where number > 28; delete from audit_payloads where event_id > 28; delete from audit_events where id > 28;
      update audit_sealer set number = 28, digest = (select digest from audit_seals where number = 28)`);
    expect(await audit.verify()).toBeUndefined();
    expect((await heads.check()).broken).toEqual({ number: 29, to: 30, what: "head-missing" });
    // New records that grow over the cut do not hide it.
    await note(5);
    await sealer.seal();
    expect((await heads.check()).broken).toEqual({ number: 21, to: 30, what: "head-differs" });
  });

  it("is found out by one head that an admin kept, though they make the file anew with the key of their own", async () => {
    await thirtyWithHeads();
    const copied = (await lines())[1] ?? "";
    await rebuild("update audit_events set actor = 'boris' where id = 15");
    await rm(file);
    await rm(file.replace(".jsonl", ".pub"));
    kept.clear();
    await heads.sign();
    expect(await heads.check()).toMatchObject({ broken: undefined, badHead: undefined });
    expect(await heads.check(`\n\`\`\`\n${copied}\n\`\`\``)).toMatchObject({ badHead: { line: 1, what: "key-unknown" } });
    await writeFile(join(folder, "kept.jsonl"), `${copied}\n`);
    await writeFile(join(folder, "kept.pub"), `${(JSON.parse(copied) as { key: string }).key}\n`);
    expect((await heads.check(join(folder, "kept.jsonl"))).broken).toEqual({ number: 1, to: 20, what: "head-differs" });
  });
});

describe("a head itself", () => {
  it("given on the command line is compared alone", async () => {
    await thirtyWithHeads();
    const [, second = ""] = await lines();
    expect(await heads.check(second)).toMatchObject({ heads: 1, broken: undefined, badHead: undefined });
    await rebuild("update audit_events set actor = 'boris' where id = 15");
    expect((await heads.check(second)).broken).toEqual({ number: 1, to: 20, what: "head-differs" });
  });

  it.each([
    [
      "another digest",
      (line: string) => line.replace(/"digest":"(.)/, (_, first) => `"digest":"${first === "0" ? "1" : "0"}`),
      "signature-wrong",
    ],
    ["another number", (line: string) => line.replace('"number":20', '"number":2'), "signature-wrong"],
    ["another time", (line: string) => line.replace("T10:", "T11:"), "signature-wrong"],
    ["another signature", (line: string) => line.replace(/"signature":"./, '"signature":"_'), "signature-wrong"],
    ["its end cut off", (line: string) => line.slice(0, -9), "unreadable"],
    ["a member of its own", (line: string) => line.replace("{", '{"x":1,'), "unreadable"],
    ["JSON that is none", () => "{]", "unreadable"],
  ])("with %s is named by its line", async (_what, change, what) => {
    await thirtyWithHeads();
    const all = await lines();
    const changed = change(all[1] ?? "");
    expect(changed).not.toBe(all[1]);
    await writeFile(file, `${all[0]}\n${changed}\n${all[2]}\n`);
    expect(await heads.check()).toMatchObject({ heads: 1, badHead: { line: 2, what } });
  });

  it("taken out of the file is missed by the next one", async () => {
    await thirtyWithHeads();
    const all = await lines();
    await writeFile(file, `${all[0]}\n${all[2]}\n`);
    expect(await heads.check()).toMatchObject({ badHead: { line: 2, what: "link-broken" } });
  });

  it("is followed by the next also after a line was damaged, and the damage stays to be seen", async () => {
    await heads.sign();
    await appendFile(file, "{torn\n");
    await heads.sign();
    expect(await heads.check()).toMatchObject({ heads: 1, badHead: { line: 2, what: "unreadable" } });
  });

  it("from a file that is not there is an error that names the file", async () => {
    await expect(heads.check("/nowhere/heads.jsonl")).rejects.toThrow("there is no file /nowhere/heads.jsonl");
    await expect(heads.check(folder)).rejects.toThrow(`${folder} cannot be read`);
  });
});
