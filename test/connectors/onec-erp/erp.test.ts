import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AnswerUnexpected, SignInNeeded, SystemUnavailable } from "../../../src/domain/errors.js";
import { company, connect, money, openBase, sales, sumBy } from "./base.js";

let base: Awaited<ReturnType<typeof openBase>>;
beforeAll(async () => {
  base = await openBase();
});
afterAll(() => base.close());

const names = async (split: string, text: string) => (await base.erp.members(split, text)).map(({ name }) => name);

describe("finding what people name", () => {
  it("takes a name in any case and any letters", async () => {
    expect(await names("customer", "Ромашке")).toEqual(["Ромашка"]);
    expect(await names("customer", "рОМАШКА")).toEqual(["Ромашка"]);
    expect(await names("customer", "ООО «Ромашка»")).toEqual(["Ромашка"]);
    expect(await names("item-group", "светильников")).toEqual(["Светильники"]);
  });

  it("finds an item by code and by article, and a customer by INN", async () => {
    const item = sales.items[7];
    expect(await names("item", item?.code ?? "")).toEqual([item?.name]);
    expect(await names("item", item?.article ?? "")).toEqual([item?.name]);
    const client = company.clients.find(({ shortName }) => shortName === "Ромашка");
    expect(await names("customer", client?.inn ?? "")).toEqual(["Ромашка"]);
  });

  it("puts the exact name before longer ones", async () => {
    expect((await names("customer", "Меридиан"))[0]).toBe("Меридиан");
  });

  it("offers what resembles a misspelt name, and nothing for nonsense, an unknown number or an empty text", async () => {
    expect(await names("customer", "Рамашка")).toContain("Ромашка");
    expect(await names("customer", "ъъъъъ")).toEqual([]);
    expect(await names("customer", "9999999999")).toEqual([]);
    expect(await names("customer", "  ")).toEqual([]);
    expect(await names("colour", "red")).toEqual([]);
  });

  it("keeps quotes in a name inside the text it searches", async () => {
    expect(await names("customer", "O'Neil' or true eq true or '")).toEqual([]);
  });
});

describe("stock", () => {
  it("is what was there, bought and shipped, piece by piece", async () => {
    const truth = new Map<string, number>();
    const move = (warehouse: number, lines: readonly { item: number; quantity: number }[], sign: number) => {
      for (const { item, quantity } of lines) {
        const key = `${sales.items[item]?.name} @ ${sales.warehouses[warehouse]?.name}`;
        truth.set(key, (truth.get(key) ?? 0) + sign * quantity);
      }
    };
    for (const { warehouse, lines } of sales.openings) move(warehouse, lines, 1);
    for (const { warehouse, lines } of sales.purchases) move(warehouse, lines, 1);
    for (const { warehouse, lines } of sales.shipments) move(warehouse, lines, -1);
    const found = new Map<string, number>();
    for await (const { item, warehouse, onHand } of base.erp.stock?.({}) ?? [])
      found.set(`${item.name} @ ${warehouse.name}`, Number(onHand));
    expect([...truth].filter(([key, quantity]) => (found.get(key) ?? 0) !== quantity)).toEqual([]);
    expect([...found.keys()].filter((key) => !truth.has(key) && found.get(key) !== 0)).toEqual([]);
  });

  it("is found by an item in any case, by a group of items, and at one warehouse", async () => {
    const read = async (query: { text?: string; warehouse?: string }) => (await base.erp.stock?.(query).page({ size: 1000 }))?.items ?? [];
    const pumps = await read({ text: "насосов" });
    expect(pumps.length).toBeGreaterThan(3);
    expect(pumps.every(({ item }) => item.name.startsWith("Насос"))).toBe(true);
    const volga = await read({ warehouse: "Волге" });
    expect(new Set(volga.map(({ warehouse }) => warehouse.name))).toEqual(new Set(["Склад «Волга»"]));
    expect(await read({ text: "телепорт" })).toEqual([]);
  });

  it("goes on where the last page ended", async () => {
    const first = await base.erp.stock?.({}).page({ size: 5 });
    const second = await base.erp.stock?.({}).page({ size: 5, from: first?.next });
    const both = await base.erp.stock?.({}).page({ size: 10 });
    expect([...(first?.items ?? []), ...(second?.items ?? [])]).toEqual(both?.items);
  });

  it("leaves out expected receipts where the base does not publish them", async () => {
    const fresh = await openBase({ unpublished: ["AccumulationRegister_ГрафикПоступленияТоваров"] });
    const page = await fresh.erp.stock?.({}).page({ size: 1 });
    await fresh.close();
    expect(page?.items[0]).toBeDefined();
    expect(page?.items[0]?.onTheWay).toBeUndefined();
  });
});

describe("a client's account", () => {
  it("owes what was shipped and not paid, by id and by INN alike", async () => {
    const paid = sumBy(
      sales.payments,
      ({ shipment }) => String(shipment),
      ({ amount }) => amount,
    );
    const owed = (shortName: string) =>
      sales.shipments.reduce(
        (sum, { client, total }, index) =>
          company.clients[client]?.shortName === shortName ? sum + total - (paid.get(String(index)) ?? 0) : sum,
        0,
      );
    const [romashka] = await base.erp.members("customer", "Ромашка");
    const account = await base.erp.account?.({ id: romashka?.id ?? "" });
    expect(owed("Ромашка")).toBeGreaterThan(0);
    expect(account?.debt).toEqual([{ amount: money(owed("Ромашка")), currency: "RUB" }]);
    expect(account?.orders[0]?.cells).toMatchObject({ number: expect.any(String), amount: expect.stringMatching(/^\d+\.\d\d$/) });
    const inn = company.clients.find(({ shortName }) => shortName === "Ромашка")?.inn ?? "";
    expect(await base.erp.account?.({ inn })).toEqual(account);
    await expect(base.erp.account?.({ inn: "0000000000" })).rejects.toThrow(/no client has this INN/);
  });
});

describe("when the base is not well", () => {
  const period = { from: "2026-10-01", to: "2026-10-31" };

  it("says that the sign-in is wrong", async () => {
    const wrong = await connect(base.server.url, { as: "mistaken" });
    await expect(wrong.connector.check(AbortSignal.timeout(5_000))).rejects.toThrow(SignInNeeded);
    await wrong.close();
  });

  it("repeats a read that failed once", async () => {
    base.server.faults.add({ kind: "status", status: 503, body: "<html>no licence</html>", path: "*Turnovers*" });
    const [revenue] = await base.erp.series({ measure: "revenue", period, step: "month" });
    expect(revenue?.points[0]?.value).not.toBeNull();
  });

  it("gives up with one error of ours when it stays down, and sends no further months", async () => {
    const fresh = await openBase();
    fresh.server.faults.add({ kind: "cut", takesEffect: false, times: null, path: "*Turnovers*" });
    await expect(fresh.erp.series({ measure: "revenue", period: { from: "2024-01-01", to: "2026-10-31" }, step: "month" })).rejects.toThrow(
      SystemUnavailable,
    );
    // Those under way may still end; 34 months would go on for long.
    const pause = () => new Promise((resolve) => setTimeout(resolve, 150));
    await pause();
    const sent = fresh.server.counters().requests;
    await pause();
    expect(fresh.server.counters().requests).toBe(sent);
    await fresh.close();
  });

  it("waits no longer than it is told to", async () => {
    const fresh = await openBase({ settings: { TIMEOUT_SECONDS: "1" } });
    fresh.server.faults.add({ kind: "hang", times: null, path: "*Turnovers*" });
    await expect(fresh.erp.series({ measure: "revenue", period, step: "month" })).rejects.toThrow(/no answer in time/);
    await fresh.close();
  });

  it("takes a login page with status 200 for no answer", async () => {
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<html>Sign in</html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const page = await connect(`http://127.0.0.1:${port}/erp`);
    await expect(page.erp.series({ measure: "revenue", period, step: "month" })).rejects.toThrow(AnswerUnexpected);
    await page.close();
    server.close();
  });

  it("names the field that an answer lacks", async () => {
    base.server.faults.add({ kind: "drop-field", field: "СуммаВыручкиTurnover", path: "*Turnovers*" });
    await expect(base.erp.series({ measure: "revenue", period, step: "month" })).rejects.toThrow(/onec-erp: .*СуммаВыручкиTurnover/);
    base.server.faults.clear();
  });
});
