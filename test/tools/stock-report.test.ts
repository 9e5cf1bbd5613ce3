import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SystemUnavailable } from "../../src/domain/errors.js";
import type { ToolAnswer } from "../../src/domain/tool.js";
import { stockReport } from "../../src/tools/stock-report.js";
import { openBase, sales } from "../connectors/onec-erp/base.js";
import { block, type Stand, turnWith } from "./erp-turn.js";

let base: Awaited<ReturnType<typeof openBase>>;
let stand: Stand;
beforeAll(async () => {
  base = await openBase();
  stand = { system: "onec-erp", title: "1C:ERP", erp: base.erp };
});
afterAll(() => base.close());

const report = (input: Record<string, unknown>, turn = turnWith([stand])): Promise<ToolAnswer> =>
  stockReport.run(stockReport.input.parse(input), turn);

/** What there is of an item, from openings, purchases and shipments. */
function onHand(item: number): number {
  const moved = (documents: readonly { lines: readonly { item: number; quantity: number }[] }[]) =>
    documents.reduce((sum, { lines }) => lines.reduce((part, line) => (line.item === item ? part + line.quantity : part), sum), 0);
  return moved(sales.openings) + moved(sales.purchases) - moved(sales.shipments);
}

describe("a stock report", () => {
  it("tells of one item what is there, reserved, free and expected, and when that was", async () => {
    const index = sales.items.findIndex(({ name }) => name.startsWith("Насос циркуляционный"));
    const item = sales.items[index];
    const answer = await report({ item: item?.name.toLowerCase() });
    expect(answer.forModel).toContain(`${item?.name}: в наличии ${onHand(index)} шт`);
    expect(answer.forModel).toContain("Данные на 20.11.2026, 12:00.");
    expect(answer.about?.[0]).toMatchObject({ kind: "item", name: item?.name });
    const { table } = block(answer, "table");
    expect(table.columns.map(({ name }) => name)).toEqual(["Товар", "Склад", "Ед.", "В наличии", "В резерве", "Свободно", "Ожидается"]);
    expect(table.rows.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(onHand(index));
    expect(table.rows.every((row) => Number(row[5]) === Number(row[3]) - Number(row[4]))).toBe(true);
  });

  it("finds an item by its code", async () => {
    expect((await report({ item: sales.items[4]?.code })).forModel).toContain(sales.items[4]?.name);
  });

  it("lists a group of items at one warehouse, named in any case", async () => {
    const answer = await report({ item: "светильников", warehouse: "на Волге" });
    const { rows } = block(answer, "table").table;
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map((row) => row[1]))).toEqual(new Set(["Склад «Волга»"]));
    expect(rows.every((row) => String(row[0]).startsWith("Светильник"))).toBe(true);
  });

  it("is headed by names as the base has them, and quotes a word that stands for several items", async () => {
    expect((await report({ item: "прожекторов" })).forModel).toMatch(/^Остатки, товары по запросу «прожекторов»/);
    expect((await report({ item: "насосов" })).forModel).toMatch(/^Остатки, группа: Насосы \(/);
    expect((await report({ item: "floodlights" }, turnWith([stand], { language: "en" }))).forModel).not.toMatch(/item: floodlights/);
  });

  it("of everything shows the first rows and says how much there is", async () => {
    const answer = await report({});
    const { table } = block(answer, "table");
    expect(table.rows).toHaveLength(50);
    expect(table.truncated).toBe(true);
    expect(answer.forModel).toMatch(/^Остатки \(«1C:ERP»\): \d{3} позици/);
  });

  it("asks which warehouse, and names an item nobody knows", async () => {
    const asked = await report({ warehouse: "Волгаград" });
    expect(asked.asked).toBe(true);
    expect(block(asked, "choice").options[0]?.says).toMatch(/^onec-erp:warehouse:/);
    expect(await report({ item: "телепорт" })).toMatchObject({ asked: true, forModel: "В «1C:ERP» не найдено: товар «телепорт»." });
  });

  it("speaks English", async () => {
    const { forModel } = await report({ item: sales.items[4]?.code }, turnWith([stand], { language: "en" }));
    expect(forModel).toMatch(/on hand, .* reserved, .* free.*As of 20 Nov 2026/);
  });

  it("takes what one base has when another is down, and names that one", async () => {
    const down: Stand = {
      ...stand,
      title: "1C Казань",
      erp: { ...base.erp, members: () => Promise.reject(new SystemUnavailable("down", { system: "onec-erp.kazan" })) },
    };
    const answer = await report({ item: sales.items[4]?.code }, turnWith([down, stand]));
    expect(answer.forModel).toContain(sales.items[4]?.name);
    expect(answer.missing?.map(({ system }) => system)).toEqual(["1C Казань"]);
  });

  it("says so where the system has no stock, or there is no system", async () => {
    const rest = { ...base.erp, stock: undefined };
    expect((await report({}, turnWith([{ ...stand, erp: rest }]))).forModel).toBe("«1C:ERP» не умеет показывать остатки.");
    expect((await report({}, turnWith([]))).forModel).toContain("Не подключено");
  });
});
