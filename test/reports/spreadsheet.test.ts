import excel from "exceljs";
import { describe, expect, it } from "vitest";
import type { Table } from "../../src/domain/numbers.js";
import { type Sheet, toSpreadsheet } from "../../src/reports/spreadsheet.js";

async function open(sheets: readonly Sheet[], language: "ru" | "en" = "ru"): Promise<excel.Workbook> {
  const book = new excel.Workbook();
  const bytes = await toSpreadsheet(sheets, { language });
  await book.xlsx.load(bytes.buffer as ArrayBuffer);
  return book;
}

const table: Table = {
  columns: [
    { name: "Товар", type: "text" },
    { name: "Выручка", type: "money", unit: "RUB" },
    { name: "Количество", type: "decimal", unit: "шт" },
    { name: "День", type: "day" },
    { name: "Есть", type: "flag" },
  ],
  rows: [
    ["Насос", "1250000.50", "0.5", "2026-03-01", true],
    ["Клапан", "-10.00", null, "2026-03-02", false],
  ],
};

describe("a spreadsheet", () => {
  it("holds numbers and days as such, with formats a person knows", async () => {
    const sheet = (await open([{ name: "Продажи", table }])).getWorksheet("Продажи");
    expect(sheet?.getCell("B2").value).toBe(1250000.5);
    expect(sheet?.getCell("B2").numFmt).toBe('#,##0.00 "₽"');
    expect(sheet?.getCell("B3").value).toBe(-10);
    expect(sheet?.getCell("D2").value).toEqual(new Date("2026-03-01T00:00:00Z"));
    expect(sheet?.getCell("D2").numFmt).toBe("dd.mm.yyyy");
    expect((await open([{ name: "Sales", table }], "en")).getWorksheet("Sales")?.getCell("D2").numFmt).toBe("d mmm yyyy");
    expect(sheet?.getCell("E2").value).toBe(true);
    expect(sheet?.getCell("C3").value).toBeNull();
  });

  it("shows no bare point behind a whole number, and as many places as the column has", async () => {
    const numbers: Table = {
      columns: [
        { name: "Доля, %", type: "decimal" },
        { name: "Штук", type: "number" },
        { name: "Метров", type: "decimal" },
      ],
      rows: [
        ["23", 4, "0.5"],
        ["14.8", 5, "1.12345"],
      ],
    };
    const sheet = (await open([{ name: "x", table: numbers }])).worksheets[0];
    expect(["A2", "B2", "C2"].map((cell) => sheet?.getCell(cell).numFmt)).toEqual(["#,##0.0", "#,##0", "#,##0.000"]);
  });

  it("writes money as the chat does: the sign behind in Russian, before in English", async () => {
    expect((await open([{ name: "x", table }], "ru")).worksheets[0]?.getCell("B2").numFmt).toBe('#,##0.00 "₽"');
    expect((await open([{ name: "x", table }], "en")).worksheets[0]?.getCell("B2").numFmt).toBe('"₽"#,##0.00');
  });

  it("keeps the names of a wide table in sight as well", async () => {
    const wide: Table = { columns: Array.from({ length: 13 }, (_, at) => ({ name: `m${at}`, type: "decimal" as const })), rows: [] };
    expect((await open([{ name: "x", table: wide }])).worksheets[0]?.views[0]).toMatchObject({ xSplit: 1, ySplit: 1 });
    expect((await open([{ name: "x", table }])).worksheets[0]?.views[0]).toMatchObject({ xSplit: 0 });
  });

  it("keeps its head in sight, below the notes that say what was asked", async () => {
    const sheet = (await open([{ name: "Продажи", table, notes: ["Выручка, 01.03.2026–02.03.2026", "Источник: 1C"] }])).getWorksheet(
      "Продажи",
    );
    expect(sheet?.getCell("A1").value).toBe("Выручка, 01.03.2026–02.03.2026");
    expect(sheet?.getCell("A4").value).toBe("Товар");
    expect(sheet?.getCell("A4").font?.bold).toBe(true);
    expect(sheet?.views[0]).toMatchObject({ state: "frozen", ySplit: 4 });
    expect(sheet?.getColumn(2).width).toBeGreaterThan(12);
  });

  it.each(["=1+1", "+7 900 000-00-01", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://example.com","x")'])(
    "runs no formula of %j",
    async (text) => {
      const sheet = (await open([{ name: text, table: { columns: [{ name: text, type: "text" }], rows: [[text]] }, notes: [text] }]))
        .worksheets[0];
      for (const cell of ["A1", "A3", "A4"]) {
        expect(sheet?.getCell(cell).type, cell).toBe(excel.ValueType.String);
        expect(sheet?.getCell(cell).text[0], cell).toBe("'");
      }
    },
  );

  it("writes a number that a float would round as text, digit for digit", async () => {
    const sheet = (
      await open([{ name: "x", table: { columns: [{ name: "Сумма", type: "money", unit: "RUB" }], rows: [["90071992547409931.12"]] } }])
    ).worksheets[0];
    expect(sheet?.getCell("A2").value).toBe("90071992547409931.12");
  });

  it("takes any name for a sheet, and one name twice", async () => {
    const empty: Table = { columns: [{ name: "a", type: "text" }], rows: [] };
    const names = ["Отчёт: продажи/закупки [2026]?*", "x".repeat(40), "x".repeat(40), "", "'"].map((name) => ({ name, table: empty }));
    const book = await open(names);
    expect(book.worksheets).toHaveLength(5);
    expect(book.worksheets.every(({ name }) => name.length <= 31 && !/[[\]:*?/\\]/.test(name))).toBe(true);
  });
});
