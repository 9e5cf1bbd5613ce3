import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/commands.js";
import type { Inventory } from "../../src/cli/inventory.js";
import { inventoryReport } from "../../src/cli/inventory-report.js";
import { openTestApp, type TestApp } from "../support/app.js";

let app: TestApp;
let inventory: Inventory;
const folder = mkdtempSync(join(tmpdir(), "svyaz-inventory-"));
const out = join(folder, "inventory.json");
const said: string[] = [];
beforeAll(async () => {
  app = await openTestApp({}, { sandboxPerSecond: 50 });
  const code = await runCommand(app, "inventory", { out, json: true }, (line) => "text" in line && said.push(line.text), "tester");
  expect(code).toBe(0);
  const kept = JSON.parse(readFileSync(out, "utf8")) as Inventory;
  inventory = { ...kept, at: new Date(kept.at) };
}, 30_000);
afterAll(async () => {
  await app.end();
  rmSync(folder, { recursive: true, force: true });
});
const of = (system: string) => inventory.systems.find((one) => one.system === system);
const codes = (system: string) => of(system)?.findings.map(({ code }) => code);

describe("svyaz inventory of the sandbox", () => {
  it("counts every kind of record of amoCRM, which itself counts nothing", () => {
    const { store } = app.sandbox?.servers.amocrm ?? {};
    const volume = (kind: string) => of("amocrm")?.survey?.volumes.find((one) => one.kind === kind)?.count;
    expect(volume("deal")).toBe(store?.all("leads").length);
    expect(volume("contact")).toBe(store?.all("contacts").length);
    expect(volume("company")).toBe(store?.all("companies").length);
    expect(volume("task")).toBe(store?.all("tasks").length);
    expect(volume("note")).toBe(store?.all("notes").length);
  });

  it("names pipelines with their stages in order, and the company's own fields", () => {
    const { pipelines, fields } = of("amocrm")?.survey ?? {};
    expect(pipelines?.[0]?.name).toBe("Продажи");
    expect(pipelines?.[0]?.stages.slice(0, 2)).toEqual(["Неразобранное", "Первичный контакт"]);
    expect(fields).toContainEqual(expect.objectContaining({ of: "company", name: "ИНН" }));
  });

  it("warns of a key with an administrator's rights, and of a missing public address", () => {
    expect(codes("amocrm")).toEqual(expect.arrayContaining(["admin-token", "no-public-address"]));
    expect(codes("amocrm")).not.toContain("inn-field");
    expect(codes("amocrm")).not.toContain("plain-http");
  });

  it("tells version, spaces and volumes of Confluence", () => {
    const { survey } = of("confluence") ?? {};
    expect(survey).toMatchObject({ edition: "data-center", version: "10.2.10" });
    expect(survey?.modules.map(({ name }) => name)).toContain("Кадры (HR)");
    expect(survey?.volumes.find(({ kind }) => kind === "page")?.count).toBeGreaterThan(300);
  });

  it("tells which parts of 1C are published, and counts its documents", () => {
    const { survey, firstSync } = of("onec-erp") ?? {};
    expect(survey?.modules).toContainEqual({ name: "stock", on: true });
    expect(survey?.volumes.find(({ kind }) => kind === "Document_ЗаказКлиента")?.count).toBeGreaterThan(1_000);
    expect(firstSync?.calls).toBeGreaterThan(10);
  });

  it("estimates the first synchronisation from the counts and the configured rate", () => {
    const { firstSync, limits, survey } = of("amocrm") ?? {};
    const calls = survey?.volumes.reduce((sum, { count, perCall = 1 }) => sum + Math.ceil(count / perCall), 0) ?? 0;
    expect(firstSync?.calls).toBe(calls);
    expect(firstSync?.minutes).toBeCloseTo(calls / (limits?.perSecond ?? 0) / 60, 6);
  });

  it("asks through the gate: every survey is in the audit log", async () => {
    const lines: string[] = [];
    for await (const line of app.audit.exportJsonLines({})) lines.push(line);
    const surveys = lines.filter((line) => line.includes("system.surveyed") && line.includes("succeeded"));
    for (const { system } of inventory.systems) expect(surveys.join("\n"), system).toContain(system);
  });

  it("writes nothing to any system", () => {
    expect(app.sandbox?.servers.onecErp.store.changes).toEqual([]);
  });

  it.each(["ru", "en"] as const)("is a report in %s without holes, with a plan and a way back for every stage", (language) => {
    const report = inventoryReport(inventory, language, "Europe/Moscow");
    expect(report).not.toMatch(/undefined|\[object|NaN|Invalid Date/);
    expect(report.match(/^## /gm)).toHaveLength(inventory.systems.length + 1);
    expect(report.match(language === "ru" ? /Как вернуться назад/g : /The way back/g)).toHaveLength(3);
    // Words of the one language only, names from the systems aside.
    if (language === "en") expect(report.split("\n## ")[0]).not.toMatch(/[а-яё]{3}/i);
  });

  it("is written to a new file for its owner alone, and overwrites none", async () => {
    expect(said).toEqual([`Отчёт записан: ${out}`]);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await expect(runCommand(app, "inventory", { out, json: false }, () => undefined, "tester")).rejects.toThrow(/exists already/);
  });
});
