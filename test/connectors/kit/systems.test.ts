import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Connector, ConnectorContext, ConnectorDefinition } from "../../../src/domain/connector.js";
import type { Client, CrmConnector, Deal, Interaction } from "../../../src/domain/crm.js";
import type { DocumentCard } from "../../../src/domain/documents.js";
import type { ErpConnector } from "../../../src/domain/erp.js";
import type { Owner } from "../../../src/domain/entity.js";
import { AccessDenied, NotFound, SignInNeeded, SystemUnavailable } from "../../../src/domain/errors.js";
import type { Audience, Person } from "../../../src/domain/people.js";
import { asCursor, listing } from "../../../src/connectors/kit/listing.js";
import { defineConnector } from "../../../src/connectors/kit/define.js";
import { all, openHarness, person } from "../harness.js";

const at = new Date("2026-11-01T10:00:00Z");
const sales = "paperbox:group:sales";
const anna = person("anna", ["paperbox:user:2", sales]);
const boris = person("boris", ["paperbox:user:3", sales]);
const vera = person("vera", ["paperbox:user:4"]);
const owners: Record<string, Owner> = {
  anna: { id: "2", name: "Anna", groups: [sales] },
  dmitry: { id: "5", name: "Dmitry", groups: [sales] },
  igor: { id: "8", name: "Igor", groups: ["paperbox:group:projects"] },
};

const ref = (kind: string, id: string) => ({ system: "paperbox", kind, id });
const client = (id: string, owner?: Owner): Client => ({
  ref: ref("company", id),
  kind: "company",
  name: id,
  phones: [],
  emails: [],
  owner,
  updatedAt: at,
});
const deal = (id: string, owner: Owner | undefined, companyId = "romashka"): Deal => ({
  ref: ref("deal", id),
  title: id,
  companyId,
  contactIds: [],
  pipeline: { id: "1", name: "Sales" },
  stage: { id: "1", name: "New", state: "open" },
  owner,
  createdAt: at,
  updatedAt: at,
});
const happened = (id: string, dealId?: string): Interaction => ({
  ref: ref("note", id),
  kind: "note",
  at,
  text: id,
  ...(dealId === undefined ? {} : { deal: ref("deal", dealId) }),
});

const clients = [client("romashka", owners.anna), client("alfa", owners.dmitry), client("meridian", owners.igor), client("nobody")];
const deals = [deal("d1", owners.anna), deal("d2", owners.igor), deal("d3", owners.dmitry, "alfa")];

function find<T extends { ref: { id: string } }>(items: readonly T[], id: string): T {
  const found = items.find((item) => item.ref.id === id);
  if (!found) throw new NotFound(`paperbox: there is no ${id}`, { system: "paperbox" });
  return found;
}

/** One item a page, so that narrowing meets empty pages. */
function single<T>(items: readonly T[]) {
  return listing<T>(async ({ from }) => {
    const index = Number(from ?? 0);
    return {
      items: items.slice(index, index + 1),
      next: index + 1 < items.length ? asCursor(String(index + 1)) : undefined,
      total: items.length,
    };
  });
}

function fakeCrm(written: string[]): CrmConnector {
  const receipt = (what: string) => async (approved: { approval: string }) => {
    written.push(`${what} ${approved.approval}`);
    return { ref: ref(what, "new") };
  };
  return {
    findClients: () => single(clients),
    client: async (id) => find(clients, id),
    history: () => single([happened("call"), happened("about d1", "d1"), happened("about d2", "d2")]),
    deals: ({ clientId, ownerId }) =>
      single(
        deals.filter(
          (one) => (clientId === undefined || one.companyId === clientId) && (ownerId === undefined || one.owner?.id === ownerId),
        ),
      ),
    deal: async (id) => find(deals, id),
    tasks: () => single([{ ref: ref("task", "t1"), text: "call", done: false, owner: owners.dmitry }]),
    pipelines: async () => [],
    users: () => single([]),
    fields: async () => [],
    findSimilar: async () => [...clients, ...deals],
    createLead: receipt("lead"),
    createContact: receipt("contact"),
    createDeal: receipt("deal"),
    moveDeal: receipt("move"),
    addNote: receipt("note"),
    createTask: receipt("task"),
    undo: receipt("undo"),
    written: async () => "absent",
  };
}

const card = (id: string, readers: Audience): DocumentCard => ({ ref: ref("page", id), title: id, updatedAt: at, readers });
const cards = [
  card("open", "everyone"),
  card("closed", "nobody"),
  card("hr", [["paperbox:group:hr"]]),
  card("both", [[sales], ["paperbox:user:2"]]),
  card("ask", "ask"),
];

const erp: ErpConnector = {
  measures: async () => [],
  members: async () => [],
  series: async () => [],
  rows: () => single([]),
  stock: () => single([]),
};

const settings = z.object({ BASE_URL: z.string() });
const ends: { close(): Promise<void> }[] = [];
afterEach(async () => void (await Promise.all(ends.splice(0).map((end) => end.close()))));

function start(
  make: (context: ConnectorContext) => Connector | Promise<Connector>,
  more: Partial<Omit<ConnectorDefinition<{ BASE_URL: string }>, "settings">> = {},
  options: Parameters<typeof openHarness>[2] & { environment?: Record<string, string> } = {},
) {
  const definition = defineConnector({
    id: "paperbox",
    title: "Paperbox",
    settings,
    signIn: [{ kind: "secret" as const, names: ["TOKEN"] }],
    limits: () => ({ perSecond: 100, atOnce: 10 }),
    open: (_settings: { BASE_URL: string }, context: ConnectorContext) => make(context),
    ...more,
  });
  const environment = options.environment ?? { PAPERBOX_BASE_URL: "http://127.0.0.1:9", PAPERBOX_TOKEN: "secret-1" };
  const harness = openHarness([definition], environment, options);
  ends.push(harness.systems);
  return harness;
}

const check = async () => undefined;

async function crmFor(who: Person, scope: "own" | "department" | "all") {
  const written: string[] = [];
  const harness = start(() => ({ crm: fakeCrm(written), check }));
  harness.access.ruling = { effect: "ask", scope };
  const { ready } = await harness.systems.for(who, "crm", { trace: "turn-1" });
  const crm = ready[0]?.crm;
  if (!crm) throw new Error("no CRM");
  return { ...harness, crm, written };
}

const refs = (items: readonly { ref: { id: string } }[]) => items.map((item) => item.ref.id);

describe("reading through the gate", () => {
  it.each([
    ["own", anna, ["romashka"], ["d1"]],
    ["department", boris, ["romashka", "alfa"], ["d1", "d3"]],
    ["all", vera, ["romashka", "alfa", "meridian", "nobody"], ["d1", "d2", "d3"]],
    ["own", vera, [], []],
  ] as const)("shows, in the scope %s, whose things they are", async (scope, who, seenClients, seenDeals) => {
    const { crm } = await crmFor(who, scope);
    expect(refs(await all(crm.findClients({ text: "x" })))).toEqual(seenClients);
    expect(refs(await all(crm.deals({})))).toEqual(seenDeals);
    expect(refs(await crm.findSimilar({ name: "x" }))).toEqual([...seenClients, ...seenDeals]);
    for (const one of clients) {
      const read = crm.client(one.ref.id);
      if ((seenClients as readonly string[]).includes(one.ref.id)) await expect(read).resolves.toEqual(one);
      else await expect(read).rejects.toBeInstanceOf(NotFound);
    }
  });

  it("answers a stranger's id as one that never was, for all that hangs on it", async () => {
    const { crm } = await crmFor(vera, "own");
    for (const id of ["romashka", "no-such-client"]) {
      await expect(crm.client(id)).rejects.toBeInstanceOf(NotFound);
      await expect(crm.history(id).page()).rejects.toBeInstanceOf(NotFound);
      await expect(crm.deals({ clientId: id }).page()).rejects.toBeInstanceOf(NotFound);
      await expect(crm.tasks({ about: { kind: "company", id } }).page()).rejects.toBeInstanceOf(NotFound);
    }
    await expect(crm.deal("d1")).rejects.toBeInstanceOf(NotFound);
  });

  it("leaves out of a client's history what belongs to a deal one may not see", async () => {
    const { crm } = await crmFor(anna, "own");
    expect(refs(await all(crm.history("romashka")))).toEqual(["call", "about d1"]);
  });

  it("does not end a list at an empty page, and tells no total of what it left out", async () => {
    const { crm } = await crmFor(boris, "department");
    const first = await crm.deals({}).page();
    const second = await crm.deals({}).page({ from: first.next });
    expect(refs([...first.items, ...second.items])).toEqual(["d1", "d3"]);
    expect(second.total).toBeUndefined();
    expect((await (await crmFor(vera, "all")).crm.deals({}).page()).total).toBe(3);
  });

  it("asks anew for every page, so a right that was taken away ends a list", async () => {
    const { crm, access } = await crmFor(anna, "all");
    const first = await crm.deals({}).page();
    access.ruling = { effect: "deny", scope: "own" };
    await expect(crm.deals({}).page({ from: first.next })).rejects.toBeInstanceOf(AccessDenied);
  });

  it("notes every call once, with its end, its trace and no contents", async () => {
    const { crm, audit, access } = await crmFor(anna, "own");
    await crm.findClients({ text: "Private Client" }).page();
    await crm.client("alfa").catch(() => undefined);
    access.ruling = { effect: "deny", scope: "own" };
    await crm.pipelines().catch(() => undefined);
    expect(
      audit.rows.filter(({ outcome }) => outcome !== "started").map(({ name, outcome, actor, trace }) => [name, outcome, actor, trace]),
    ).toEqual([
      ["crm.clients.read", "succeeded", "anna", "turn-1"],
      ["crm.client.read", "failed", "anna", "turn-1"],
      ["crm.pipelines.read", "denied", "anna", "turn-1"],
    ]);
    expect(JSON.stringify(audit.rows)).not.toContain("Private Client");
  });
});

describe("writing through the gate", () => {
  const draft = { title: "Lamps", clientId: "romashka" };

  it("writes what its asker agreed to", async () => {
    const { crm, agree, written, audit } = await crmFor(anna, "own");
    await crm.createDeal(agree("paperbox", draft, anna, { approval: "a1" }));
    expect(written).toEqual(["deal a1"]);
    expect(audit.rows.at(-1)).toMatchObject({ name: "deal.created", outcome: "succeeded" });
  });

  it.each([
    ["nobody agreed", { agreedBy: [] }, "ask"],
    ["only somebody else agreed", { agreedBy: [boris] }, "ask"],
    ["a second person's yes is missing", { agreedBy: [anna] }, "second"],
    ["policy denies it by now", { agreedBy: [anna] }, "deny"],
  ] as const)("writes nothing when %s", async (_name, more, effect) => {
    const { crm, agree, written, access, audit } = await crmFor(anna, "own");
    access.ruling = { effect, scope: "own" };
    await expect(crm.createDeal(agree("paperbox", draft, anna, more))).rejects.toBeInstanceOf(AccessDenied);
    expect(written).toEqual([]);
    expect(audit.rows.at(-1)).toMatchObject({ name: "deal.created", outcome: "denied" });
  });

  it("writes with two yeses where two are asked for", async () => {
    const { crm, agree, written, access } = await crmFor(anna, "own");
    access.ruling = { effect: "second", scope: "own" };
    await crm.createDeal(agree("paperbox", draft, anna, { approval: "a2", agreedBy: [anna, boris] }));
    expect(written).toEqual(["deal a2"]);
  });

  it("writes nothing for an approval of another person, of another system, or one that is no longer running", async () => {
    const { crm, agree, written, approvals } = await crmFor(anna, "all");
    await expect(crm.createDeal(agree("paperbox", draft, boris))).rejects.toBeInstanceOf(AccessDenied);
    await expect(crm.createDeal(agree("inkwell", draft, anna))).rejects.toBeInstanceOf(AccessDenied);
    const stale = agree("paperbox", draft, anna);
    approvals.agreed.clear();
    await expect(crm.createDeal(stale)).rejects.toBeInstanceOf(AccessDenied);
    await expect(crm.written("deal", agree("paperbox", draft, boris))).rejects.toBeInstanceOf(AccessDenied);
    expect(written).toEqual([]);
  });

  it("writes nothing to a client or a deal one may not see", async () => {
    const { crm, agree, written } = await crmFor(anna, "own");
    const before = { pipelineId: "1", stageId: "1" };
    const tries = [
      crm.createDeal(agree("paperbox", { title: "x", clientId: "alfa" }, anna)),
      crm.moveDeal(agree("paperbox", { dealId: "d2", pipelineId: "1", stageId: "2", before }, anna)),
      crm.addNote(agree("paperbox", { about: { kind: "company" as const, id: "alfa" }, text: "x" }, anna)),
      crm.createTask(
        agree("paperbox", { about: { kind: "deal" as const, id: "d3" }, text: "x", dueAt: "2026-11-27T10:00:00+03:00" }, anna),
      ),
      crm.createContact(agree("paperbox", { name: "x", companyId: "meridian" }, anna)),
      crm.undo?.(agree("paperbox", { ref: ref("deal", "d2") }, anna)),
    ];
    for (const write of tries) await expect(write).rejects.toBeInstanceOf(NotFound);
    expect(written).toEqual([]);
  });

  it("tells the policy what kind of write it is, and of how much", async () => {
    const { crm, agree, access } = await crmFor(anna, "all");
    const amount = { amount: "1250000.00", currency: "RUB" };
    await crm.createDeal(agree("paperbox", { ...draft, amount }, anna));
    expect(access.asked.at(-1)).toEqual({ system: "paperbox", family: "crm", verb: "create", kind: "deal", amount });
  });
});

describe("what has no owner", () => {
  it("is for those who may see everything, and the refusal says why", async () => {
    const { systems, access, audit } = start(() => ({ erp, check }));
    access.ruling = { effect: "ask", scope: "department" };
    const opened = (await systems.for(boris, "erp", { trace: "t" })).ready[0];
    const period = { from: "2026-01-01", to: "2026-01-31" };
    await expect(opened?.erp.measures()).resolves.toEqual([]);
    const series = opened?.erp.series({ measure: "revenue", period, step: "month" });
    await expect(series).rejects.toMatchObject({ code: "access-denied", reason: "not-narrowable" });
    await expect(opened?.erp.stock?.({}).page()).rejects.toBeInstanceOf(AccessDenied);
    expect(audit.rows.at(-1)?.outcome).toBe("denied");
    access.ruling = { effect: "ask", scope: "all" };
    await expect(opened?.erp.series({ measure: "revenue", period, step: "month" })).resolves.toEqual([]);
  });

  it("is shown to whoever comes with their own sign-in, because the system narrows it itself", async () => {
    const environment = { PAPERBOX_BASE_URL: "http://127.0.0.1:9", PAPERBOX_TOKEN: "secret-1", "PAPERBOX_TOKEN@boris": "secret-2" };
    const { systems, access } = start(() => ({ erp, check }), {}, { environment });
    access.ruling = { effect: "ask", scope: "own" };
    const own = (await systems.for(boris, "erp", { trace: "t" })).ready[0];
    await expect(own?.erp.stock?.({}).page()).resolves.toBeDefined();
    const service = (await systems.for(anna, "erp", { trace: "t" })).ready[0];
    await expect(service?.erp.stock?.({}).page()).rejects.toBeInstanceOf(AccessDenied);
  });
});

describe("documents", () => {
  const documents = {
    search: () => single(cards),
    read: async (id: string) => ({ card: find(cards, id), content: { markdown: id }, attachments: cards }),
    readable: async (ids: readonly string[]) => ids,
  };

  it("are told to those whom every clause of their audience lets in, title included", async () => {
    const { systems } = start(() => ({ documents, check }));
    const found = async (who: Person) =>
      refs(await all((await systems.for(who, "documents", { trace: "t" })).ready[0]?.documents.search({ text: "x" }) ?? single([])));
    expect(await found(anna)).toEqual(["open", "both"]);
    expect(await found(boris)).toEqual(["open"]);
    const opened = (await systems.for(boris, "documents", { trace: "t" })).ready[0]?.documents;
    await expect(opened?.read("hr")).rejects.toBeInstanceOf(NotFound);
    expect(refs((await opened?.read("open"))?.attachments ?? [])).toEqual(["open"]);
    // The service account may read them; that says nothing about Boris.
    expect(await opened?.readable(["ask"])).toEqual([]);
  });

  it("whose rights the system keeps to itself are asked for under the reader's own sign-in", async () => {
    const environment = { PAPERBOX_BASE_URL: "http://127.0.0.1:9", "PAPERBOX_TOKEN@boris": "secret-2" };
    const { systems } = start(() => ({ documents, check }), {}, { environment });
    const opened = (await systems.for(boris, "documents", { trace: "t" })).ready[0]?.documents;
    expect(refs(await all(opened?.search({ text: "x" }) ?? single([])))).toEqual(["open", "ask"]);
  });
});

describe("opening systems", () => {
  it("says what is missing, and lets the others answer", async () => {
    const broken = start(() => Promise.reject(new Error("driver not found")));
    const { ready, missing } = await broken.systems.for(anna, "crm", { trace: "t" });
    expect(ready).toEqual([]);
    expect(missing[0]).toMatchObject({ system: "paperbox" });
    expect(missing[0]?.error).toBeInstanceOf(SystemUnavailable);
    const unsigned = start(() => ({ check }), {}, { environment: { PAPERBOX_BASE_URL: "http://127.0.0.1:9" } });
    const error = (await unsigned.systems.for(anna, "crm", { trace: "t" })).missing[0]?.error;
    expect(error).toBeInstanceOf(SignInNeeded);
    expect(error?.message).toContain("PAPERBOX_TOKEN");
  });

  it("opens no system that cannot do what is asked", async () => {
    let opens = 0;
    const said = start(() => (opens++, { erp, check }), { families: ["erp"] });
    expect((await said.systems.for(anna, "crm", { trace: "t" })).ready).toEqual([]);
    expect(opens).toBe(0);
    const found = start(() => (opens++, { erp, check }));
    await found.systems.for(anna, "crm", { trace: "t" });
    await found.systems.for(boris, "crm", { trace: "t" });
    expect(opens).toBe(1);
  });

  it("opens one connector a person, and closes it when nobody has used it for a while", async () => {
    let open = 0;
    const harness = start(() => (open++, { crm: fakeCrm([]), check, close: async () => void open-- }), {}, { idleMs: 60 });
    await Promise.all([anna, anna, boris].map((who) => harness.systems.for(who, "crm", { trace: "t" })));
    expect(open).toBe(2);
    await delay(300);
    expect(open).toBe(0);
    await harness.systems.for(anna, "crm", { trace: "t" });
    expect(open).toBe(1);
  });

  it("gives a person no synchronisation and no web hooks, and lets Svyaz itself write nothing", async () => {
    const written: string[] = [];
    const sync = { kinds: ["deal"], changes: () => single([]) as never, fetch: async () => [] };
    const harness = start(() => ({ crm: fakeCrm(written), sync, webhook: { read: async () => [] }, check }));
    const mine = (await harness.systems.for(anna, "crm", { trace: "t" })).ready[0];
    expect([mine?.sync, mine?.webhook]).toEqual([undefined, undefined]);
    const own = await harness.systems.forSvyaz("paperbox");
    expect(own.sync?.kinds).toEqual(["deal"]);
    expect(refs(await all(own.crm?.deals({}) ?? single([])))).toHaveLength(3);
    await expect(own.crm?.createDeal(harness.agree("paperbox", { title: "x", clientId: "romashka" }, anna))).rejects.toBeInstanceOf(
      AccessDenied,
    );
    await expect(harness.systems.forSvyaz("nowhere")).rejects.toBeInstanceOf(NotFound);
    expect(harness.audit.rows.every(({ actor }) => actor === "svyaz")).toBe(true);
    expect(written).toEqual([]);
  });

  it("names the admin who has Svyaz do something", async () => {
    const harness = start(() => ({ webhook: { read: async () => [], register: async () => {} }, check }));
    const own = await harness.systems.forSvyaz("paperbox", { actor: "cli:root" });
    await own.webhook?.register?.("https://svyaz.example.com/webhooks/paperbox/key");
    expect(harness.audit.rows.map(({ name, actor }) => `${name} by ${actor}`)).toEqual([
      "webhook.registered by cli:root",
      "webhook.registered by cli:root",
    ]);
  });

  it("closes when the call that nobody waits for any longer has ended and is recorded", async () => {
    let finish = () => {};
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const harness = start(() => ({ webhook: { read: async () => [], register: () => slow }, check }));
    const own = await harness.systems.forSvyaz("paperbox");
    void own.webhook?.register?.("https://svyaz.example.com/webhooks/paperbox/key");
    await vi.waitFor(() => expect(harness.audit.rows).toHaveLength(1));
    setTimeout(() => finish(), 50);
    await harness.systems.close();
    expect(harness.audit.rows.map(({ outcome }) => outcome)).toEqual(["started", "succeeded"]);
  });

  it("notes a stream of changes once, however it ends", async () => {
    const changes = async function* () {
      yield { changes: [], cursor: "a" as never };
      throw new SystemUnavailable("paperbox: down", { system: "paperbox" });
    };
    const harness = start(() => ({ sync: { kinds: ["deal"], changes, fetch: async () => [] }, check }));
    const own = await harness.systems.forSvyaz("paperbox");
    const request = { kind: "deal", mode: "full" as const, signal: AbortSignal.timeout(1_000) };
    await expect(all(own.sync?.changes(request) ?? single([]))).rejects.toThrow("down");
    for await (const _batch of own.sync?.changes(request) ?? []) break;
    expect(harness.audit.rows.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "sync.changes.read started",
      "sync.changes.read failed",
      "sync.changes.read started",
      "sync.changes.read succeeded",
    ]);
  });
});
