import excel from "exceljs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccessDenied, SystemUnavailable } from "../../src/domain/errors.js";
import type { ToolAnswer } from "../../src/domain/tool.js";
import { formatMoney } from "../../src/text/format.js";
import { salesReport } from "../../src/tools/sales-report.js";
import { money, openBase, sold, sumBy } from "../connectors/onec-erp/base.js";
import { block, type Stand, turnWith } from "./erp-turn.js";

let base: Awaited<ReturnType<typeof openBase>>;
let stand: Stand;
beforeAll(async () => {
  base = await openBase();
  stand = { system: "onec-erp", title: "1C:ERP", erp: base.erp };
});
afterAll(() => base.close());

const report = (input: Record<string, unknown>, turn = turnWith([stand])): Promise<ToolAnswer> =>
  salesReport.run(salesReport.input.parse(input), turn);
const sum = (from: string, to: string, only: (line: (typeof sold)[number]) => boolean = () => true) =>
  sold.filter((line) => line.day >= from && line.day <= to && only(line)).reduce((total, line) => total + line.sum, 0);
const rubles = (kopecks: number) => formatMoney({ amount: money(kopecks), currency: "RUB" }, "ru");

describe("a sales report", () => {
  it("without any words takes twelve whole months and the current one, and compares them with the same days a year earlier", async () => {
    const { forModel } = await report({});
    expect(forModel).toContain("01.11.2025–20.11.2026");
    expect(forModel).toContain(rubles(sum("2025-11-01", "2026-11-20")));
    expect(forModel).not.toContain("предыдущему такому же");
    expect(forModel).toContain(`К тем же дням год назад (01.11.2024–20.11.2025)`);
    expect(forModel).toContain(`было ${rubles(sum("2024-11-01", "2025-11-20"))}`);
    expect(forModel).toContain("Ноябрь 2026: неполные данные, по 20.11.2026");
  });

  it("sets the year so far beside the same days of the year before, and beside nothing else", async () => {
    const answer = await report({ from: "2026-01-01" });
    expect(answer.forModel).toContain("01.01.2026–20.11.2026");
    expect(answer.forModel).toContain(`(01.01.2025–20.11.2025): `);
    expect(answer.forModel).toContain(`было ${rubles(sum("2025-01-01", "2025-11-20"))}`);
    expect(answer.forModel).not.toContain("предыдущему такому же");
    expect(block(answer, "table").caption).toBe("Выручка с НДС, 01.01.2026–20.11.2026 (1C:ERP). Год назад: 01.01.2025–20.11.2025.");
  });

  it("marks the month that is not over, and labels both years' months without a year", async () => {
    const answer = await report({ from: "2026-01-01" });
    const { chart } = block(answer, "chart");
    expect(chart.labels.slice(0, 2)).toEqual(["янв", "фев"]);
    expect(chart.labels.at(-1)).toBe("ноя\nпо 20.11");
    expect(block(answer, "table").table.rows.at(-2)?.[0]).toBe("ноябрь 2026, по 20.11");
    const english = await report({ from: "2026-09-15", to: "2026-10-31", step: "month" }, turnWith([stand], { language: "en" }));
    expect(block(english, "table").table.rows[0]?.[0]).toBe("September 2026, from 15 Sep");
    expect(block(english, "chart").chart.language).toBe("en");
    // Thirteen months hold November twice.
    expect(block(await report({}), "chart").chart.labels[0]).toBe("ноя 25");
  });

  it("names the days that each column of a breakdown compares with", async () => {
    const { table, caption } = block(await report({ from: "2026-10-01", to: "2026-11-20", by: "region" }), "table");
    expect(caption).toContain("Предыдущий период: 01.07.2026–20.08.2026. Год назад: 01.10.2025–20.11.2025.");
    expect(table.columns.map(({ name }) => name)).toEqual(["Регион", "Выручка с НДС", "Доля, %", "К предыдущему, %", "К прошлому году, %"]);
    const yearSoFar = block(await report({ from: "2026-01-01", by: "region" }), "table").table;
    expect(yearSoFar.columns.map(({ name }) => name)).toEqual(["Регион", "Выручка с НДС", "Доля, %", "К прошлому году, %"]);
    expect(yearSoFar.rows.every((row) => row.length === 4)).toBe(true);
  });

  it("calls a week by its own gender", async () => {
    const { forModel } = await report({ from: "2026-10-05", to: "2026-11-01", step: "week" });
    expect(forModel).toMatch(/Лучшая — неделя с [\d.]+ \(.*\), худшая — неделя с/);
    expect(forModel).toContain("Неделя с 26.10.2026 против предыдущей (неделя с 19.10.2026)");
  });

  it("names best and worst among whole months only", async () => {
    const { forModel } = await report({ from: "2026-01-01" });
    const byMonth = [
      ...sumBy(
        sold.filter(({ day }) => day >= "2026-01-01" && day < "2026-11-01"),
        ({ day }) => day.slice(0, 7),
        (line) => line.sum,
      ),
    ].toSorted((a, b) => b[1] - a[1]);
    expect(forModel).toContain(`(${rubles(byMonth[0]?.[1] ?? 0)}), худший`);
    expect(forModel).toContain(rubles(byMonth.at(-1)?.[1] ?? 0));
  });

  it("draws both years with the days they stand for, and says in the caption which figures these are", async () => {
    const chart = block(await report({}), "chart");
    expect(chart.caption).toBe("Выручка с НДС, 01.11.2025–20.11.2026 (1C:ERP)");
    expect(chart.chart).toMatchObject({ kind: "line", along: "time", unit: "₽" });
    expect(chart.chart.labels).toHaveLength(13);
    expect(chart.chart.series.map(({ name }) => name)).toEqual(["01.11.2025–20.11.2026", "Год назад: 01.11.2024–20.11.2025"]);
    expect(chart.chart.series[0]?.values[0]).toBe(money(sum("2025-11-01", "2025-11-30")));
    expect(chart.chart.series[1]?.values.at(-1)).toBe(money(sum("2025-11-01", "2025-11-20")));
  });

  it("puts a row a month and the exact total into the table", async () => {
    const { table } = block(await report({ from: "2026-01-01", to: "2026-03-31", step: "month" }), "table");
    expect(table.columns[1]).toEqual({ name: "Выручка с НДС", type: "money", unit: "RUB" });
    expect(table.rows.map((row) => row.slice(0, 3))).toEqual([
      ["январь 2026", money(sum("2026-01-01", "2026-01-31")), money(sum("2025-01-01", "2025-01-31"))],
      ["февраль 2026", money(sum("2026-02-01", "2026-02-28")), money(sum("2025-02-01", "2025-02-28"))],
      ["март 2026", money(sum("2026-03-01", "2026-03-31")), money(sum("2025-03-01", "2025-03-31"))],
      ["Итого", money(sum("2026-01-01", "2026-03-31")), money(sum("2025-01-01", "2025-03-31"))],
    ]);
  });

  it("breaks down into the largest and the others, which add up to the total", async () => {
    const period = { from: "2026-07-01", to: "2026-09-30" };
    const answer = await report({ ...period, by: "customer", top: 5 });
    const { rows } = block(answer, "table").table;
    const truth = [
      ...sumBy(
        sold.filter(({ day }) => day >= period.from && day <= period.to),
        ({ customer }) => customer,
        (line) => line.sum,
      ),
    ].toSorted((a, b) => b[1] - a[1]);
    expect(rows.slice(0, 5).map(([name, value]) => [name, value])).toEqual(
      truth.slice(0, 5).map(([name, kopecks]) => [name, money(kopecks)]),
    );
    expect(rows[5]?.[0]).toBe(`Прочие (${truth.length - 5})`);
    const parts = rows.slice(0, 6).reduce((total, row) => total + Math.round(Number(row[1]) * 100), 0);
    expect(rows[6]?.slice(0, 2)).toEqual(["Итого", money(parts)]);
    expect(parts).toBe(sum(period.from, period.to));
    expect(block(answer, "chart").chart).toMatchObject({ kind: "bar", along: "category", labels: truth.slice(0, 5).map(([name]) => name) });
  });

  it("stacks the parts over time when steps are asked for", async () => {
    const { chart } = block(await report({ from: "2026-01-01", to: "2026-06-30", by: "item", step: "month" }), "chart");
    expect(chart).toMatchObject({ kind: "stacked", along: "time" });
    expect(chart.series.length).toBeLessThanOrEqual(8);
    const january = chart.series.reduce((total, { values }) => total + Math.round(Number(values[0]) * 100), 0);
    expect(january).toBe(sum("2026-01-01", "2026-01-31"));
  });

  it("understands names in any case, and takes a group where one bears the word", async () => {
    const { forModel } = await report({
      where: [
        { split: "item", text: "насосов" },
        { split: "customer", text: "Ромашке" },
      ],
    });
    expect(forModel).toContain("группа: Насосы, клиент: Ромашка");
    expect(forModel).toContain(rubles(sum("2025-11-01", "2026-11-20", (line) => line.group === "Насосы" && line.customer === "Ромашка")));
  });

  it("adds up two customers and takes a printed ref for what it names", async () => {
    const [vector] = await base.erp.members("customer", "Вектор");
    const answer = await report({
      where: [
        { split: "customer", text: "Ромашка" },
        { split: "customer", text: `onec-erp:customer:${vector?.id}` },
      ],
      compare: false,
    });
    expect(answer.forModel).toContain(
      rubles(sum("2025-11-01", "2026-11-20", ({ customer }) => customer === "Ромашка" || customer === "Вектор")),
    );
    expect(answer.forModel).not.toContain("год назад");
  });

  it("counts orders and says what they are worth", async () => {
    const { forModel } = await report({ measure: "orders", from: "2026-10-01", to: "2026-10-31" });
    expect(forModel).toMatch(/Заказы клиентов, 01\.10\.2026–31\.10\.2026: \d+ заказ(а|ов)? .*На сумму [\d\s]+,\d\d\s₽/);
  });

  it("takes a period that reaches beyond today up to today, and says so", async () => {
    const { forModel } = await report({ from: "2026-11-01", to: "2026-11-30" });
    expect(forModel).toContain("Период взят по сегодня, 20.11.2026.");
    expect(forModel).toContain("(01.10.2026–20.10.2026)");
  });

  it("attaches a workbook with every line and what was asked", async () => {
    const file = block(
      await report({ from: "2026-07-01", to: "2026-09-30", by: "customer", top: 3, spreadsheet: true, chart: false }),
      "file",
    );
    expect(file.name).toBe("revenue-2026-07-01-2026-09-30.xlsx");
    const book = new excel.Workbook();
    await book.xlsx.load(file.bytes.buffer as ArrayBuffer);
    const sheet = book.worksheets[0];
    const customers = new Set(sold.filter(({ day }) => day >= "2026-07-01" && day <= "2026-09-30").map(({ customer }) => customer)).size;
    expect(sheet?.getCell("A1").value).toContain("Выручка с НДС по клиентам, 01.07.2026–30.09.2026");
    expect(sheet?.getCell("A2").value).toBe("Предыдущий период: 01.04.2026–30.06.2026. Год назад: 01.07.2025–30.09.2025.");
    expect(sheet?.rowCount).toBe(5 + customers + 1);
  });

  it("speaks English to who speaks it, and keeps the system's own name of the measure", async () => {
    const { forModel } = await report({ from: "2026-10-01", to: "2026-10-31", step: "month" }, turnWith([stand], { language: "en" }));
    expect(forModel).toMatch(
      /^Revenue \(“Выручка с НДС”\), 1 Oct 2026 – 31 Oct 2026: ₽[\d,]+\.\d\d \(1C:ERP\)\. Against the period before/,
    );
    expect(forModel).not.toMatch(/[а-я]{3,} [а-я]{3,} [а-я]{3,}/i);
  });
});

describe("a question that cannot be answered as it stands", () => {
  it("is put back with the nearest names to choose from", async () => {
    const answer = await report({ where: [{ split: "warehouse", text: "склад Волгаград" }] });
    expect(answer.asked).toBe(true);
    const choice = block(answer, "choice");
    expect(choice.options.map(({ label }) => label)).toContain("Склад «Волга»");
    expect(choice.options[0]?.says).toMatch(/^onec-erp:warehouse:[0-9a-f-]{36}$/);
  });

  it("names what was looked for when nothing resembles it", async () => {
    const answer = await report({ where: [{ split: "customer", text: "Зюзюкин и сыновья" }] });
    expect(answer).toMatchObject({ asked: true, forModel: "В «1C:ERP» не найдено: клиент «Зюзюкин и сыновья»." });
  });

  it("says by what the measure can be split", async () => {
    expect((await report({ measure: "orders", by: "warehouse" })).forModel).toBe(
      "Показатель «Заказы клиентов» нельзя посчитать по складам. Можно: по клиентам, по регионам.",
    );
  });

  it("says what was searched when there is nothing", async () => {
    const answer = await report({ from: "2020-01-01", to: "2020-12-31" });
    expect(answer.forModel).toMatch(/Выручка с НДС, 01\.01\.2020–31\.12\.2020: в «1C:ERP» ничего не найдено/);
    expect(answer.forPerson).toEqual([]);
  });

  it("asks the base nothing about the future, a reversed period or ten thousand points", async () => {
    const before = base.server.counters().requests;
    expect((await report({ from: "2027-01-01" })).forModel).toContain("ещё не наступил");
    expect((await report({ from: "2026-05-01", to: "2026-04-01" })).forModel).toContain("позже его конца");
    expect((await report({ from: "2000-01-01", step: "day" })).forModel).toContain("Слишком мелкий шаг");
    expect(base.server.counters().requests).toBe(before);
  });

  it("takes no field that it does not know", () => {
    expect(salesReport.input.safeParse({ measure: "profit" }).success).toBe(false);
    expect(salesReport.input.safeParse({ system: "x" }).success).toBe(false);
    expect(salesReport.input.safeParse({ from: "2026-02-30" }).success).toBe(false);
  });
});

describe("several ERPs", () => {
  it("have a section each", async () => {
    const answer = await report(
      { from: "2026-10-01", to: "2026-10-31" },
      turnWith([stand, { ...stand, system: "onec-erp.kazan", title: "1C Казань" }]),
    );
    expect(answer.forModel).toContain("(«1C:ERP»)");
    expect(answer.forModel).toContain("(«1C Казань»)");
    expect(answer.forPerson?.filter(({ kind }) => kind === "table")).toHaveLength(2);
  });

  it("answer without the one that failed, which is named", async () => {
    const down = {
      ...stand,
      title: "1C Казань",
      erp: { ...base.erp, measures: () => Promise.reject(new SystemUnavailable("down", { system: "onec-erp.kazan" })) },
    };
    const answer = await report({ from: "2026-10-01", to: "2026-10-31" }, turnWith([stand, down]));
    expect(answer.forModel).toContain("(«1C:ERP»)");
    expect(answer.missing?.map(({ system }) => system)).toEqual(["1C Казань"]);
  });

  it("all failing, or refusing, fail the report with the reason", async () => {
    const denied = new AccessDenied("not yours", { system: "onec-erp" });
    await expect(report({}, turnWith([], { failed: [denied] }))).rejects.toBe(denied);
    expect((await report({}, turnWith([]))).forModel).toContain("Не подключено ни одной учётной системы");
  });
});
