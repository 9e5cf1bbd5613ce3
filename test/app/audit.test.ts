import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandNames, runCommand } from "../../src/cli/commands.js";
import { createAuditCommand } from "../../src/conversation/audit-command.js";
import type { AuditRecord } from "../../src/domain/audit.js";
import type { Database } from "../../src/platform/database.js";
import { amocrmLeads, openTestApp, type TestApp } from "../support/app.js";
import { openTestDatabase } from "../support/database.js";

let app: TestApp;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "svyaz-audit-"));
  writeFileSync(join(folder, "note.txt"), "Порядок возврата");
  app = await openTestApp({ SVYAZ_PUBLIC_URL: "https://svyaz.example.com" });
}, 30_000);
afterAll(async () => {
  await app.end();
  rmSync(folder, { recursive: true });
});

async function run(name: string, args: unknown): Promise<{ readonly code: number | undefined; readonly text: string }> {
  const lines: string[] = [];
  const code = await runCommand(
    app,
    name,
    args,
    (line) => lines.push("json" in line ? JSON.stringify(line.json) : "text" in line ? line.text : ""),
    "root",
  ).catch(() => undefined);
  return { code, text: lines.join("\n") };
}

async function recordsSince(id: string): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  for await (const record of app.audit.read({})) if (BigInt(record.id) > BigInt(id)) found.push(record);
  return found;
}

const lastId = async () =>
  (await app.database.query<{ id: string }>("select coalesce(max(id), 0) as id from audit_events")).rows[0]?.id ?? "0";

/** What each command of an admin is called in the log; "read" for those that show what only Svyaz knows. */
const acts: Readonly<Record<string, readonly (readonly [args: unknown, event: string])[] | "read" | "elsewhere">> = {
  "people.add": [[{ id: "gleb", name: "Глеб", roles: ["staff"], language: "ru" }, "person.added"]],
  "people.role": [
    [{ id: "gleb", roles: ["sales"] }, "person.roles-set"],
    [{ id: "nobody", roles: ["sales"] }, "person.roles-set"],
  ],
  "people.link": [
    [{ id: "gleb" }, "person.invited"],
    [{ id: "gleb", principal: "amocrm:user:77" }, "person.linked"],
  ],
  "people.remove": [[{ id: "gleb" }, "person.removed"]],
  "secret.set": [[{ system: "amocrm", name: "SPARE", value: "0123456789abcdef" }, "secret.set"]],
  "secret.remove": [[{ system: "amocrm", name: "SPARE" }, "secret.removed"]],
  "keys.rotate": [[{}, "keys.rotated"]],
  "keys.retire": [[{ id: "no-such-key" }, "key.retired"]],
  "audit.export": [[{}, "audit.exported"]],
  index: [[{ folder: "", open: [] }, "files.indexed"]],
  inventory: [[{ json: true }, "inventory.taken"]],
  "webhooks.register": [[{ system: "amocrm" }, "webhook.registered"]],
  "webhooks.remove": [[{ system: "amocrm" }, "webhook.removed"]],
  "jobs.retry": [[{}, "job.retried"]],
  "clients.merge": [[{ one: "amocrm:company:0", other: "amocrm:company:1" }, "client.merged"]],
  "clients.split": [[{ record: "amocrm:company:0" }, "client.split"]],
  // These have tests of their own: what they leave is more than one event, or another's.
  "people.suggest": "elsewhere",
  "pii.find": "elsewhere",
  "pii.erase": "elsewhere",
  "pii.purge": "elsewhere",
  connect: "elsewhere",
  disconnect: "elsewhere",
  backup: [[{ file: "" }, "database.backed-up"]],
  sync: "elsewhere",
  ask: "elsewhere",
  decide: "elsewhere",
  "jobs.bury": "elsewhere",
  "jobs.list": "read",
  "webhooks.list": "read",
  "clients.list": "read",
  "clients.doubts": "read",
  "clients.conflicts": "read",
  "sync.status": "read",
  "people.list": "read",
  "access.check": "read",
  "access.show": "read",
  "keys.list": "read",
  "secret.list": "read",
  "audit.verify": "read",
  doctor: "read",
};

describe("what an admin does by the command line", () => {
  it("is known here for every command that there is", () => {
    expect(commandNames.filter((name) => acts[name] === undefined)).toEqual([]);
  });

  it.each(
    Object.entries(acts).flatMap(([command, given]) =>
      typeof given === "string" ? [] : given.map(([args, event]) => [command, event, args] as const),
    ),
  )("%s leaves one final event %s in the admin's name", async (command, event, args) => {
    const before = await lastId();
    const given = command === "index" ? { folder, open: [] } : command === "backup" ? { file: join(folder, "backup") } : args;
    const { code } = await run(command, given);
    const final = (await recordsSince(before)).filter(({ name, outcome }) => name === event && outcome !== "started");
    expect(final).toEqual([expect.objectContaining({ actor: "cli:root", outcome: code === 0 ? "succeeded" : "failed" })]);
    expect(JSON.stringify(final.map(({ payload }) => payload))).not.toContain("0123456789abcdef");
  });

  it("synchronising leaves one final event for each kind", async () => {
    const before = await lastId();
    await app.sync.run("confluence");
    const rows = (await recordsSince(before)).filter(({ name }) => name === "sync.finished");
    const finals = rows.filter(({ outcome }) => outcome !== "started");
    expect(finals.length).toBeGreaterThan(0);
    expect(new Set(finals.map(({ trace }) => trace)).size).toBe(finals.length);
    expect(rows).toHaveLength(finals.length * 2);
  });

  it("an export that is asked for since nonsense is refused, and says what it wants", async () => {
    expect((await run("audit.export", { since: "вчера" })).code).toBeUndefined();
  });

  it("verify tells what was compared, and a tail that was cut off, by the signed head", async () => {
    const head = await app.heads.sign();
    expect(await run("audit.verify", { json: false })).toMatchObject({
      code: 0,
      text: expect.stringMatching(/Журнал цел.*\nПодписанных голов сверено: 1\./),
    });
    const json = JSON.parse((await run("audit.verify", { json: true, against: JSON.stringify(head) })).text) as object;
    expect(json).toMatchObject({ heads: 1 });
    const file = join(app.data, "audit-heads.jsonl");
    const line = readFileSync(file, "utf8");
    writeFileSync(
      file,
      line.replace(/"digest":"(.)/, (_, first) => `"digest":"${first === "0" ? "1" : "0"}`),
    );
    expect(await run("audit.verify", { json: false })).toMatchObject({
      code: 1,
      text: expect.stringMatching(/Файл голов повреждён в строке 1: подпись/),
    });
    writeFileSync(file, line);
  });
});

describe("/audit", () => {
  it("shows a person their own latest operations in words, reads and refusals alike, and nobody else's", async () => {
    await app.ask("Что у нас было с Ромашкой за последний год?", { as: "anna" });
    await app.ask("Что у нас было с Ромашкой за последний год?", { as: "vera" });
    const anna = await app.ask("/audit", { as: "anna" });
    const table = anna.blocks.find(({ kind }) => kind === "table") as unknown as { caption: string; table: { rows: string[][] } };
    expect(table.table.rows.length).toBeGreaterThan(2);
    expect(table.table.rows.length).toBeLessThanOrEqual(10);
    expect(table.table.rows.map(([, system, what, outcome]) => [system, what, outcome])).toContainEqual([
      "amoCRM",
      "история клиента",
      "сделано",
    ]);
    expect(table.table.rows.map(([, system]) => system)).not.toContain("");
    expect(table.table.rows[0]?.[0]).toMatch(/^20\.11\.2026, 12:\d\d$/);
    expect(table.table.rows.flat().join(" ")).not.toMatch(/crm\.|\.read/);
    const vera = await app.ask("журнал", { as: "vera" });
    expect(JSON.stringify(vera.blocks)).toContain("отказано");
    expect(JSON.stringify(vera.blocks)).not.toContain('история клиента","сделано');
  });

  it("shows as many as asked for, in the language of the person", async () => {
    const record = (number: number): AuditRecord => ({
      id: String(number),
      at: app.now(),
      name: number === 0 ? "strange.done" : "deal.created",
      actor: "anna",
      trace: "t",
      payload: { system: "amocrm" },
      outcome: "denied",
    });
    const asked: unknown[] = [];
    const command = createAuditCommand({
      latest: async (query) => {
        asked.push(query);
        return query.most === 50 ? [] : [record(0), record(1)];
      },
      titleOf: (system) => system,
    });
    const person = await app.people.find("anna");
    if (!person) throw new Error("no anna");
    const call = { person, actor: "anna", trace: "t", address: { channel: "terminal", chat: "x" }, language: "en" as const };
    expect(await command.run({ ...call, argument: "20" })).toMatchObject([
      {
        table: {
          rows: [
            [expect.any(String), "amocrm", "strange.done", "refused"],
            [expect.any(String), "amocrm", "new deal", "refused"],
          ],
        },
      },
    ]);
    expect(asked).toMatchObject([{ person: "anna", most: 20 }]);
    expect(await command.run({ ...call, argument: "50" })).toMatchObject([{ markdown: "There are no operations of yours yet." }]);
    for (const argument of ["0", "-1", "51", "1.5", "все", "10; drop", "1e1000"])
      expect(await command.run({ ...call, argument }), argument).toMatchObject([{ markdown: expect.stringContaining("1 to 50") }]);
  });
});

describe("a database that takes no more audit rows", () => {
  it("lets nothing be written to a system, though everything else of it works", async () => {
    const real = await openTestDatabase();
    let full = false;
    const failing: Database = {
      ...real,
      query: (text, values) =>
        full && text.includes("insert into audit_events") ? Promise.reject(new Error("no space left on device")) : real.query(text, values),
    };
    const broken = await openTestApp({}, { database: failing });
    const asked = await broken.ask("создай сделку с Ромашкой на 75к", { as: "anna" });
    const card = asked.approvals[0]?.id ?? "";
    expect(card).not.toBe("");
    const before = amocrmLeads(broken).length;
    full = true;
    await broken.approve(card, "anna").catch(() => undefined);
    expect(amocrmLeads(broken)).toHaveLength(before);
    full = false;
    expect(await broken.approve(card, "anna")).toMatchObject({ code: 0 });
    expect(amocrmLeads(broken)).toHaveLength(before + 1);
    await broken.end();
  }, 30_000);
});
