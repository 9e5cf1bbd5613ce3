import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { RequestRefused, SettingsInvalid } from "../../../src/domain/errors.js";
import type { Cursor } from "../../../src/domain/listing.js";
import type { Change, ChangeBatch, SyncSource } from "../../../src/domain/sync.js";
import { company, openBase, sales } from "./base.js";

const signal = new AbortController().signal;
type Base = Awaited<ReturnType<typeof openBase>>;
const sourceOf = (base: Base): SyncSource => {
  if (!base.connector.sync) throw new Error("1C is mirrored");
  return base.connector.sync;
};

async function run(sync: SyncSource, kind: string, mode: "full" | "since", from?: Cursor) {
  const batches: ChangeBatch[] = [];
  for await (const batch of sync.changes({ kind, mode, from, signal })) batches.push(batch);
  return { batches, changes: batches.flatMap(({ changes }) => changes), cursor: batches.at(-1)?.cursor as Cursor };
}

const idOf = (change: Change) => (change.kind === "upsert" ? change.entity.ref.id : change.ref.id);
const entitiesOf = (changes: readonly Change[]) => changes.flatMap((change) => (change.kind === "upsert" ? [change.entity] : []));

describe("clients, orders and shipments of a 1C base", () => {
  let base: Base;
  let sync: SyncSource;
  beforeAll(async () => {
    base = await openBase();
    sync = sourceOf(base);
  });
  afterAll(() => base.close());

  const write = (path: string, body: unknown) =>
    fetch(new URL(`odata/standard.odata/${encodeURI(path)}?$format=json`, `${base.server.url}/`), {
      method: "PATCH",
      headers: {
        authorization: `Basic ${Buffer.from("Служебный Связь:pass:слово").toString("base64")}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    }).then((answer) => expect(answer.status).toBe(200));

  it("come as the base has them, each once, and are counted", async () => {
    for (const [kind, expected] of [
      ["client", company.clients.length + sales.suppliers.length],
      ["order", sales.orders.length],
      ["shipment", sales.shipments.length],
    ] as const) {
      const { changes } = await run(sync, kind, "full");
      expect(new Set(changes.map(idOf)).size, kind).toBe(expected);
      expect(changes).toHaveLength(expected);
      expect(await sync.count?.(kind), kind).toBe(expected);
    }
  });

  it("carry what a client is known by, and are open to those alone who see all of 1C", async () => {
    const { changes } = await run(sync, "client", "full");
    const [romashka] = company.clients;
    const found = entitiesOf(changes).find(({ title }) => title === romashka?.shortName);
    expect(found).toMatchObject({ keys: { inn: romashka?.inn, phones: romashka?.phones, emails: romashka?.emails } });
    expect(entitiesOf(changes).every(({ readers }) => JSON.stringify(readers) === '[["onec-erp:sees:all"]]')).toBe(true);
  });

  it("name an order's client, day, amount and status", async () => {
    const words = { НаСогласовании: "На согласовании", КВыполнению: "К выполнению", Закрыт: "Закрыт" } as const;
    const { changes } = await run(sync, "order", "full");
    const clients = entitiesOf((await run(sync, "client", "full")).changes);
    const [first] = sales.orders;
    const order = entitiesOf(changes).find(({ fields }) => fields["number"] === "00ЗК-000001");
    expect(order).toMatchObject({
      fields: {
        day: first?.at.slice(0, 10),
        amount: ((first?.total ?? 0) / 100).toFixed(2),
        status: first && words[first.status],
        posted: true,
      },
    });
    const client = clients.find(({ ref }) => ref.id === order?.relations[0]?.to.id);
    expect(client?.title).toBe(company.clients[first?.client ?? -1]?.shortName);
  });

  it("are read again only where something was written, a partner also when its legal entity was", async () => {
    const { cursor, changes } = await run(sync, "client", "full");
    const quiet = await run(sync, "client", "since", cursor);
    expect(quiet.changes).toEqual([]);
    const [partner] = entitiesOf(changes).filter(({ title }) => title === company.clients[3]?.shortName);
    await write(`Catalog_Партнеры(guid'${partner?.ref.id}')`, { Description: "Переименован" });
    const after = await run(sync, "client", "since", quiet.cursor);
    expect(entitiesOf(after.changes).map(({ title }) => title)).toContain("Переименован");
    expect(after.changes.length).toBeLessThan(25);

    const legal = await base.http.request({
      method: "GET",
      path: `/odata/standard.odata/${encodeURIComponent("Catalog_Контрагенты")}`,
      query: { $format: "json", $filter: `Партнер_Key eq guid'${partner?.ref.id}'`, $select: "Ref_Key" },
      answer: z.object({ value: z.array(z.object({ Ref_Key: z.string() })) }),
    });
    const legalId = legal.value[0]?.Ref_Key;
    await write(`Catalog_Контрагенты(guid'${legalId}')`, { ИНН: "0000000001" });
    const mended = await run(sync, "client", "since", after.cursor);
    expect(entitiesOf(mended.changes).find(({ ref }) => ref.id === partner?.ref.id)?.keys?.inn).toBe("0000000001");
    expect((await run(sync, "client", "since", mended.cursor)).changes).toEqual([]);
  });

  it("are gone when they are marked for deletion, by run and by ref", async () => {
    const { cursor, changes } = await run(sync, "client", "full");
    const [first] = changes;
    const id = first ? idOf(first) : "";
    await write(`Catalog_Партнеры(guid'${id}')`, { DeletionMark: true });
    const after = await run(sync, "client", "since", cursor);
    expect(after.changes.filter((change) => change.kind === "remove").map(idOf)).toEqual([id]);
    const ref = { system: "onec-erp", kind: "client", id };
    const nobody = { ...ref, id: "11111111-1111-4111-8111-111111111111" };
    const nonsense = { ...ref, id: "1' or 1 eq 1" };
    const fetched = await sync.fetch([ref, nobody, nonsense]);
    expect(fetched.map((change) => change.kind)).toEqual(["remove", "remove", "remove"]);
    expect(await sync.count?.("client")).toBe(company.clients.length + sales.suppliers.length - 1);
    await write(`Catalog_Партнеры(guid'${id}')`, { DeletionMark: false });
    expect((await sync.fetch([ref])).map((change) => change.kind)).toEqual(["upsert"]);
  });

  it("go on where a full pass was cut off, and come to the same", async () => {
    const whole = await run(sync, "shipment", "full");
    expect(whole.batches.length).toBeGreaterThan(1);
    const rest = await run(sync, "shipment", "full", whole.batches[0]?.cursor);
    expect([...(whole.batches[0]?.changes ?? []), ...rest.changes].map(idOf)).toEqual(whole.changes.map(idOf));
    expect(rest.cursor).toBe(whole.cursor);
    expect((await run(sync, "shipment", "full", whole.cursor)).batches).toEqual([]);
  });

  it("refuse a place that another kind or somebody else gave", async () => {
    const { cursor } = await run(sync, "client", "full");
    await expect(run(sync, "order", "since", cursor)).rejects.toBeInstanceOf(RequestRefused);
    await expect(run(sync, "client", "since", "garbage" as Cursor)).rejects.toBeInstanceOf(RequestRefused);
  });
});

describe("a base that is not as it should be", () => {
  it("gives a row that makes no sense as unreadable, and the others", async () => {
    const base = await openBase();
    base.server.faults.add({ kind: "drop-field", field: "Description", path: `*${encodeURIComponent("Catalog_Партнеры")}`, times: 1 });
    const { changes } = await run(sourceOf(base), "client", "full");
    expect(changes.some((change) => change.kind === "unreadable")).toBe(true);
    expect(
      changes
        .filter((change) => change.kind === "unreadable")
        .every((change) => change.kind === "unreadable" && !/Ромашка/.test(change.error.message)),
    ).toBe(true);
    await base.close();
  });

  it("that does not publish an object says which", async () => {
    const base = await openBase({ settings: {} });
    base.server.faults.add({
      kind: "status",
      status: 404,
      path: `*${encodeURIComponent("ЗаказКлиента")}`,
      times: null,
      body: { "odata.error": { code: "8", message: { value: "нет" } } },
    });
    await expect(run(sourceOf(base), "order", "full")).rejects.toThrow(SettingsInvalid);
    await expect(run(sourceOf(base), "order", "full")).rejects.toThrow(/Document_ЗаказКлиента is not published/);
    await base.close();
  });

  it("that has no contact information in its partners gives them without", async () => {
    const base = await openBase();
    base.server.faults.add({
      kind: "status",
      status: 400,
      path: `*${encodeURIComponent("Catalog_Партнеры")}`,
      times: 1,
      body: { "odata.error": { code: "6", message: { value: "нет поля" } } },
    });
    const { changes } = await run(sourceOf(base), "client", "full");
    expect(entitiesOf(changes).length).toBeGreaterThan(300);
    expect(entitiesOf(changes).every(({ keys }) => keys?.phones.length === 0)).toBe(true);
    expect(entitiesOf(changes).some(({ keys }) => keys?.inn)).toBe(true);
    await base.close();
  });
});
