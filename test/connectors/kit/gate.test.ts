import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineConnector } from "../../../src/connectors/kit/define.js";
import { listing } from "../../../src/connectors/kit/listing.js";
import type { Family, Operation } from "../../../src/domain/access.js";
import type { AnalyticsConnector } from "../../../src/domain/analytics.js";
import type { Connector, OpenSystem } from "../../../src/domain/connector.js";
import type { Client, CrmConnector, Deal } from "../../../src/domain/crm.js";
import type { Owner } from "../../../src/domain/entity.js";
import type { ErpConnector } from "../../../src/domain/erp.js";
import { AccessDenied, NotFound } from "../../../src/domain/errors.js";
import type { Person } from "../../../src/domain/people.js";
import { type Policy, type PolicyLine, rule, standardPolicy } from "../../../src/guard/policy.js";
import { anchorNow as at, openHarness, person } from "../harness.js";

/** The one table: every scope and effect that a policy can give, besides the standard roles. */
const line = (scope: "own" | "department" | "all", approval: "ask" | "second" = "ask"): PolicyLine => ({
  read: scope,
  create: { scope, approval },
  change: { scope, approval },
});
const policy: Policy = {
  ...standardPolicy,
  own: { "*": line("own") },
  department: { "*": line("department") },
  everything: { "*": line("all") },
  "own-second": { "*": line("own", "second") },
  "all-second": { paperbox: line("all", "second") },
  "no-deals": { "*": { ...line("all"), kinds: { deal: { create: "deny", change: "deny" } } } },
  reader: { "*": { read: "all" } },
  refused: { "*": { read: "deny", create: "deny", change: "deny" } },
  elsewhere: { inkwell: line("all") },
};
const roles = [...Object.keys(policy), "unheard-of"];

const sales = "paperbox:group:sales";
const owners: Record<string, Owner | undefined> = {
  mine: { id: "2", name: "Anna", groups: [sales] },
  department: { id: "5", name: "Dmitry", groups: [sales] },
  foreign: { id: "8", name: "Igor", groups: ["paperbox:group:projects"] },
  nobody: undefined,
};
const entities = Object.keys(owners);
const ref = (kind: string, id: string) => ({ system: "paperbox", kind, id });
const client = (id: string): Client => ({
  ref: ref("company", id),
  kind: "company",
  name: id,
  phones: [],
  emails: [],
  owner: owners[id],
  updatedAt: at,
});
const deal = (id: string): Deal => ({
  ref: ref("deal", id),
  title: id,
  contactIds: [],
  pipeline: { id: "1", name: "Sales" },
  stage: { id: "1", name: "New", state: "open" },
  owner: owners[id],
  createdAt: at,
  updatedAt: at,
});
const list = <T>(items: readonly T[]) => listing<T>(async () => ({ items, total: items.length }));
const written: string[] = [];
const write = (what: string) => async (approved: { readonly approval: string }) => {
  written.push(approved.approval);
  return { ref: ref(what, "new") };
};
const known = (id: string) => {
  if (!entities.includes(id)) throw new NotFound(`paperbox: there is no company ${id}`, { system: "paperbox" });
  return id;
};
const crm: CrmConnector = {
  findClients: () => list(entities.map(client)),
  client: async (id) => client(known(id)),
  history: (id) => list([{ ref: ref("note", id), kind: "note", at, text: id }]),
  deals: ({ ownerId }) => list(entities.map(deal).filter((one) => ownerId === undefined || one.owner?.id === ownerId)),
  deal: async (id) => deal(known(id)),
  tasks: () => list(entities.map((id) => ({ ref: ref("task", id), text: id, done: false, owner: owners[id] }))),
  pipelines: async () => [],
  users: () => list([]),
  fields: async () => [],
  findSimilar: async () => entities.map(client),
  createLead: write("lead"),
  createContact: write("contact"),
  createDeal: write("deal"),
  moveDeal: write("move"),
  addNote: write("note"),
  createTask: write("task"),
  undo: write("undo"),
  written: async () => "absent",
};
const erp: ErpConnector = {
  measures: async () => [],
  members: async () => [],
  series: async () => [],
  rows: () => list([]),
  stock: () => list([]),
  updatePlan: write("plan"),
};
const analytics: AnalyticsConnector = {
  datasets: () => list([]),
  describe: async () => Promise.reject(new Error("not for this test")),
  query: async () => ({ columns: [], rows: [] }),
};
const documents: Connector["documents"] = {
  search: () => list([]),
  read: async () => ({
    card: { ref: ref("page", "1"), title: "x", updatedAt: at, readers: "everyone" },
    content: { markdown: "x" },
    attachments: [],
  }),
  readable: async (ids) => ids,
};

const definition = defineConnector({
  id: "paperbox",
  title: "Paperbox",
  settings: z.object({ BASE_URL: z.string() }),
  signIn: [{ kind: "secret" as const, names: ["TOKEN"] }],
  limits: () => ({ perSecond: 1_000, atOnce: 100 }),
  open: () => ({ crm, erp, analytics, documents, check: async () => undefined }),
});
const harness = openHarness(
  [definition],
  { PAPERBOX_BASE_URL: "http://127.0.0.1:9", PAPERBOX_TOKEN: "secret-1" },
  {
    access: { decide: async (who: Person, operation: Operation) => rule(who.roles, operation, policy) },
  },
);
afterAll(() => harness.systems.close());

const period = { from: "2026-01-01", to: "2026-01-31" };
const boris = person("boris", [sales]);
const anna = (role: string): Person => ({ ...person("anna", ["paperbox:user:2", sales]), roles: [role] });

interface Act {
  readonly family: Family;
  readonly verb: Operation["verb"];
  readonly kind?: Operation["kind"];
  /** It belongs to nobody: for those who may see everything, or for everybody. */
  readonly of: "entity" | "whole" | "anybody";
  run(system: OpenSystem, entity: string, yes: <Draft>(draft: Draft) => never): Promise<unknown> | undefined;
}

const reads = { family: "crm", verb: "read", of: "entity" } as const;
const acts: Record<string, Act> = {
  "a client": { ...reads, run: ({ crm: c }, id) => c?.client(id) },
  "a client's history": { ...reads, run: ({ crm: c }, id) => c?.history(id).page() },
  "a client's deals": { ...reads, run: ({ crm: c }, id) => c?.deals({ clientId: id }).page() },
  "a client's tasks": { ...reads, run: ({ crm: c }, id) => c?.tasks({ about: { kind: "company", id } }).page() },
  "a deal": { ...reads, run: ({ crm: c }, id) => c?.deal(id) },
  pipelines: { ...reads, of: "anybody", run: ({ crm: c }) => c?.pipelines() },
  "a new lead": {
    family: "crm",
    verb: "create",
    kind: "lead",
    of: "anybody",
    run: ({ crm: c }, _id, yes) => c?.createLead(yes({ title: "x" })),
  },
  "a new contact": {
    family: "crm",
    verb: "create",
    kind: "contact",
    of: "entity",
    run: ({ crm: c }, id, yes) => c?.createContact(yes({ name: "x", companyId: id })),
  },
  "a new deal": {
    family: "crm",
    verb: "create",
    kind: "deal",
    of: "entity",
    run: ({ crm: c }, id, yes) => c?.createDeal(yes({ title: "x", clientId: id })),
  },
  "a moved deal": {
    family: "crm",
    verb: "change",
    kind: "deal",
    of: "entity",
    run: ({ crm: c }, id, yes) => c?.moveDeal(yes({ dealId: id, pipelineId: "1", stageId: "2" })),
  },
  "a note": {
    family: "crm",
    verb: "create",
    kind: "note",
    of: "entity",
    run: ({ crm: c }, id, yes) => c?.addNote(yes({ about: { kind: "company", id }, text: "x" })),
  },
  "a task": {
    family: "crm",
    verb: "create",
    kind: "task",
    of: "entity",
    run: ({ crm: c }, id, yes) => c?.createTask(yes({ about: { kind: "deal", id }, text: "x" })),
  },
  "a write taken back": {
    family: "crm",
    verb: "change",
    kind: "deal",
    of: "entity",
    run: ({ crm: c }, id, yes) => c?.undo?.(yes({ ref: ref("deal", id) })),
  },
  "a series": { family: "erp", verb: "read", of: "whole", run: ({ erp: e }) => e?.series({ measure: "revenue", period, step: "month" }) },
  stock: { family: "erp", verb: "read", of: "whole", run: ({ erp: e }) => e?.stock?.({}).page() },
  "a plan": {
    family: "erp",
    verb: "create",
    kind: "plan",
    of: "whole",
    run: ({ erp: e }, _id, yes) => e?.updatePlan?.(yes({ lines: [] })),
  },
  "a query": { family: "analytics", verb: "read", of: "whole", run: ({ analytics: a }) => a?.query({ text: "select 1" } as never) },
  "a document": { family: "documents", verb: "read", of: "anybody", run: ({ documents: d }) => d?.read("1") },
};

/** What must come of it, worked out from the table and the owner alone. */
function expected(role: string, act: Act, entity: string, yeses: readonly string[]): "done" | "denied" | "not found" {
  const places = policy[role] ?? {};
  const found = places.paperbox ?? places[act.family] ?? places["*"];
  const written = act.verb === "read" ? undefined : ((act.kind && found?.kinds?.[act.kind]?.[act.verb]) ?? found?.[act.verb]);
  const scope = act.verb === "read" ? found?.read : typeof written === "object" ? written.scope : undefined;
  if (scope === undefined || scope === "deny") return "denied";
  if (act.of === "whole" && scope !== "all") return "denied";
  if (act.verb !== "read") {
    if (!yeses.includes("anna")) return "denied";
    if (typeof written === "object" && written.approval === "second" && !yeses.includes("boris")) return "denied";
  }
  const sees = { own: ["mine"], department: ["mine", "department"], all: entities }[scope];
  return act.of !== "entity" || sees.includes(entity) ? "done" : "not found";
}

describe.each(roles)("the role %s", (role) => {
  it.each(Object.entries(acts))("gets of %s what the policy's table says, for whosever it is", async (name, act) => {
    const who = anna(role);
    const [system] = (await harness.systems.for(who, act.family, { trace: "t" })).ready;
    if (!system) throw new Error("the system is not there");
    const yesesToTry = act.verb === "read" ? [[]] : [[], ["anna"], ["boris"], ["anna", "boris"]];
    for (const entity of entities)
      for (const yeses of yesesToTry) {
        const before = written.length;
        const agreedBy = yeses.map((id) => (id === "anna" ? who : boris));
        const yes = (draft: unknown) => harness.agree("paperbox", draft, who, { agreedBy }) as never;
        const got = await Promise.resolve(act.run(system, entity, yes)).then(
          () => "done",
          (error: unknown) => (error instanceof AccessDenied ? "denied" : error instanceof NotFound ? "not found" : error),
        );
        expect(got, `${name} of ${entity} with ${yeses.join("+")}`).toBe(expected(role, act, entity, yeses));
        expect(written.length - before).toBe(got === "done" && act.verb !== "read" ? 1 : 0);
      }
  });
});

describe("what a person may not see", () => {
  it("is in every word the same as what never was", async () => {
    const [system] = (await harness.systems.for(anna("own"), "crm", { trace: "t" })).ready;
    const told = async (id: string) => {
      const error: unknown = await system?.crm.client(id).catch((one: unknown) => one);
      const { code, message, operation, cause, retryable } = error as NotFound;
      return { code, message: message.replaceAll(id, "…"), operation, cause, retryable };
    };
    expect(await told("foreign")).toEqual(await told("never-was"));
    const page = await system?.crm.deals({}).page();
    expect(page?.items.map(({ title }) => title)).toEqual(["mine"]);
    expect(page?.total).toBe(1);
  });

  it("is not told to the next one who asks the same in the same words", async () => {
    const found = async (who: Person) =>
      (await (await harness.systems.for(who, "crm", { trace: "t" })).ready[0]?.crm.findClients({ text: "same words" }).page())?.items.map(
        ({ name }) => name,
      );
    const vera = { ...person("vera", ["paperbox:user:9"]), roles: ["own"] };
    expect(await found(anna("everything"))).toEqual(entities);
    expect(await found(anna("own"))).toEqual(["mine"]);
    expect(await found(vera)).toEqual([]);
    expect(await found(anna("everything"))).toEqual(entities);
  });
});
