import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Entity } from "../../src/domain/entity.js";
import { type AuditService, createAuditLog } from "../../src/guard/audit.js";
import { dataPlaces } from "../../src/guard/data-places.js";
import { createPersonalData, type PersonalData, slowDigest } from "../../src/guard/personal-data.js";
import { personalValue } from "../../src/guard/personal-value.js";
import { createSealer } from "../../src/guard/sealer.js";
import type { Database } from "../../src/platform/database.js";
import { storableJson } from "../../src/platform/database.js";
import { createDocumentIndex } from "../../src/search/document-index.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openTestDatabase, quiet } from "../support/database.js";

const now = () => new Date("2026-11-20T09:00:00.000Z");
const by = { actor: "cli:root", trace: "t-erase" };
const values = ["+7 900 000-00-11", "p.sidorov@example.com", "Сидоров Пётр Ильич"];
/** The same person as people and systems write them; and others, who stay. */
const spellings = [
  "8 (900) 000-00-11",
  "+79000000011",
  "8-900-000-00-11",
  "P.Sidorov@Example.com",
  "Сидорову Петру Ильичу",
  "Пётр Сидоров",
  "Сидорова П. И.",
  "П.И. Сидоров",
];
const others = "Сидоров Иван, 8 900 000-00-12, sidorov@example.com, Пётр Смирнов";
const said = `Звонил ${spellings.join("; ")}. А также ${others}`;

let database: Database;
let audit: AuditService;
let pictures: string;
let data: PersonalData;

async function open(): Promise<void> {
  database = await openTestDatabase();
  audit = createAuditLog({ database, now, log: quiet });
  pictures = mkdtempSync(join(tmpdir(), "svyaz-pictures-"));
  data = createPersonalData({ database, audit, blindIndex: (kind, value) => `mark:${kind}:${value}`, pictures, now });
  await database.query("insert into people (id, name, email) values ('anna', 'Анна Ковалёва', 'anna@example.com')");
}

async function close(): Promise<void> {
  await database.close();
  rmSync(pictures, { recursive: true, force: true });
}

async function approval(id: string, state: string): Promise<void> {
  const lines = [
    { label: "Имя", value: "Сидоров Пётр Ильич" },
    { label: "Телефон", value: "8 900 000-00-11" },
  ];
  await database.query(
    `insert into approvals (id, tool, operation, draft, hash, asked_by, actor, language, address, trace, title, lines, state, asked_at, expires_at, settled_at, reason)
     values ($1, 'create-lead', '{}', $2, 'h', 'anna', 'anna', 'ru', '{}', 't', $3, $4, $5, $6, $6, $6, $7)`,
    [
      id,
      JSON.stringify({ contact: { name: "Сидоров Пётр Ильич", phone: "8 900 000-00-11" }, note: `первая\nПётр Сидоров` }),
      "Лид: Пётр Сидоров",
      storableJson(lines),
      state,
      now(),
      said,
    ],
  );
}

/** One person in every place that the registry knows. */
async function seedEverywhere(): Promise<void> {
  const body = {
    kind: "message",
    text: said,
    sender: { id: "1", name: "Пётр Сидоров", verifiedEmail: "p.sidorov@example.com" },
    phone: 79_000_000_011,
  };
  await database.query(
    "insert into inbox (channel, event, chat, body, state, received_at) values ('telegram', 'e1', 'c', $1, 'done', $2)",
    [body, now()],
  );
  await database.query(
    "insert into choices (id, kind, person, address, options, created_at, expires_at) values ('c1', 'question', 'anna', '{}', $1, $2, $2)",
    [storableJson([{ id: "1", label: "Пётр Сидоров", says: said }]), now()],
  );
  await database.query(
    "insert into schedules (approval, owner, title, what, language, address, created_at, next_at, seen) values ('a', 'anna', $1, $2, 'ru', '{}', $3, $3, $2)",
    [said, storableJson({ kind: "document", text: said }), now()],
  );
  await database.query("insert into interrupted_questions (chat, person, systems, message, at) values ('c', 'anna', '{}', $1, $2)", [
    body,
    now(),
  ]);
  await database.query(
    "insert into exchanges (person, chat, room, trace, asked, calls, answered, at) values ('anna', 'c', 'r', 't', $1, $2, $1, $3)",
    [
      said,
      storableJson([{ id: "1", name: "find-client", input: { text: said }, facts: said, about: [{ name: "Сидоров Пётр Ильич" }] }]),
      now(),
    ],
  );
  for (const state of ["done", "rejected"]) await approval(state, state);
  for (let number = 0; number < 3; number++)
    await audit.note({ name: "message.received", actor: "anna", trace: `t${number}`, payload: { text: said } });
  await audit.note({ name: "message.received", actor: "anna", trace: "other", payload: { text: others } });
  await database.query(
    "insert into people (id, name, email, active) values ('petr', 'Сидоров Пётр Ильич', 'p.sidorov@example.com', false)",
  );
  await database.transaction((tx) =>
    applyChanges(
      tx,
      entities.map((entity) => ({ kind: "upsert", entity })),
      now(),
    ),
  );
  await database.query(`update system_integrations set keys = $1 where external_id = '7'`, [
    { phones: "sealed:1:abc", match: { phones: ["mark:phones:+79000000011"] } },
  ]);
  await database.query("update system_integrations set index_error = $1 where external_id = '9'", [`cannot read ${said}`]);
  const index = createDocumentIndex({ database, log: quiet });
  await index.put(entities.filter(({ content }) => content));
  await database.query(
    "insert into sync_runs (system, kind, mode, owner, lease_until, started_at, error) values ('amocrm', 'contact', 'full', 'x', $1, $1, $2)",
    [now(), said],
  );
  await database.query(
    "insert into alerts (key, level, title, text, raised_at, last_at, told_at) values ('k', 'warning', $1, $1, $2, $2, $2)",
    [said, now()],
  );
  await database.query(
    "insert into alert_deliveries (sink, alert, state, body, created_at, next_at, error) values ('s', 'k', 'raised', $1, $2, $2, $3)",
    [{ text: said }, now(), said],
  );
  writeFileSync(join(pictures, "sales.png"), "PNG");
}

const entity = (id: string, kind: string, title: string, more: Partial<Entity> = {}): Entity => ({
  ref: { system: "amocrm", kind, id },
  title,
  readers: "everyone",
  relations: [],
  fields: {},
  version: "1",
  ...more,
});
const entities: readonly Entity[] = [
  entity("1", "contact", "Сидоров Пётр Ильич", {
    fields: { note: said, phone: "8 900 000-00-11" },
    url: "https://crm.example.com/contacts/1",
  }),
  entity("2", "deal", "Поставка насосов", { owner: { id: "11", name: "Пётр Сидоров", groups: [] }, fields: { budget: 100 } }),
  entity("3", "note", "Заметка", { content: { markdown: `# Заметка\n\n${said}\n\nДальше про насосы.` } }),
  entity("7", "company", "Ромашка"),
  entity("8", "contact", "Сидоров Иван", { fields: { phone: "8 900 000-00-12" } }),
  entity("9", "page", "Регламент", { content: "later" }),
  {
    ...entity("%2Fhome%2Fresume.docx", "file", "Резюме Сидорова Петра"),
    ref: { system: "files", kind: "file", id: "%2Fhome%2Fresume.docx" },
  },
];

/** Every row of every table as text. */
async function dump(): Promise<string> {
  const { rows } = await database.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const tables: string[] = [];
  for (const { name } of rows)
    tables.push(`${name}: ${JSON.stringify((await database.query(`select t::text as row from ${name} t`)).rows)}`);
  return tables.join("\n");
}

const traces = /900\D{0,3}000\D{0,2}00\D{0,2}11|p\.sidorov@|Сидоров\p{L}*[\s\p{P}]+П|П(?:[ёе]тр\p{L}*|\.\s?И\.)\s+Сидоров|Сидоров Пётр/iu;

describe("erasing a person", () => {
  let before = "";
  let after = "";
  let result: Awaited<ReturnType<PersonalData["erase"]>>;
  let sealer: ReturnType<typeof createSealer>;
  beforeAll(async () => {
    await open();
    sealer = createSealer({ database, log: quiet, metrics: createMetrics() });
    await sealer.start();
    await seedEverywhere();
    before = await dump();
    result = await data.erase(values, by);
    after = await dump();
  });
  afterAll(async () => {
    await sealer.stop();
    await close();
  });

  it("finds them in every place that may hold somebody", () => {
    const places = result.erased.places.map(({ place }) => place).toSorted();
    expect(places).toEqual([...dataPlaces.filter(({ holds }) => holds.length > 0).map(({ table }) => table), "pictures"].toSorted());
    expect(result.erased.refs.map(({ id }) => id).toSorted()).toEqual(["%2Fhome%2Fresume.docx", "1", "2", "3", "7", "9"]);
  });

  it("leaves no trace in any table or file", () => {
    expect(before).toMatch(traces);
    expect(after.split("\n").filter((table) => traces.test(table))).toEqual([]);
    expect(existsSync(join(pictures, "sales.png"))).toBe(false);
    // The list of words that search corrects slips of the finger by.
    expect(after.split("\n").find((line) => line.startsWith("passage_words:"))).not.toMatch(/сидоров|петру|ильич|79000000011/);
    expect(result.left).toEqual({ places: [], refs: [], busy: 0 });
  });

  it("leaves everybody else where they were", () => {
    for (const table of ["inbox", "exchanges", "audit_payloads", "system_integrations"])
      expect(after.split("\n").find((line) => line.startsWith(`${table}:`))).toMatch(/Сидоров Иван/);
    expect(after).toContain("sidorov@example.com");
  });

  it("keeps the audit chain whole, and its own line without the value", async () => {
    await sealer.stop();
    expect(await audit.verify()).toBeUndefined();
    const events = (await audit.read({ trace: by.trace }).page()).items;
    const [begun] = events.filter(({ name }) => name === "personal-data.erased");
    const marks = (begun?.payload?.["values"] as readonly { kind: string; mark: string }[]) ?? [];
    expect(marks.map(({ kind }) => kind)).toEqual(["phone", "email", "name"]);
    const salt = Buffer.from(marks[0]?.mark.split(":")[2] ?? "", "base64url");
    expect(marks[0]?.mark).toBe(slowDigest("+79000000011", salt));
    expect(events.filter(({ name }) => name === "payload.erased").length).toBeGreaterThanOrEqual(3);
  });

  it("does not come back with the next synchronisation, unless the record changes at its source", async () => {
    await database.transaction((tx) =>
      applyChanges(
        tx,
        entities.slice(0, 3).map((one) => ({ kind: "upsert", entity: one })),
        now(),
      ),
    );
    expect(await dump()).not.toMatch(traces);
    const { rows } = await database.query(
      "select external_id as id, title, owner->>'id' as owner, fields from system_integrations where external_id in ('1', '2') order by 1",
    );
    expect(rows).toEqual([
      { id: "1", title: "[erased]", owner: null, fields: {} },
      { id: "2", title: "Поставка насосов", owner: "11", fields: { budget: 100 } },
    ]);
    const changed = entity("1", "contact", "Новый контакт", { version: "2" });
    await database.transaction((tx) => applyChanges(tx, [{ kind: "upsert", entity: changed }], now()));
    expect((await database.query("select title from system_integrations where external_id = '1'")).rows).toEqual([
      { title: "Новый контакт" },
    ]);
  });
});

describe("erasing carefully", () => {
  beforeAll(open);
  afterAll(close);
  beforeEach(() => database.query("truncate approvals, exchanges"));

  it("refuses for somebody Svyaz works for, by name, by e-mail and among other values", async () => {
    for (const given of [["Ковалёва Анна"], ["ANNA@example.com"], ["+7 900 000-00-11", "Анне Ковалёвой"]])
      await expect(data.erase(given, by)).rejects.toThrow(/people remove anna/);
    expect((await database.query("select name from people")).rows).toEqual([{ name: "Анна Ковалёва" }]);
  });

  it("withdraws a card that waits, and leaves one that is being written and says so", async () => {
    await approval("waits", "waiting");
    await approval("runs", "running");
    const { left } = await data.erase(values, by);
    const { rows } = await database.query("select id, state, title, draft from approvals order by id");
    expect(rows).toEqual([
      expect.objectContaining({ id: "runs", state: "running", title: "Лид: Пётр Сидоров" }),
      expect.objectContaining({ id: "waits", state: "rejected", title: "Лид: [erased]" }),
    ]);
    expect(JSON.parse(String(rows[1]?.["draft"]))).toEqual({ contact: { name: "[erased]", phone: "[erased]" }, note: "первая\n[erased]" });
    expect(left.busy).toBe(1);
  });

  it("goes through more rows than one slice", async () => {
    await database.query(
      "insert into exchanges (person, chat, room, trace, asked, answered, at) select 'anna', 'c', 'r', 't', 'звонить 89000000011', n::text, $1 from generate_series(1, 501) n",
      [now()],
    );
    const { erased, left } = await data.erase(["89000000011"], by);
    expect(erased.places).toEqual([{ place: "exchanges", class: "history", count: 501 }]);
    expect(left.places).toEqual([]);
    expect((await database.query("select distinct asked from exchanges")).rows).toEqual([{ asked: "звонить [erased]" }]);
  });

  it("finds and changes nothing when only asked where", async () => {
    await approval("done", "done");
    const before = await dump();
    expect((await data.find(["8 900 000-00-11"])).places).toEqual([{ place: "approvals", class: "approvals", count: 1 }]);
    expect(await dump()).toBe(before);
  });

  it("a surname alone, whose cases lose a vowel or not, is found by the database as by us", async () => {
    for (const word of ["Сидорову", "Соловьёв", "Соловьеву", "Павел", "Павла", "Белых"])
      await database.query(
        "insert into exchanges (person, chat, room, trace, asked, answered, at) values ('anna', 'c', 'r', 't', $1, '', $2)",
        [word, now()],
      );
    for (const [given, count] of [
      ["Сидоров", 1],
      ["соловьев", 2],
      ["Павел", 2],
      ["Белых", 1],
    ] as const)
      expect((await data.find([given])).places).toEqual([{ place: "exchanges", class: "history", count }]);
  });

  it("knows of every table with text or JSON in it, and every such column", async () => {
    const { rows } = await database.query<{ table: string; column: string }>(
      `select c.table_name as table, c.column_name as column from information_schema.columns c
       join information_schema.tables t on t.table_name = c.table_name and t.table_schema = c.table_schema
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
         and c.data_type not in ('bigint', 'integer', 'boolean', 'date', 'numeric', 'bytea', 'timestamp with time zone')`,
    );
    const described = new Set(dataPlaces.flatMap(({ table, holds, plain }) => [...holds, ...plain].map((column) => `${table}.${column}`)));
    const there = rows.map(({ table, column }) => `${table}.${column}`).filter((column) => !column.startsWith("schema_migrations."));
    // Say in src/guard/data-places.ts what the new table holds.
    expect(there.filter((column) => !described.has(column))).toEqual([]);
    expect([...described].filter((column) => !there.includes(column))).toEqual([]);
  });
});

describe("a value", () => {
  const hits = (value: string, text: string) =>
    personalValue(value)
      .find(text)
      .map(({ from, to }) => text.slice(from, to));

  it.each(["+7 900 000-00-11", "89000000011", "8(900)0000011", "7 900 000 00 11"])(
    "phone %s is found however it is written, and no other",
    (value) => {
      expect(hits(value, "8 (900) 000-00-11, +79000000011;\\n8\u00a0900\u00a0000\u201100\u201111, 900 000 00 11")).toHaveLength(4);
      expect(hits(value, "8 900 000-00-12, 189000000011, 890000000112, 8 900 000 00 1")).toEqual([]);
    },
  );

  it("e-mail is found in any case, whole only", () => {
    expect(hits("Ivan.P@Example.com", "<IVAN.P@example.COM>, x\\nivan.p@example.com, mailto:ivan.p@example.com?x")).toHaveLength(3);
    expect(hits("ivan.p@example.com", "aivan.p@example.com ivan.p@example.community ivan.p@example.com.ru")).toEqual([]);
  });

  it("name is found in every Russian case, by initials, turned round; namesakes are not", () => {
    const text = "Белову Андрею, Беловым Андреем Юрьевичем, Андрея Белова, Белов А. Ю., А.Ю. Белова";
    expect(hits("Белов Андрей Юрьевич", text)).toEqual(text.split(", "));
    expect(hits("Белов Андрей Юрьевич", "Белов Сергей; Андрей Юрьевич? Беловская Анна; Белов, сказал он; Андрей")).toEqual([
      "Андрей Юрьевич",
    ]);
    expect(hits("Воробьёв", "воробьева нет")).toEqual(["воробьева"]);
  });

  it.each(["", "a@", "@example.com", "12345", "Ян", "+7", "  "])("«%s» is refused: it would match half of everything", (value) => {
    expect(() => personalValue(value)).toThrow(/pii/);
  });
});
