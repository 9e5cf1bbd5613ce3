import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Approved } from "../../../src/domain/approval.js";
import type { PlanDraft } from "../../../src/domain/erp.js";
import { OutcomeUnknown, RequestRefused } from "../../../src/domain/errors.js";
import type { Person } from "../../../src/domain/people.js";
import { keyOf } from "../../../src/connectors/onec-erp/plans.js";
import { now, openBase } from "./base.js";

let base: Awaited<ReturnType<typeof openBase>>;
let itemId = "";
beforeAll(async () => {
  base = await openBase();
  itemId = (await base.erp.members("item", "УТ-00000003"))[0]?.id ?? "";
});
afterAll(() => base.close());

const boris: Person = { id: "boris", name: "Борис Лебедев", language: "ru", timeZone: "Europe/Moscow", roles: ["manager"], principals: [] };

function approved(approval: string, draft: Partial<PlanDraft> = {}): Approved<PlanDraft> {
  const whole: PlanDraft = {
    kind: "sales",
    period: { from: "2027-01-01", to: "2027-01-31" },
    comment: "Январь",
    lines: [{ itemId, itemName: "Светильник", quantity: "120.5", price: "99.90" }],
    ...draft,
  };
  return {
    approval,
    system: "onec-erp",
    draft: whole,
    askedBy: boris,
    agreedBy: [boris],
    askedAt: now(),
  } as unknown as Approved<PlanDraft>;
}

const inStore = (id: string) =>
  base.http.request({
    method: "GET",
    path: `/odata/standard.odata/${encodeURIComponent(`Document_ПланПродаж(guid'${id}')`)}`,
    query: { $format: "json" },
    answer: z.looseObject({ Posted: z.boolean(), Комментарий: z.string() }),
  });

describe("a plan", () => {
  it("is read from the posted documents of the period", async () => {
    const lines = await base.erp.plan?.({ kind: "sales", period: { from: "2026-01-01", to: "2026-12-31" } });
    expect(lines?.length).toBeGreaterThan(0);
    expect(lines?.[0]).toMatchObject({
      plan: { kind: "Document_ПланПродаж" },
      item: { split: "item" },
      quantity: expect.stringMatching(/^\d/),
    });
    expect(lines?.every(({ item }) => item.name !== "")).toBe(true);
  });
});

describe("a new plan", () => {
  it("is an unposted document that bears who asked and the approval", async () => {
    const receipt = await base.erp.updatePlan?.(approved("appr-0001"));
    expect(receipt?.ref).toMatchObject({ system: "onec-erp", kind: "Document_ПланПродаж" });
    const stored = await inStore(receipt?.ref.id ?? "");
    expect(stored.Posted).toBe(false);
    expect(stored.Комментарий).toBe("Январь [Svyaz: Борис Лебедев, appr-0001]");
    expect(await base.erp.written?.("plan", approved("appr-0001"))).toEqual(receipt?.ref);
  });

  it("is written once, however often the same approval comes", async () => {
    const before = base.server.store.changes.length;
    const first = await base.erp.updatePlan?.(approved("appr-0002"));
    const again = await base.erp.updatePlan?.(approved("appr-0002"));
    expect(again).toEqual(first);
    expect(base.server.store.changes.length).toBe(before + 1);
  });

  it("is absent until it is written", async () => {
    expect(await base.erp.written?.("plan", approved("appr-0003"))).toBe("absent");
  });

  it("is found after its answer was lost", async () => {
    base.server.faults.add({ kind: "cut", takesEffect: true, method: "POST" });
    await expect(base.erp.updatePlan?.(approved("appr-0004"))).rejects.toThrow(OutcomeUnknown);
    expect(await base.erp.written?.("plan", approved("appr-0004"))).toMatchObject({ kind: "Document_ПланПродаж" });
  });

  it("stays in doubt when it cannot be read again", async () => {
    base.server.faults.add({ kind: "status", status: 503, body: "<html>no licence</html>", method: "GET", times: null });
    await expect(base.erp.updatePlan?.(approved("appr-0008"))).rejects.toThrow(OutcomeUnknown);
    base.server.faults.clear();
    expect(await base.erp.written?.("plan", approved("appr-0008"))).toMatchObject({ kind: "Document_ПланПродаж" });
  });

  it("stays in doubt after a 500 without the platform's own words, and is refused for certain with them", async () => {
    base.server.faults.add({ kind: "status", status: 500, body: "<html>oops</html>", method: "POST", takesEffect: false });
    await expect(base.erp.updatePlan?.(approved("appr-0005"))).rejects.toThrow(OutcomeUnknown);
    expect(await base.erp.written?.("plan", approved("appr-0005"))).toBe("absent");
    base.server.faults.add({
      kind: "status",
      status: 500,
      body: { "odata.error": { code: "-1", message: { lang: "ru", value: "Период закрыт" } } },
      method: "POST",
    });
    await expect(base.erp.updatePlan?.(approved("appr-0006"))).rejects.toThrow(RequestRefused);
  });
});

describe("the key of a new document", () => {
  it("follows from the approval alone and looks as 1C makes its own", () => {
    const key = keyOf(approved("appr-0001"));
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(keyOf(approved("appr-0001"))).toBe(key);
    expect(keyOf(approved("appr-0007"))).not.toBe(key);
    expect(keyOf({ ...approved("appr-0001"), system: "onec-erp.moscow" })).not.toBe(key);
  });
});
