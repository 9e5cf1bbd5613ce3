import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Alert, Alerts } from "../../src/domain/alert.js";
import { openPolicy, parsePolicy } from "../../src/guard/policy-file.js";
import { standardPolicy } from "../../src/guard/policy.js";
import { quiet } from "../support/database.js";

const systems = ["amocrm", "onec-erp.moscow", "confluence"];
const parse = (text: string) => parsePolicy(text, "access.yaml", systems);
/** The refusal's lines, without its heading. */
function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe("an access policy file", () => {
  it("says what the guide shows as the standard policy", async () => {
    const guide = await readFile(new URL("../../docs/access.md", import.meta.url), "utf8");
    const [standard, example] = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
    expect(parse(standard ?? "")).toEqual(standardPolicy);
    expect(parse(example ?? "")).toMatchObject({ accountant: {}, sales: { crm: { create: { secondAbove: {} } } } });
  });

  it("is read with its limits, kinds and shorthands", () => {
    expect(
      parse(`roles:
  sales:
    crm:
      read: own
      create: { scope: own, second_above: { amount: [500000 RUB, 5000.50 EUR], discount: 12.5 }, deny_above: { amount: 9000000 RUB } }
      change: deny
      kinds: { note: { create: all }, plan: { create: deny } }
    onec-erp: { read: all }
`),
    ).toEqual({
      sales: {
        crm: {
          read: "own",
          create: {
            scope: "own",
            approval: "ask",
            secondAbove: {
              amount: [
                { amount: "500000", currency: "RUB" },
                { amount: "5000.50", currency: "EUR" },
              ],
              discount: "12.5",
            },
            denyAbove: { amount: [{ amount: "9000000", currency: "RUB" }] },
          },
          change: "deny",
          kinds: { note: { create: { scope: "all", approval: "ask" } }, plan: { create: "deny" } },
        },
        "onec-erp": { read: "all" },
      },
    });
  });

  it("is refused with every problem at once, each with its line", () => {
    const found = problems(`roles:
  sales:
    crm:
      reed: own
      create: { scope: mine, approval: ask }
    bitrix24: { read: all }
  Boss: {}
  staff:
    crm: { change: { scope: own, second_above: { amount: a lot } } }
    erp: { kinds: { invoice: { create: own } } }
owner: anna
`);
    expect(found).toEqual([
      expect.stringMatching(/^access\.yaml:4: roles\.sales\.crm\.reed: there is no such setting/),
      expect.stringMatching(/^access\.yaml:5: roles\.sales\.crm\.create\.scope: /),
      expect.stringMatching(/^access\.yaml:7: roles\.Boss: a role's name/),
      expect.stringMatching(/^access\.yaml:9: .*amount.*500000 RUB/),
      expect.stringMatching(/^access\.yaml:10: .*kinds/),
      expect.stringMatching(/^access\.yaml:11: owner: there is no such setting/),
    ]);
  });

  it.each([
    ["a system that is not configured", "sales: { bitrix24: { read: all } }", /no such system is configured.*amocrm/],
    ["documents that belong to somebody", "sales: { documents: { read: own } }", /documents have readers of their own/],
    ["writing documents", "sales: { documents: { create: all } }", /only read/],
    ["a department's schedules", "sales: { svyaz: { read: department } }", /own or all/],
    ["a scope of its own", "sales: { crm: { read: mine } }", /own|department/],
    ["a write that asks nobody", "sales: { crm: { create: { scope: own, approval: allow } } }", /ask|second/],
    ["an amount without a currency", "sales: { crm: { create: { scope: own, deny_above: { amount: 500000 } } } }", /string|currency/],
    ["a negative limit", "sales: { crm: { create: { scope: own, deny_above: { amount: -5 RUB } } } }", /currency/],
    ["an empty limit", "sales: { crm: { create: { scope: own, deny_above: {} } } }", /discount or both/],
    ["nothing behind a place", "sales: { crm: }", /./],
    ["a list", "[sales, staff]", /./],
    ["a place twice", "sales: { crm: { read: own }, crm: { read: all } }", /unique/],
  ])("is refused for %s", (_what, roles, why) => {
    const found = problems(`roles:\n  ${roles}\n`);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(/^access\.yaml:\d+: /);
    expect(found.join("\n")).toMatch(why);
  });

  it.each([
    "",
    "roles",
    "roles: [",
    "\t- x",
    "roles: &a [*a]",
    "{}",
    "null",
    "\u0000",
    "roles:\n  a: &x {crm: {read: own}}\n  b: !!js/function 'x'",
  ])("is refused when it is %j", (text) => {
    expect(problems(text).length).toBeGreaterThan(0);
  });

  it("gives nobody the rights of a key that JavaScript knows", () => {
    expect(Object.keys(parse("roles:\n  __proto__: { crm: { read: all } }\n  staff: {}\n"))).toEqual(["staff"]);
    expect(({} as Record<string, unknown>).crm).toBeUndefined();
  });
});

describe("the policy in force", () => {
  let folder: string;
  let file: string;
  const alerts: { state: string; alert?: Omit<Alert, "at"> }[] = [];
  const told: Alerts = {
    raise: async (alert) => void alerts.push({ state: "raised", alert }),
    resolve: async () => void alerts.push({ state: "resolved" }),
  };
  const open = (required = false) =>
    openPolicy({
      file,
      required,
      systems,
      note: async () => {},
      language: "en",
      log: quiet,
    });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "svyaz-policy-"));
    file = join(folder, "access.yaml");
    alerts.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is the standard one where there is no file, unless a file was asked for", async () => {
    const store = await open();
    expect([store.current(), store.file]).toEqual([standardPolicy, undefined]);
    await expect(open(true)).rejects.toThrow(/access\.yaml: the access policy cannot be read \(ENOENT\)/);
  });

  it("does not start on a broken file", async () => {
    await writeFile(file, "roles: { sales: { crm: { raed: own } } }");
    await expect(open()).rejects.toMatchObject({ code: "settings-invalid", message: expect.stringContaining("access.yaml:1: ") });
  });

  it("follows the file, keeps the last good one while the file is broken or gone, and tells the admin once", async () => {
    await writeFile(file, "roles: { sales: { crm: { read: own } } }");
    const store = await open();
    await writeFile(file, "roles: { sales: { crm: { read: department } } }");
    await store.refresh(told);
    expect(store.current()).toEqual({ sales: { crm: { read: "department" } } });
    await writeFile(file, "roles: { sales: { crm: { read: everything } } }");
    await store.refresh(told);
    await store.refresh(told);
    expect(store.current()).toEqual({ sales: { crm: { read: "department" } } });
    expect(alerts).toEqual([
      { state: "raised", alert: expect.objectContaining({ level: "critical", text: expect.stringContaining(`${file}:1: `) }) },
    ]);
    await rm(file);
    await store.refresh(told);
    expect(store.current()).toEqual({ sales: { crm: { read: "department" } } });
    await writeFile(file, "roles: { sales: {} }");
    await store.refresh(told);
    expect(store.current()).toEqual({ sales: {} });
    expect(alerts.at(-1)).toEqual({ state: "resolved" });
  });
});
