import { describe, expect, it } from "vitest";
import { createGate } from "../../src/connectors/kit/gate.js";
import { guardCrm } from "../../src/connectors/kit/gate-crm.js";
import { guardAnalytics, guardDocuments, guardErp, guardSync, guardWebhook } from "../../src/connectors/kit/gate-others.js";
import type { AnalyticsConnector } from "../../src/domain/analytics.js";
import type { Approved } from "../../src/domain/approval.js";
import type { CrmConnector } from "../../src/domain/crm.js";
import type { DocumentConnector } from "../../src/domain/documents.js";
import type { ErpConnector } from "../../src/domain/erp.js";
import { AccessDenied, SystemUnavailable } from "../../src/domain/errors.js";
import type { Person } from "../../src/domain/people.js";
import type { SyncSource } from "../../src/domain/sync.js";
import type { WebhookSource } from "../../src/domain/webhook.js";
import { createAuditLog } from "../../src/guard/audit.js";
import type { Database } from "../../src/platform/database.js";
import { quiet } from "../support/database.js";

const anna: Person = { id: "anna", name: "Анна", language: "ru", timeZone: "Europe/Moscow", roles: ["sales"], principals: ["x:user:1"] };
const now = () => new Date("2026-11-20T09:00:00.000Z");
const period = { from: "2026-01-01", to: "2027-01-01" };
const signal = new AbortController().signal;

type Family = "crm" | "erp" | "documents" | "analytics" | "sync" | "webhook";
type Operations = Readonly<Record<string, (...given: never[]) => unknown>>;
type How = "succeeds" | "throws" | "throws at once" | "is aborted";

/** Audit rows that go to no database. `broken`: it takes none. */
function auditOf(rows: { name: string; outcome: string }[], broken = false) {
  const database = {
    query: async (_text: string, values: readonly (readonly string[])[]) => {
      if (broken) throw new Error("the table is gone");
      values[1]?.forEach((name, at) => rows.push({ name, outcome: String(values[5]?.[at]) }));
      return { rows: [], rowCount: 0 };
    },
  } as unknown as Database;
  return createAuditLog({ database, now, log: quiet });
}

/** A connector that has every operation there could be; each does `how`. Counts what reached it. */
function fakeAbility(how: How, reached: string[]): object {
  const owner = { id: "1", groups: [] };
  const thing = {
    ref: { system: "x", kind: "deal", id: "1" },
    owner,
    readers: "everyone",
    deal: undefined,
    card: { readers: "everyone", ref: { system: "x", kind: "document", id: "1" } },
    attachments: [],
    content: { markdown: "" },
  };
  const failure = how === "is aborted" ? new DOMException("stopped", "AbortError") : new SystemUnavailable("x: down");
  const act = (name: string): unknown => {
    reached.push(name);
    if (how === "throws at once") throw failure;
    const settle = async <T>(value: T): Promise<T> => {
      if (how !== "succeeds") throw failure;
      return value;
    };
    // At once a promise, a list and a stream: whichever the operation is, one of them is used.
    const answer = settle(answerOf(name));
    answer.catch(() => undefined);
    return Object.assign(answer, {
      page: () => settle({ items: [thing] }),
      async *[Symbol.asyncIterator]() {
        yield await settle({ changes: [], cursor: "" });
      },
    });
  };
  const answerOf = (name: string) => (["findSimilar", "readable"].includes(name) ? [] : thing);
  return new Proxy({}, { get: (_, name) => (name === "kinds" ? ["deal"] : typeof name === "string" ? () => act(name) : undefined) });
}

function guarded(
  family: Family,
  how: How,
  options: { readonly effect?: "allow" | "deny"; readonly holds?: boolean; readonly broken?: boolean } = {},
) {
  const rows: { name: string; outcome: string }[] = [];
  const reached: string[] = [];
  const forSvyaz = family === "sync" || family === "webhook";
  const gate = createGate({
    system: "x",
    who: forSvyaz ? "svyaz" : anna,
    // Whose rights a system keeps to itself is asked there under the person's own sign-in alone.
    ownSignIn: family === "documents",
    call: { trace: "t1" },
    access: { decide: async () => ({ effect: options.effect ?? "allow", scope: "all" }) },
    approvals: { holds: async () => options.holds ?? true },
    audit: auditOf(rows, options.broken),
    hold: (act) => act(),
  });
  const fake = fakeAbility(how, reached);
  const operations = {
    crm: () => guardCrm(fake as CrmConnector, gate),
    erp: () => guardErp(fake as ErpConnector, gate),
    documents: () => guardDocuments(fake as DocumentConnector, gate, "x"),
    analytics: () => guardAnalytics(fake as AnalyticsConnector, gate),
    sync: () => guardSync(fake as SyncSource, gate),
    webhook: () => guardWebhook(fake as WebhookSource, gate),
  }[family]() as unknown as Operations;
  return { operations, rows, reached };
}

function approved(draft: object): Approved<unknown> {
  return {
    approval: "a1",
    system: "x",
    draft,
    askedBy: anna,
    askedAt: now(),
    agreedBy: [anna],
  } as unknown as Approved<unknown>;
}
const draft = approved({
  clientId: "1",
  companyId: "1",
  dealId: "1",
  about: { kind: "deal", id: "1" },
  ref: { system: "x", kind: "deal", id: "1" },
});

/** What each operation is given. One that is missing here has no test, and is named. */
const given: Readonly<Record<string, readonly unknown[]>> = {
  "crm.findClients": [{ text: "Ромашка" }],
  "crm.client": ["1"],
  "crm.history": ["1"],
  "crm.deals": [{}],
  "crm.deal": ["1"],
  "crm.tasks": [{}],
  "crm.pipelines": [],
  "crm.users": [],
  "crm.fields": ["deal"],
  "crm.findSimilar": [{ title: "x", clientId: "1" }],
  "crm.createLead": [draft],
  "crm.createContact": [draft],
  "crm.createDeal": [draft],
  "crm.moveDeal": [draft],
  "crm.addNote": [draft],
  "crm.createTask": [draft],
  "crm.undo": [draft],
  "crm.written": ["deal", draft],
  "erp.measures": [],
  "erp.members": ["item", "стул"],
  "erp.series": [{ measure: "m", period, step: "month" }],
  "erp.rows": [{ measure: "m", period }],
  "erp.processes": [{ state: "late", period }],
  "erp.stock": [{}],
  "erp.account": [{ id: "1" }],
  "erp.plan": [{ kind: "sales", period }],
  "erp.updatePlan": [draft],
  "erp.written": ["plan", draft],
  "documents.search": [{ text: "возврат" }],
  "documents.read": ["1"],
  "documents.readable": [["1"]],
  "analytics.datasets": [{}],
  "analytics.describe": ["1"],
  "analytics.query": [{ text: "select 1", limit: 1 }],
  "analytics.dashboards": [{}],
  "analytics.picture": ["1", signal],
  "sync.changes": [{ kind: "deal", mode: "full", signal }],
  "sync.fetch": [[{ system: "x", kind: "deal", id: "1" }]],
  "sync.count": ["deal"],
  "sync.memberships": [signal],
  "sync.audiences": [signal],
  "webhook.register": ["https://svyaz.example.com/hooks"],
  "webhook.list": [],
  "webhook.remove": ["1"],
};

const families = ["crm", "erp", "documents", "analytics", "sync", "webhook"] as const;
/** Reading a hook asks the system for nothing: what it brought is noted where it is applied. */
const carried = ["webhook.read"];
const all = families.flatMap((family) =>
  Object.entries(guarded(family, "succeeds").operations)
    .filter(([name, act]) => typeof act === "function" && !carried.includes(`${family}.${name}`))
    .map(([name]) => [`${family}.${name}`, family, name] as const),
);
const writes = ["createLead", "createContact", "createDeal", "moveDeal", "addNote", "createTask", "undo", "updatePlan"];
const isWrite = (name: string) => writes.includes(name);
const ofPerson = all.filter(([, family]) => family !== "sync" && family !== "webhook");

/** Does it, whatever it is: a call, the first page of a list, a whole stream. */
async function use(operations: Operations, key: string, name: string): Promise<void> {
  const operation = operations[name] as unknown as (...values: readonly unknown[]) => unknown;
  const answer = operation(...(given[key] ?? []));
  if (answer instanceof Promise) await answer;
  else if (typeof answer === "object" && answer !== null && "page" in answer) await (answer as { page(): Promise<unknown> }).page();
  else for await (const one of answer as AsyncIterable<unknown>) void one;
}

const finals = (rows: readonly { readonly name: string; readonly outcome: string }[]) =>
  rows.filter(({ outcome }) => outcome !== "started");

describe("every operation of every kind of system", () => {
  it("is in this table", () => {
    expect(all.map(([key]) => key).toSorted()).toEqual(Object.keys(given).toSorted());
  });

  it.each(all)("%s leaves one final event when it succeeds", async (key, family, name) => {
    const { operations, rows } = guarded(family, "succeeds");
    await use(operations, key, name);
    expect(finals(rows)).toEqual([{ name: expect.any(String), outcome: "succeeded" }]);
    expect(rows).toHaveLength(2);
  });

  it.each(
    all.flatMap(([key, family, name]) =>
      (["throws", "throws at once", "is aborted"] as const).map((how) => [key, how, family, name] as const),
    ),
  )("%s leaves one final event when the system %s", async (key, how, family, name) => {
    const { operations, rows } = guarded(family, how);
    await expect(use(operations, key, name)).rejects.toThrow();
    expect(finals(rows)).toEqual([{ name: expect.any(String), outcome: "failed" }]);
  });

  it.each(ofPerson)("%s leaves one final event when it is denied, and reaches no system", async (key, family, name) => {
    const { operations, rows, reached } = guarded(family, "succeeds", { effect: "deny" });
    await expect(use(operations, key, name)).rejects.toThrow(AccessDenied);
    expect(rows).toEqual([{ name: expect.any(String), outcome: "denied" }]);
    expect(reached).toEqual([]);
  });

  it.each(ofPerson.filter(([, , name]) => isWrite(name)))("%s leaves one final event when nobody has agreed", async (key, family, name) => {
    const { operations, rows, reached } = guarded(family, "succeeds", { holds: false });
    await expect(use(operations, key, name)).rejects.toThrow(AccessDenied);
    expect(rows).toEqual([{ name: expect.any(String), outcome: "denied" }]);
    expect(reached).toEqual([]);
  });

  it.each(all)("%s does not happen when the audit log takes nothing", async (key, family, name) => {
    const { operations, reached } = guarded(family, "succeeds", { broken: true });
    await expect(use(operations, key, name)).rejects.toThrow("the table is gone");
    expect(reached).toEqual([]);
  });

  it("a stream that its reader leaves in the middle has one final event too", async () => {
    const { operations, rows } = guarded("sync", "succeeds");
    const stream = (operations as unknown as SyncSource).changes({ kind: "deal", mode: "full", signal });
    for await (const batch of stream) {
      expect(batch.changes).toEqual([]);
      break;
    }
    expect(finals(rows)).toHaveLength(1);
  });
});
