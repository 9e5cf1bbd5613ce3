import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Companies, Lead, Leads, Note, Party } from "../../../src/connectors/amocrm/answers.js";
import { clientPath, fromNote, holderOf, toClient, toDeal } from "../../../src/connectors/amocrm/map.js";
import { recognise, wordsOf } from "../../../src/connectors/amocrm/find.js";
import { NotFound } from "../../../src/domain/errors.js";

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../src/connectors/amocrm/samples/${name}.json`, import.meta.url), "utf8"));
const at = { system: "amocrm", baseUrl: "https://example.amocrm.ru", currency: "RUB" };
const owner = { id: "123321", name: "Анна", groups: [] };

describe("amoCRM's words in ours", () => {
  it("makes a deal of a lead: 142 is won in every pipeline, money is exact", () => {
    expect(toDeal(at, Lead.parse(sample("lead")), [], owner)).toMatchObject({
      ref: { system: "amocrm", kind: "deal", id: "19619" },
      companyId: "10971463",
      contactIds: ["c10971465"],
      stage: { state: "won" },
      amount: { amount: "46333.00", currency: "RUB" },
      lossReason: "Пропала потребность",
      closedAt: new Date(1_483_005_931_000),
      url: "https://example.amocrm.ru/leads/detail/19619",
    });
  });

  it("makes a client of a company, with the INN out of its legal entity", () => {
    expect(toClient(at, "companies", Party.parse(sample("company")), owner)).toMatchObject({
      kind: "company",
      inn: "0001261735",
      phones: ["+7 (900) 000-00-11", "89000000012"],
      emails: ["office@example.com"],
    });
  });

  it("makes a call of a call's note", () => {
    expect(fromNote("amocrm", "leads", Note.parse(sample("call-note")), "Анна")).toMatchObject({
      kind: "call",
      direction: "in",
      seconds: 60,
      text: "Перезвонить в среду",
      deal: { kind: "deal", id: "19619" },
    });
  });

  it("takes no body for an empty list, and a list without a link for the last page", () => {
    expect(Leads.parse(undefined)).toEqual({ rows: [], more: false });
    expect(Companies.parse({ _embedded: { companies: [sample("company")] } })).toMatchObject({ more: false });
    expect(Companies.parse({ _links: { next: { href: "https://x" } }, _embedded: { companies: [] } }).more).toBe(true);
    expect(Companies.safeParse({ _embedded: {} }).success).toBe(false);
  });

  it("reads what PHP writes for nothing: [] for an object, null for a list", () => {
    const note = { ...(sample("call-note") as object), params: [] };
    expect(fromNote("amocrm", "leads", Note.parse(note)).text).toBe("");
    expect(Lead.parse({ ...(sample("lead") as object), custom_fields_values: null })._embedded.companies).toHaveLength(1);
  });

  it.each(["", "17/../users", "c", "cc17", "-1", "1e9", "９", "17 ", "9".repeat(40)])("knows no client %s", (id) => {
    expect(() => clientPath("amocrm", id)).toThrow(NotFound);
  });

  it("does not write to a contact where rights were asked for a company of the same number", () => {
    expect(() => holderOf("amocrm", { kind: "contact", id: "17" })).toThrow(NotFound);
    expect(() => holderOf("amocrm", { kind: "company", id: "c17" })).toThrow(NotFound);
    expect(holderOf("amocrm", { kind: "contact", id: "c17" })).toEqual({ path: "contacts", id: "17" });
  });
});

describe("what somebody is looked for by", () => {
  it.each([
    ["+7 (900) 000-00-11", "phone", ["9000000011", "79000000011", "89000000011"]],
    ["8 900 000 00 11", "phone", ["9000000011", "79000000011", "89000000011"]],
    ["000-00-11", "phone", ["0000011"]],
    ["Office@Example.com", "email", ["office@example.com"]],
    ["0001261735", "inn", ["0001261735"]],
    ["9000000011", "phone", ["9000000011", "79000000011", "89000000011"]],
    ["ООО «Ромашка»", "name", ["Ромашка"]],
    ["Альфа-Строй", "name", ["Альфа-Строй"]],
    ["2024", "name", ["2024"]],
  ])("takes %s for a %s", (text, kind, forms) => {
    expect(recognise(text)).toMatchObject({ kind, forms });
  });

  it("compares names without quotes, legal forms and ё", () => {
    expect(wordsOf("ООО «Ёлки-Палки»")).toEqual(["елки", "палки"]);
    expect(wordsOf("АО Ромашка")).toEqual(["ромашка"]);
    expect(wordsOf("Автоао")).toEqual(["автоао"]);
  });
});
