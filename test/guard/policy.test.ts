import { describe, expect, it } from "vitest";
import type { Operation } from "../../src/domain/access.js";
import { type Policy, rule, standardPolicy } from "../../src/guard/policy.js";

const policy: Policy = {
  sales: {
    crm: {
      read: "own",
      create: {
        scope: "own",
        approval: "ask",
        secondAbove: {
          amount: [
            { amount: "500000", currency: "RUB" },
            { amount: "5000", currency: "EUR" },
          ],
          discount: "10",
        },
        denyAbove: { amount: [{ amount: "5000000", currency: "RUB" }] },
      },
      change: { scope: "own", approval: "second" },
      kinds: { note: { create: { scope: "all", approval: "ask" }, change: "deny" } },
    },
    "amocrm.moscow": { read: "all" },
    amocrm: { read: "department" },
  },
  boss: { "*": { read: "all", create: { scope: "all", approval: "ask" } } },
};
const crm = (verb: Operation["verb"], more: Partial<Operation> = {}): Operation => ({ system: "bitrix24", family: "crm", verb, ...more });
const rubles = (amount: string) => ({ amount: { amount, currency: "RUB" } });

describe("a ruling", () => {
  it.each([
    ["500000", "ask"],
    ["500000.01", "second"],
    ["5000000", "second"],
    ["5000000.01", "deny"],
    ["1e30", "deny"],
    ["a lot", "deny"],
  ])("for %s roubles is %s", (amount, effect) => {
    expect(rule(["sales"], crm("create", rubles(amount)), policy).effect).toBe(effect);
  });

  it("counts an amount in a currency without a limit as too much", () => {
    expect(rule(["sales"], crm("create", { amount: { amount: "1", currency: "EUR" } }), policy).effect).toBe("deny");
    expect(rule(["sales"], crm("create", { amount: { amount: "1", currency: "USD" } }), policy).effect).toBe("deny");
  });

  it("asks for a second person above a discount", () => {
    expect(rule(["sales"], crm("create", { discount: "10" }), policy).effect).toBe("ask");
    expect(rule(["sales"], crm("create", { discount: "10.5" }), policy).effect).toBe("second");
  });

  it("goes by a kind's own rule first, and by the general one where the kind has none", () => {
    expect(rule(["sales"], crm("create", { kind: "note" }), policy)).toEqual({ effect: "ask", scope: "all" });
    expect(rule(["sales"], crm("change", { kind: "note" }), policy).effect).toBe("deny");
    expect(rule(["sales"], crm("change", { kind: "deal" }), policy)).toEqual({ effect: "second", scope: "own" });
  });

  it("goes by the most exact line that names the system, and by it alone", () => {
    const at = (system: string, verb: Operation["verb"] = "read") => rule(["sales"], { system, family: "crm", verb }, policy);
    expect(at("amocrm.moscow")).toEqual({ effect: "allow", scope: "all" });
    expect(at("amocrm.perm")).toEqual({ effect: "allow", scope: "department" });
    expect(at("bitrix24")).toEqual({ effect: "allow", scope: "own" });
    expect(at("amocrm", "create").effect).toBe("deny");
  });

  it("takes the most that any of the roles allows", () => {
    expect(rule(["sales", "boss"], crm("create", rubles("9000000")), policy)).toEqual({ effect: "ask", scope: "all" });
    expect(rule(["boss"], { system: "onec-erp", family: "erp", verb: "read" }, policy)).toEqual({ effect: "allow", scope: "all" });
  });

  it.each([[[]], [["unheard-of"]], [["__proto__"]], [["constructor"]], [["toString", "hasOwnProperty"]]])(
    "denies everything to the roles %j",
    (roles) => {
      for (const verb of ["read", "create", "change"] as const)
        for (const family of ["crm", "erp", "documents", "analytics", "svyaz"] as const)
          for (const system of ["amocrm", "__proto__", "constructor"])
            expect(rule(roles, { system, family, verb }, policy).effect).toBe("deny");
    },
  );

  it("never frees a write of a card, whatever the policy says", () => {
    for (const roles of [["staff"], ["sales"], ["manager"], ["admin"]])
      for (const family of ["crm", "erp"] as const)
        for (const verb of ["create", "change"] as const)
          expect(rule(roles, { system: "any", family, verb }, standardPolicy).effect).not.toBe("allow");
  });
});
