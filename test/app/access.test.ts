import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Alert } from "../../src/domain/alert.js";
import { runCommand } from "../../src/cli/commands.js";
import { openTestApp, type TestApp } from "../support/app.js";

const policy = (sales: string) => `roles:
  staff: { documents: { read: all } }
  sales: ${sales}
  manager: { crm: { read: department } }
  admin: { "*": { read: all, create: all, change: all } }
  auditor: { onec-erp: { read: all } }
`;

describe("access on the command line and while running", () => {
  let folder: string;
  let file: string;
  let app: TestApp;
  const alerts: Omit<Alert, "at">[] = [];
  const told = { raise: async (alert: Omit<Alert, "at">) => void alerts.push(alert), resolve: async () => undefined };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "svyaz-access-"));
    file = join(folder, "access.yaml");
    writeFileSync(file, policy("{ crm: { read: own, create: { scope: own, second_above: { amount: 500000 RUB } } } }"));
    app = await openTestApp({ SVYAZ_ACCESS: file });
    await app.rights.members({ systems: ["amocrm"] });
  });
  afterAll(async () => {
    await app.end();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(name: string, args: unknown): Promise<{ code: number; text: string; json: unknown[] }> {
    const [texts, json]: [string[], unknown[]] = [[], []];
    const code = await runCommand(
      app,
      name,
      args,
      (line) => ("text" in line ? texts.push(line.text) : "json" in line && json.push(line.json)),
      "tester",
    );
    return { code, text: texts.join("\n"), json };
  }

  it("does not start on a policy that names a system nobody configured", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(wrong, "roles:\n  sales:\n    bitrix24: { read: all }\n");
    await expect(openTestApp({ SVYAZ_ACCESS: wrong }, { database: app.database })).rejects.toThrow(
      `${wrong}:3: roles.sales.bitrix24: no such system`,
    );
  });

  it("shows who may do what, for all roles and for a person", async () => {
    const all = await run("access.show", { json: false });
    expect(all.text).toContain(`политика из ${file}`);
    expect(all.text).toMatch(/sales +amocrm \(crm\) +читать своё · создавать своё, второе «да» свыше 500000 RUB · менять нет/);
    const vera = await run("access.show", { person: "vera", json: true });
    expect(vera.json).toContainEqual({ role: "staff", system: "confluence", family: "documents", read: "all" });
    await expect(run("access.show", { person: "nobody", json: false })).rejects.toMatchObject({ code: "not-found" });
  });

  it("gives nobody a role that the policy does not have, and one of the company's own to whom it is given", async () => {
    await expect(run("people.role", { id: "vera", roles: ["auditorr"] })).rejects.toThrow(/auditorr.*auditor/);
    expect(await run("people.role", { id: "vera", roles: ["auditor"] })).toMatchObject({ code: 0 });
    expect((await app.ask("что на складе?", { as: "vera" })).calls.map(({ outcome }) => outcome)).not.toContain("denied");
    expect(await run("people.role", { id: "vera", roles: ["staff"] })).toMatchObject({ code: 0 });
  });

  it("proposes a person's user by e-mail, and links it only when an admin confirms", async () => {
    await app.database.query("delete from person_links where person in ('vera', 'anna') and system = 'amocrm'");
    await app.database.query("update people set email = 'somebody@example.com' where id = 'anna'");
    const proposed = await run("people.suggest", { system: "amocrm", confirm: false });
    expect(proposed.text).toMatch(/^vera ↔ amocrm:user:\d+ /);
    expect(proposed.text).not.toContain("anna");
    expect(await app.people.find("vera")).toMatchObject({ principals: expect.not.arrayContaining([expect.stringMatching(/^amocrm:/)]) });
    expect(await run("people.suggest", { system: "amocrm", confirm: true })).toMatchObject({ code: 0 });
    expect(await app.people.find("vera")).toMatchObject({
      principals: expect.arrayContaining([expect.stringMatching(/^amocrm:user:\d+$/)]),
    });
    expect((await run("people.suggest", { system: "amocrm", confirm: true })).text).toMatch(/совпадений по почте нет/);
    const linked: unknown[] = [];
    for await (const { name, actor } of app.audit.read({})) if (name === "person.linked") linked.push(actor);
    expect(new Set(linked)).toEqual(new Set(["cli:tester"]));
    await expect(run("people.suggest", { system: "bitrix24", confirm: false })).rejects.toMatchObject({ code: "not-found" });
  });

  it("tells 'you may not' from 'there is none', and hides a thing as if it never was", async () => {
    const denied = await app.ask("Что у нас было с Ромашкой за последний год?", { as: "vera" });
    expect(denied.calls[0]?.outcome).toBe("denied");
    expect(denied.text).toMatch(/ваша роль этого не позволяет/);
    const hidden = await app.ask("история Альфа-Строя за год", { as: "anna" });
    const never = await app.ask("история Бармаглот-Сервиса за год", { as: "anna" });
    expect(hidden.text.replace(/«[^»]+»/, "")).toBe(never.text.replace(/«[^»]+»/, ""));
    expect(hidden.text).not.toMatch(/прав/);
  });

  it("answers the same words by each one's own rights, whoever asked them first", async () => {
    const asked = "история Альфа-Строя за год";
    const seen = await app.ask(asked, { as: "admin" });
    expect(seen.calls[0]?.outcome).toBe("succeeded");
    const unseen = await app.ask(asked, { as: "anna" });
    expect(unseen.blocks.map(({ kind }) => kind)).not.toContain("table");
    expect((await app.ask(asked, { as: "admin" })).text).toBe(seen.text);
  });

  it("follows a changed policy without a restart, and keeps the last good one when the new one is broken", async () => {
    writeFileSync(file, policy("{ documents: { read: all } }"));
    await app.policy.refresh(told);
    expect((await app.ask("Что у нас было с Ромашкой за последний год?", { as: "anna" })).calls[0]?.outcome).toBe("denied");
    writeFileSync(file, policy("{ '*': { read: everything } }"));
    await app.policy.refresh(told);
    expect(alerts.map(({ key }) => key)).toEqual(["access-policy"]);
    expect((await app.ask("Что у нас было с Ромашкой за последний год?", { as: "anna" })).calls[0]?.outcome).toBe("denied");
    await expect(run("access.check", {})).rejects.toThrow(`${file}:3: `);
    const { text, code } = await run("doctor", { json: false });
    expect(code).toBe(1);
    expect(text).toContain(`${file} has 1 problem(s)`);
  });
});
