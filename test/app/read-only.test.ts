import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccessDenied } from "../../src/domain/errors.js";
import { createAccess } from "../../src/guard/access.js";
import { createApprovals } from "../../src/guard/approvals.js";
import { standardPolicy } from "../../src/guard/policy.js";
import { firstScreen } from "../../src/main.js";
import { examine } from "../../src/cli/doctor.js";
import { openHarness, person } from "../connectors/harness.js";
import { onecErp } from "../../src/connectors/onec-erp/index.js";
import { amocrmLeads, openTestApp, type TestApp } from "../support/app.js";
import { createPeople } from "../../src/guard/people.js";
import { migrate } from "../../src/platform/migrate.js";
import { createFakeAudit } from "../fakes/audit.js";
import { z } from "zod";
import { openTestDatabase } from "../support/database.js";

describe("pilot mode", () => {
  let pilot: TestApp;
  let normal: TestApp;
  const wish = "создай сделку с Ромашкой на 75 тысяч";
  beforeAll(async () => {
    const database = await openTestDatabase();
    // A card is made while writes are on; then Svyaz is started again as a pilot, on the same data.
    normal = await openTestApp({}, { database });
    pilot = await openTestApp({ SVYAZ_READ_ONLY: "true" }, { database });
  });
  afterAll(async () => {
    await pilot.stop();
    await normal.end();
  });

  it("answers questions as ever", async () => {
    const asked = await pilot.ask("что у нас было с Ромашкой за год", { as: "anna" });
    expect(asked.text).toMatch(/Ромашка/);
  });

  it("proposes nothing to a person who asks for a write, and says why", async () => {
    const asked = await pilot.ask(wish, { as: "anna" });
    expect(asked.approvals).toEqual([]);
    expect(asked.text).toMatch(/режим пилота/);
  });

  it("does not promise writing when it tells what it can do", async () => {
    const asked = await pilot.ask("что ты умеешь", { as: "anna" });
    expect(asked.text).toMatch(/режим пилота/);
    expect(asked.text).not.toMatch(/создать сделку/);
  });

  it("answers a yes to an open card with the mode, writes nothing, and takes a no", async () => {
    const before = amocrmLeads(normal).length;
    const { approvals } = await normal.ask(wish, { as: "anna" });
    const card = approvals[0]?.id ?? "";
    expect(card).not.toBe("");
    const pressed = await pilot.approve(card, "anna");
    expect(pressed.code).toBe(1);
    expect(pressed.text).toMatch(/режим пилота/);
    expect(amocrmLeads(normal)).toHaveLength(before);
    const anna = await pilot.people.find("anna");
    expect(anna && (await pilot.decisions.decide(card, false, anna))).toMatchObject({ state: "rejected" });
  });

  it("stands on the first screen, in the doctor's findings and in /status", async () => {
    expect(firstScreen(pilot, { name: "Анна", roles: ["sales"] })).toMatch(/Режим пилота/);
    expect(firstScreen(normal, { name: "Анна", roles: ["sales"] })).not.toMatch(/Режим пилота/);
    expect((await examine(pilot)).find(({ name }) => name === "mode")?.what).toMatch(/Режим пилота/);
    expect((await pilot.ask("/status", { as: "anna" })).text).toMatch(/Режим пилота/);
  });
});

describe("pilot mode beneath the conversation", () => {
  it("takes no approval, even one that was agreed to before", async () => {
    const database = await openTestDatabase();
    await migrate(database);
    const people = createPeople({ database, timeZone: "Europe/Moscow" });
    const anna = await people.add({ id: "anna", name: "Анна", roles: ["sales"] });
    const access = createAccess({ people, policy: () => standardPolicy });
    const parts = { database, access, people, audit: createFakeAudit(), now: () => new Date("2026-11-20T09:00:00Z") };
    const before = createApprovals(parts);
    const { id } = await before.propose({
      tool: "create-deal",
      operation: { system: "amocrm", family: "crm", verb: "create" },
      draft: { name: "x" },
      askedBy: anna,
      language: "ru",
      address: { channel: "terminal", chat: "1" },
      title: "Новая сделка",
      lines: [],
      trace: "t",
      actor: "anna",
    });
    await before.answer(id, true, anna);
    const pilot = createApprovals({ ...parts, readOnly: true });
    await expect(pilot.take(id, z.object({ name: z.string() }))).rejects.toMatchObject({ code: "access-denied", reason: "pilot" });
    expect((await pilot.card(id))?.state).toBe("failed");
    await database.close();
  });

  it("refuses at the gate what somehow got an approval, and notes it as denied", async () => {
    const anna = person("anna");
    const { systems, agree, audit } = openHarness(
      [onecErp],
      { ONEC_ERP_BASE_URL: "http://127.0.0.1:9/erp", ONEC_ERP_USER: "u", ONEC_ERP_PASSWORD: "p" },
      { readOnly: true },
    );
    const { ready } = await systems.for(anna, "erp", { trace: "t" });
    const draft = { kind: "sales" } as never;
    const write = ready[0]?.erp.updatePlan?.(agree("onec-erp", draft, anna));
    await expect(write).rejects.toBeInstanceOf(AccessDenied);
    await expect(write).rejects.toMatchObject({ reason: "pilot" });
    expect(JSON.stringify(audit)).toMatch(/plan\.updated/);
    await systems.close();
  });
});
