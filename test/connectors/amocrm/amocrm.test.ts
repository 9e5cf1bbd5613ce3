import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { amocrm } from "../../../src/connectors/amocrm/index.js";
import { NotFound, RequestRefused, SignInNeeded, SystemUnavailable } from "../../../src/domain/errors.js";
import type { Change } from "../../../src/domain/sync.js";
import type { Cursor } from "../../../src/domain/listing.js";
import { listed } from "../../../src/connectors/kit/listing.js";
import { startAmocrm } from "../../../src/sandbox/amocrm/index.js";
import type { AmocrmSandbox } from "../../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../../src/sandbox/company.js";
import { all, anchorNow, openHarness, person } from "../harness.js";

const company = createCompany({ anchor: "2026-11-20" });
const token = "sandbox-token-1";
const anna = person("anna", ["amocrm:user:1102", "amocrm:group:0"]);
let now = anchorNow;
let server: AmocrmSandbox;
let harness: ReturnType<typeof openHarness>;

async function connect(environment: Record<string, string> = {}, options = {}) {
  await harness?.systems.close();
  harness = openHarness(
    [amocrm],
    { AMOCRM_BASE_URL: server.url, AMOCRM_TOKEN: token, AMOCRM_REQUESTS_PER_SECOND: "50", ...environment },
    { now: () => now, ...options },
  );
  const opened = (await harness.systems.for(anna, "crm", { trace: "t" })).ready[0];
  if (!opened) throw new Error("amoCRM did not open");
  return opened.crm;
}

beforeAll(async () => {
  server = await startAmocrm({ company, token, perSecond: 1_000, now: () => now });
});
afterEach(() => server.faults.clear());
afterAll(async () => {
  await harness?.systems.close();
  await server.close();
});

const romashka = company.clients.find(({ key }) => key === "romashka");

describe("finding clients", () => {
  it("finds Ромашка by name, INN, telephone in three ways, and e-mail", async () => {
    const crm = await connect();
    const phone = romashka?.phones[0] ?? "";
    const digits = phone.replace(/\D/g, "");
    for (const text of [
      "ромашка",
      "ООО «Ромашка»",
      romashka?.inn ?? "",
      phone,
      `8${digits.slice(1)}`,
      digits.slice(1),
      romashka?.emails[0] ?? "",
    ]) {
      const { items } = await crm.findClients({ text }).page();
      expect(
        items.map(({ name }) => name),
        text,
      ).toContain("ООО «Ромашка»");
    }
  });

  it("puts the exact name before names that only contain it", async () => {
    const crm = await connect();
    const { items } = await crm.findClients({ text: "Меридиан" }).page();
    expect(items.map(({ name }) => name)).toEqual(["ООО «Меридиан»", "ООО «Меридиан-М»"]);
  });

  it("finds people by both orders of their names", async () => {
    const crm = await connect();
    const contact = romashka?.contacts[0];
    const turned = contact?.name.split(" ").toReversed().join(" ") ?? "";
    for (const text of [contact?.name ?? "", turned]) {
      expect(
        (await all(crm.findClients({ text }))).map(({ name }) => name),
        text,
      ).toContain(contact?.name);
    }
  });

  it("finds nobody, and says so with an empty list", async () => {
    const crm = await connect();
    for (const text of ["Щукин и сыновья", "+7 900 999-99-99", "nobody@example.com", "   ", "🙂", "x".repeat(5_000)]) {
      expect((await crm.findClients({ text }).page()).items, text.slice(0, 20)).toEqual([]);
    }
  });
});

describe("a client's history", () => {
  it("is put together from the company, its people and its deals, newest first, each thing once", async () => {
    const crm = await connect();
    const history = await all(crm.history("1"));
    const own = company.interactions.filter(({ clientKey }) => clientKey === "romashka");
    expect(history.length).toBeGreaterThanOrEqual(own.length);
    for (const { text } of own)
      expect(
        history.some((one) => one.text.startsWith(text)),
        text,
      ).toBe(true);
    expect(history.map(({ at }) => at.getTime())).toEqual(history.map(({ at }) => at.getTime()).toSorted((a, b) => b - a));
    expect(new Set(history.map(({ ref }) => `${ref.kind} ${ref.id}`)).size).toBe(history.length);
    expect(new Set(history.map(({ kind }) => kind))).toEqual(new Set(["note", "call", "message", "task", "meeting", "stage", "deal"]));
    expect(history.find(({ kind }) => kind === "stage")?.text).toContain("→");
  });

  it("holds to the days asked for, in the asker's time zone", async () => {
    const crm = await connect();
    const whole = await all(crm.history("1"));
    const part = await all(crm.history("1", { from: "2026-08-01", to: "2026-08-31" }));
    const [from, to] = [Date.parse("2026-07-31T21:00:00Z"), Date.parse("2026-08-31T21:00:00Z")];
    expect(part).toEqual(whole.filter(({ at }) => at.getTime() >= from && at.getTime() < to));
    expect(part.length).toBeGreaterThan(0);
  });

  it("goes on in another process where a page ended", async () => {
    const crm = await connect();
    const whole = await all(crm.history("1"));
    const first = await crm.history("1").page({ size: 7 });
    const other = await connect();
    const second = await other.history("1").page({ size: 7, from: first.next });
    expect([...first.items, ...second.items]).toEqual(whole.slice(0, 14));
  });
});

describe("deals", () => {
  it("come by stage state, owner, amount and days, as the company knows them", async () => {
    const crm = await connect();
    const wanted = company.deals.filter(({ outcome, ownerId, amount }) => outcome === "won" && ownerId === "anna" && amount >= 1_000_000);
    const found = await all(crm.deals({ state: "won", ownerId: "1102", amount: { from: { amount: "1000000.00", currency: "RUB" } } }));
    expect(found.map(({ ref }) => Number(ref.id)).toSorted((a, b) => a - b)).toEqual(wanted.map(({ number }) => number));
    const closed = await all(crm.deals({ closed: { from: "2026-10-01", to: "2026-10-31" } }));
    const [from, to] = [Date.parse("2026-09-30T21:00:00Z"), Date.parse("2026-10-31T21:00:00Z")];
    expect(closed.length).toBe(company.deals.filter(({ closedAt: at }) => at && at.getTime() >= from && at.getTime() < to).length);
  });

  it("are not idle when somebody wrote a note or set a task meanwhile", async () => {
    const crm = await connect();
    const since = new Date("2026-11-10T00:00:00Z");
    const before = await all(crm.deals({ state: "open", idleSince: since }));
    expect(before.length).toBeGreaterThan(0);
    const deal = before.at(-1);
    expect(deal?.lastTouchAt).toEqual(deal?.updatedAt);
    await crm.addNote(harness.agree("amocrm", { about: { kind: "deal" as const, id: deal?.ref.id ?? "" }, text: "Звонили" }, anna));
    const after = await all(crm.deals({ state: "open", idleSince: since }));
    expect(after.map(({ ref }) => ref.id)).not.toContain(deal?.ref.id);
    expect(after).toHaveLength(before.length - 1);
  });

  it("in another currency than the account's are a question that makes no sense", async () => {
    const crm = await connect();
    const asked = crm.deals({ amount: { from: { amount: "10", currency: "USD" } } }).page();
    await expect(asked).rejects.toBeInstanceOf(RequestRefused);
  });

  it("are asked for in halves when a page is too heavy for the vendor", async () => {
    const crm = await connect();
    server.faults.add({ kind: "status", status: 504, path: "*/leads", times: 2, body: "<html>Gateway Time-out</html>" });
    const first = await crm.deals({}).page({ size: 40 });
    expect(first.items).toHaveLength(10);
    const second = await crm.deals({}).page({ size: 40, from: first.next });
    expect(new Set([...first.items, ...second.items].map(({ ref }) => ref.id)).size).toBe(20);
  });
});

describe("writing", () => {
  it("refuses to move a deal that no longer stands where the card said", async () => {
    const crm = await connect();
    const { stage, pipeline } = await crm.deal("1024");
    const [, next, later] = (await crm.pipelines()).find(({ id }) => id === pipeline.id)?.stages.filter(({ id }) => id !== stage.id) ?? [];
    const before = { pipelineId: pipeline.id, stageId: stage.id };
    const moved = await crm.moveDeal(
      harness.agree("amocrm", { dealId: "1024", pipelineId: pipeline.id, stageId: next?.id ?? "", before }, anna),
    );
    const late = harness.agree("amocrm", { dealId: "1024", pipelineId: pipeline.id, stageId: later?.id ?? "", before }, anna);
    await expect(crm.moveDeal(late)).rejects.toBeInstanceOf(RequestRefused);
    expect(await crm.written("move", late)).toBe("absent");
    expect((await crm.deal("1024")).stage.id).toBe(next?.id);

    await crm.undo?.(harness.agree("amocrm", moved, anna));
    expect((await crm.deal("1024")).stage.id).toBe(stage.id);
    await expect(crm.undo?.(harness.agree("amocrm", { ref: { system: "amocrm", kind: "task", id: "1" } }, anna))).rejects.toBeInstanceOf(
      RequestRefused,
    );
  });

  it("adds only the comment when the process ended between a deal and its comment", async () => {
    const crm = await connect();
    const draft = { title: "Лампы в офис", clientId: "1", comment: "Просили образцы" };
    const approved = harness.agree("amocrm", draft, anna);
    server.faults.add({ kind: "status", status: 500, method: "POST", path: "*/notes" });
    await expect(crm.createDeal(approved)).rejects.toMatchObject({ code: "outcome-unknown" });
    const again = await connect();
    harness.approvals.agreed.add(approved.approval);
    expect(await again.written("deal", approved)).toBe("absent");
    const receipt = await again.createDeal(approved);
    expect(await again.written("deal", approved)).toEqual(receipt.ref);
    const notes = (await all(again.history("1"))).filter(({ deal, kind }) => kind === "note" && deal?.id === receipt.ref.id);
    expect(notes.map(({ text }) => text)).toEqual(["Просили образцы"]);
    expect((await all(again.deals({ clientId: "1" }))).filter(({ title }) => title === draft.title)).toHaveLength(1);
  });

  it.each([
    ["the token ends", { kind: "status", status: 401, body: { title: "Unauthorized" } }],
    ["the vendor answers nonsense", { kind: "nonsense" }],
  ] as const)("never says that a deal was not written, when it was and then %s", async (_what, trouble) => {
    const crm = await connect();
    const draft = { title: `Лампы, когда ${trouble.kind}`, clientId: "1" };
    const approved = harness.agree("amocrm", draft, anna);
    server.faults.add({ ...trouble, method: "GET", path: "/api/v4/leads/2*", times: null });
    await expect(crm.createDeal(approved)).rejects.toMatchObject({ code: "outcome-unknown" });
    server.faults.clear();
    expect(await crm.written("deal", approved)).toMatchObject({ kind: "deal" });
    expect(server.store.all("leads").filter(({ name }) => name === draft.title)).toHaveLength(1);
  });

  it("makes whoever asked responsible when the card names nobody", async () => {
    const crm = await connect();
    const lead = { title: "Заявка с выставки", contact: { name: "Пётр Новиков", phone: "+7 900 000-77-77", email: "novikov@example.com" } };
    expect(await crm.findSimilar(lead)).toEqual([]);
    const approved = harness.agree("amocrm", lead, anna);
    const { ref } = await crm.createLead(approved);
    expect(await crm.deal(ref.id)).toMatchObject({
      owner: { id: "1102" },
      stage: { state: "open" },
      contactIds: [expect.stringMatching(/^c\d+$/)],
    });
    expect((await crm.findSimilar({ name: "Кто-то", phone: "8 (900) 000-77-77" })).map((one) => ("name" in one ? one.name : ""))).toEqual([
      "Пётр Новиков",
    ]);
    expect(await crm.written("lead", approved)).toEqual(ref);
  });

  it("marks with a tag where the account lets the token make no field", async () => {
    const other = await startAmocrm({ company, token, perSecond: 1_000, now: () => now });
    other.faults.add({
      kind: "status",
      status: 403,
      path: "*/custom_fields",
      method: "POST",
      body: { title: "Forbidden", status: 403 },
      times: null,
    });
    const crm = await connect({ AMOCRM_BASE_URL: other.url });
    const deal = harness.agree("amocrm", { title: "Без поля", clientId: "1" }, anna);
    const contact = harness.agree("amocrm", { name: "Без Поля", companyId: "1" }, anna);
    expect(await crm.createDeal(deal)).toMatchObject({ ref: await crm.written("deal", deal) });
    expect(await crm.createContact(contact)).toMatchObject({ ref: await crm.written("contact", contact) });
    await connect();
    await other.close();
  });

  it("writes the same task once, though its first answer was lost", async () => {
    const crm = await connect();
    const draft = { about: { kind: "deal" as const, id: "1024" }, text: "Отправить договор", dueAt: "2026-11-27T10:00:00+03:00" };
    const approved = harness.agree("amocrm", draft, anna);
    server.faults.add({ kind: "cut", takesEffect: true, method: "POST", path: "*/tasks" });
    await expect(crm.createTask(approved)).rejects.toMatchObject({ code: "outcome-unknown" });
    expect(await crm.written("task", approved)).toMatchObject({ kind: "task" });
    const tasks = await all(crm.tasks({ about: { kind: "deal", id: "1024" } }));
    expect(tasks.filter(({ text }) => text === draft.text)).toMatchObject([{ dueAt: new Date(draft.dueAt), done: false }]);
  });
});

describe("an account that keeps texts its own way", () => {
  it.each([
    ["trims them", (text: string) => text.trim()],
    ["ends lines in its own way", (text: string) => text.replaceAll("\n", "\r\n")],
    ["escapes them", (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")],
  ])("%s: what was written is found and not written again", async (_, kept) => {
    const crm = await connect();
    const text = `  Скидка < 5 % & "отсрочка"\nждут ответа ${Math.random()} \n`;
    const note = harness.agree("amocrm", { about: { kind: "deal" as const, id: "1024" }, text }, anna);
    const task = harness.agree("amocrm", { about: { kind: "deal" as const, id: "1024" }, text, dueAt: "2026-11-27T10:00:00+03:00" }, anna);
    await crm.addNote(note);
    await crm.createTask(task);
    const stored = server.store.all("notes").find(({ params }) => params["text"] === text);
    if (stored) server.store.put("notes", { ...stored, params: { text: kept(text) } });
    const due = server.store.all("tasks").find((one) => one.text === text);
    if (due) server.store.put("tasks", { ...due, text: kept(text) });
    expect(await crm.written("note", note)).toMatchObject({ kind: "note" });
    expect(await crm.written("task", task)).toMatchObject({ kind: "task" });
  });
});

describe("the vendor's limit", () => {
  it("is kept, and a client with a year of deals and history takes ten calls after the health check", async () => {
    const strict = await startAmocrm({ company, token, perSecond: 7, now: () => now });
    const crm = await connect({ AMOCRM_BASE_URL: strict.url, AMOCRM_REQUESTS_PER_SECOND: "6.5" });
    const before = strict.counters().requests;
    await (await harness.systems.forSvyaz("amocrm")).check(AbortSignal.timeout(5_000));
    await crm.pipelines();
    await all(crm.users());
    expect(strict.counters().requests - before).toBe(3);
    const { items } = await crm.findClients({ text: "Ромашка" }).page();
    const id = items.find(({ name }) => name === "ООО «Ромашка»")?.ref.id ?? "";
    const [deals, history] = await Promise.all([all(crm.deals({ clientId: id })), all(crm.history(id))]);
    expect(deals.length).toBeGreaterThan(3);
    expect(history.length).toBeGreaterThan(30);
    expect(strict.counters()).toMatchObject({ requests: before + 13, refusals: 0 });
    await connect();
    await strict.close();
  });
});

describe("an account in trouble", () => {
  it("is not called any more once the vendor has blocked it", async () => {
    const crm = await connect();
    await crm.deal("1024");
    server.faults.add({ kind: "status", status: 403, headers: { "content-type": "text/html" }, body: "<html>403 Forbidden</html>" });
    await expect(crm.deal("1024")).rejects.toBeInstanceOf(SystemUnavailable);
    const before = server.counters().requests;
    await expect(crm.deal("1024")).rejects.toThrow("tried again at");
    expect(server.counters().requests).toBe(before);
  });

  it("says so when the subscription has ended", async () => {
    const crm = await connect();
    server.faults.add({ kind: "status", status: 402, times: null });
    await expect(crm.deal("1024")).rejects.toMatchObject({ code: "access-denied", reason: "system" });
  });

  it("shows things without their owners' names when the token may not see users", async () => {
    const crm = await connect();
    server.faults.add({ kind: "status", status: 403, path: "*/users", times: null, body: { title: "Forbidden", status: 403 } });
    expect((await crm.deal("1024")).owner).toEqual({ id: "1102", name: "1102", groups: [] });
  });

  it("is asked for a new token before the old one is used in vain", async () => {
    const claims = Buffer.from(JSON.stringify({ exp: anchorNow.getTime() / 1_000 - 60 })).toString("base64url");
    await connect({ AMOCRM_TOKEN: `x.${claims}.y` });
    const own = await harness.systems.forSvyaz("amocrm");
    await expect(own.check(AbortSignal.timeout(5_000))).rejects.toBeInstanceOf(SignInNeeded);
    const soon = Buffer.from(JSON.stringify({ exp: anchorNow.getTime() / 1_000 + 86_400 })).toString("base64url");
    await connect({ AMOCRM_TOKEN: `x.${soon}.y` });
    const body = { id: 1, name: "A", subdomain: "a", currency: "RUB" };
    server.faults.add({ kind: "status", status: 200, path: "*/account", body });
    const checked = await (await harness.systems.forSvyaz("amocrm")).check(AbortSignal.timeout(5_000));
    expect(checked).toEqual({ expiresAt: new Date(anchorNow.getTime() + 86_400_000) });
  });
});

describe("synchronisation", () => {
  async function read(kind: string, mode: "full" | "since", from?: Cursor, batches = Number.POSITIVE_INFINITY) {
    const { sync } = await harness.systems.forSvyaz("amocrm");
    const changes: Change[] = [];
    let cursor = from;
    let count = 0;
    for await (const batch of sync?.changes({ kind, mode, from, signal: AbortSignal.timeout(20_000) }) ?? []) {
      changes.push(...batch.changes);
      cursor = batch.cursor;
      if (++count === batches) break;
    }
    return { changes, cursor };
  }
  const idsOf = (changes: readonly Change[]) => new Set(changes.flatMap((one) => (one.kind === "upsert" ? [one.entity.ref.id] : [])));

  it("reads every deal, contact, company, task and note of the account", async () => {
    await connect();
    expect(idsOf((await read("deal", "full")).changes).size).toBeGreaterThanOrEqual(company.deals.length);
    const companies = company.clients.filter(({ kind }) => kind === "company").length;
    expect(idsOf((await read("company", "full")).changes).size).toBe(companies);
    const notes = company.interactions.filter(({ kind }) => kind !== "task").length;
    expect(idsOf((await read("note", "full")).changes).size).toBeGreaterThanOrEqual(notes);
    const tasks = company.interactions.filter(({ kind }) => kind === "task").length;
    expect(idsOf((await read("task", "full")).changes).size).toBeGreaterThanOrEqual(tasks);
  });

  it("goes on after a stop in the middle, and misses nothing", async () => {
    await connect();
    const first = await read("deal", "full", undefined, 3);
    await connect();
    const rest = await read("deal", "full", first.cursor);
    const whole = idsOf((await read("deal", "full")).changes);
    expect(new Set([...idsOf(first.changes), ...idsOf(rest.changes)])).toEqual(whole);
    expect(rest.changes.length).toBeLessThan(whole.size);
  });

  it("brings afterwards only what was changed or deleted since, with its new state", async () => {
    const crm = await connect();
    const { cursor } = await read("deal", "full");
    now = new Date(anchorNow.getTime() + 600_000);
    const { stage, pipeline } = await crm.deal("1024");
    const next = (await crm.pipelines()).find(({ id }) => id === pipeline.id)?.stages.find(({ id }) => id !== stage.id);
    const before = { pipelineId: pipeline.id, stageId: stage.id };
    await crm.moveDeal(harness.agree("amocrm", { dealId: "1024", pipelineId: pipeline.id, stageId: next?.id ?? "", before }, anna));
    await server.remove("leads", 1025);
    const since = await read("deal", "since", cursor);
    expect(since.changes).toContainEqual({ kind: "remove", ref: { system: "amocrm", kind: "deal", id: "1025" } });
    const moved = since.changes.find((one) => one.kind === "upsert" && one.entity.ref.id === "1024");
    expect(moved).toMatchObject({ entity: { fields: { stage: next?.name }, owner: { id: "1102", groups: ["amocrm:group:0"] } } });
    expect(since.changes.length).toBeLessThan(20);
    now = new Date(anchorNow.getTime() + 1_200_000);
    await server.restore("leads", 1025);
    const restored = (await read("deal", "since", since.cursor)).changes;
    expect(restored.map(({ kind }) => kind)).not.toContain("remove");
    expect(idsOf(restored)).toContain("1025");
    // A run reaches a minute back before the last one, and no further.
    now = new Date(anchorNow.getTime() + 1_800_000);
    const { cursor: last } = await read("deal", "since", since.cursor);
    now = new Date(anchorNow.getTime() + 2_400_000);
    expect((await read("deal", "since", last)).changes).toEqual([]);
  });

  it("that died right after its last page reads nothing more, and the next run still finds what went in between", async () => {
    await connect();
    const { cursor } = await read("deal", "full");
    now = new Date(now.getTime() + 600_000);
    await server.remove("leads", 1031);
    now = new Date(now.getTime() + 600_000);
    const rest = await read("deal", "full", cursor);
    expect(rest.changes).toEqual([]);
    const since = await read("deal", "since", rest.cursor);
    expect(since.changes).toContainEqual({ kind: "remove", ref: { system: "amocrm", kind: "deal", id: "1031" } });
  });

  it("reports a row it cannot read, and goes on with the others", async () => {
    await connect();
    server.faults.add({ kind: "drop-field", field: "pipeline_id", path: "*/leads" });
    const { changes } = await read("deal", "full");
    const unreadable = changes.filter((one) => one.kind === "unreadable");
    expect(unreadable.length).toBeGreaterThan(0);
    expect(unreadable[0]?.error.message).toContain("pipeline_id");
    expect(idsOf(changes).size).toBeGreaterThan(1_000);
  });

  it("fetches things as they are now, and says of a gone one that it is to be removed", async () => {
    await connect();
    const { sync } = await harness.systems.forSvyaz("amocrm");
    const ref = (kind: string, id: string) => ({ system: "amocrm", kind, id });
    const changes =
      (await sync?.fetch([
        ref("deal", "1024"),
        ref("company", "1"),
        ref("contact", "c3001"),
        ref("deal", "99999999"),
        ref("deal", "x"),
        ref("page", "1"),
      ])) ?? [];
    expect(changes.map((one) => `${one.kind} ${one.kind === "upsert" ? one.entity.ref.id : one.ref.id}`).toSorted()).toEqual([
      "remove 1",
      "remove 99999999",
      "remove x",
      "upsert 1",
      "upsert 1024",
      "upsert c3001",
    ]);
  });

  it("tells who belongs to which department, and whose role sees what", async () => {
    await connect();
    const { sync } = await harness.systems.forSvyaz("amocrm");
    const members = new Map(
      (await all(sync?.memberships?.(AbortSignal.timeout(5_000)) ?? listed(async () => []))).map(({ member, of }) => [member, of] as const),
    );
    expect(members.get("amocrm:user:1102")).toEqual(["amocrm:group:0"]);
    expect(members.get("amocrm:user:1103")).toContain("amocrm:sees:leads:group:0");
    expect(members.get("amocrm:user:1101")).toContain("amocrm:sees:leads:all");
  });

  it("refuses another kind's cursor", async () => {
    await connect();
    const { cursor } = await read("company", "full");
    await expect(read("deal", "since", cursor)).rejects.toBeInstanceOf(RequestRefused);
  });
});

it("knows no deal and no client that is deleted or never was", async () => {
  const crm = await connect();
  await server.remove("leads", 1030);
  for (const id of ["1030", "99999999", "../users", ""]) await expect(crm.deal(id), id).rejects.toBeInstanceOf(NotFound);
  for (const id of ["99999999", "c1", "c", "1/../../users"]) await expect(crm.client(id), id).rejects.toBeInstanceOf(NotFound);
});
