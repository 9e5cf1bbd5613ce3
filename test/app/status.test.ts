import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCommand } from "../../src/conversation/commands.js";
import { createStatusCommand } from "../../src/conversation/status-command.js";
import type { SystemStatus } from "../../src/domain/mirror.js";
import { openTestApp, type TestApp } from "../support/app.js";

describe("/status of the whole product", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp({}, { sandboxPerSecond: 50 });
    const { rows } = await app.database.query<{ id: string }>(
      `insert into sync_runs (system, kind, mode, state, owner, lease_until, started_at)
       values ('confluence', 'page', 'since', 'done', 'x', $1, $1) returning id`,
      [app.now()],
    );
    await app.database.query("insert into sync_cursors (system, kind, mode, run, as_of) values ('confluence', 'page', 'since', $1, $2)", [
      rows[0]?.id,
      new Date(app.now().getTime() - 4 * 60_000),
    ]);
  });
  afterAll(() => app.end());
  const rowsOf = (asked: Awaited<ReturnType<TestApp["ask"]>>) =>
    asked.blocks.flatMap((block) => (block.kind === "table" ? (block.table as { rows: string[][] }).rows : []));

  it("shows the admin every system with the age of its data, and that nothing is wrong", async () => {
    const asked = await app.ask("/status", { as: "admin" });
    const rows = rowsOf(asked);
    expect(rows.map(([system]) => system)).toEqual(expect.arrayContaining(["1C:ERP", "Confluence", "amoCRM"]));
    expect(rows.find(([system]) => system === "Confluence")?.[2]).toMatch(/4 минуты назад/);
    expect(rows.find(([system]) => system === "amoCRM")?.[2]).toBe("ещё не прочитаны");
    expect(asked.text).toMatch(/Открытых тревог нет/);
  });

  it("shows the admin open alerts, the worst mark with each", async () => {
    await app.alerts.raise({ key: "system:amocrm", level: "critical", title: "amoCRM не отвечает", text: "…", system: "amocrm" });
    expect((await app.ask("статус", { as: "admin" })).text).toMatch(/Открыта 1 тревога[\s\S]*🔴 amoCRM не отвечает — с 20\.11\.2026/);
    await app.alerts.resolve("system:amocrm");
  });

  it("shows others only the systems that they may use, and no alerts", async () => {
    const asked = await app.ask("статус", { as: "vera" });
    expect(rowsOf(asked).map(([system]) => system)).toEqual(["Confluence"]);
    expect(asked.text).not.toMatch(/тревог/);
  });

  it("leaves a question about something else's status to the assistant", async () => {
    const asked = await app.ask("статус интеграций", { as: "admin" });
    expect(asked.calls.map(({ name }) => name)).toEqual(["integration-status"]);
  });
});

describe("the status command", () => {
  const now = new Date("2026-11-20T09:00:00Z");
  const line = (more: Partial<SystemStatus>): SystemStatus => ({
    system: "amocrm",
    kind: "deal",
    stored: 1,
    searchable: 0,
    indexed: 0,
    ...more,
  });
  const command = (lines: readonly SystemStatus[], dead = 0, clients = { doubts: 0, conflicts: 0 }) =>
    createStatusCommand({
      status: async () => lines,
      maySee: async () => true,
      alerts: async () => [],
      mirrored: async (system) => system !== "superset",
      deadJobs: async () => dead,
      nextRun: () => new Date("2026-11-20T09:05:00Z"),
      clients: async () => clients,
      titleOf: (system) => (system === "amocrm" ? "amoCRM" : system),
      readOnly: false,
      now: () => now,
    });
  const run = async (
    lines: readonly SystemStatus[],
    { roles = ["admin"], argument = "", dead = 0, clients = { doubts: 0, conflicts: 0 } } = {},
  ) => {
    const person = { id: "p", name: "P", language: "ru" as const, timeZone: "Europe/Moscow", roles, principals: [] };
    const reply = await command(lines, dead, clients).run({
      person,
      actor: "p",
      trace: "t",
      argument,
      address: { channel: "terminal", chat: "1" },
      language: "ru",
    });
    return JSON.stringify(reply);
  };

  it("tells admins alone of doubtful clients and contradictions, and of none there is no word", async () => {
    const clients = { doubts: 3, conflicts: 8 };
    expect(await run([line({})], { clients })).toMatch(/сомнительных пар — 3 .*расхождений — 8 /);
    expect(await run([line({})], { clients, roles: ["manager"] })).not.toMatch(/сомнительных/);
    expect(await run([line({})])).not.toMatch(/сомнительных/);
  });

  it("takes the oldest kind for the age of a system's data, and names the next run in the person's time zone", async () => {
    const said = await run([
      line({ kind: "deal", asOf: new Date("2026-11-20T08:59:00Z") }),
      line({ kind: "note", asOf: new Date("2026-11-20T05:00:00Z") }),
    ]);
    expect(said).toMatch(/4 часа назад/);
    expect(said).toMatch(/20\.11\.2026, 12:05/);
  });

  it("says of a system whose records are not copied that it is asked directly", async () => {
    expect(await run([line({ system: "superset", kind: "" })])).toMatch(/спрашиваются напрямую/);
  });

  it("words a known trouble for everybody, and shows what a run said of its failure to admins alone", async () => {
    const lines = [line({ error: "value of client Ivanov is odd" })];
    expect(await run([line({ error: "system-unavailable" })], { roles: ["sales"] })).toMatch(/система не отвечает/);
    expect(await run(lines)).toMatch(/Ivanov/);
    expect(await run(lines, { roles: ["sales"] })).not.toMatch(/Ivanov/);
    expect(await run(lines, { roles: ["sales"] })).toMatch(/последняя синхронизация не удалась/);
  });

  it("tells admins of work that failed for good, and nobody else", async () => {
    expect(await run([line({})], { dead: 2 })).toMatch(/Не удались окончательно 2 задания/);
    expect(await run([line({})], { dead: 2, roles: ["manager"] })).not.toMatch(/задани/);
  });

  it("answers for one system by its name, and says when there is none", async () => {
    expect(await run([line({}), line({ system: "confluence" })], { argument: "AmoCRM" })).not.toMatch(/confluence/);
    expect(await run([line({})], { argument: "sap" })).toMatch(/«sap» нет/);
  });

  it.each([
    ["/status", true],
    ["статус", true],
    ["Статус amocrm", true],
    ["status onec-erp.moscow", true],
    ["статус сделки", false],
    ["статус интеграций", false],
    ["статус 'amocrm; drop", false],
  ])("%s is the command: %s", (said, is) => {
    expect(findCommand(said, [command([])]) !== undefined).toBe(is);
  });
});
