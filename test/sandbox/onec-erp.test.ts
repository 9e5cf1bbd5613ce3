import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCompany } from "../../src/sandbox/company.js";
import { type OnecErpServer, startOnecErp } from "../../src/sandbox/onec-erp/index.js";
import { createSales } from "../../src/sandbox/sales.js";

type Row = Record<string, unknown>;
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly rows: Row[];
  readonly body: Row;
}

const company = createCompany({ anchor: "2026-11-20" });
const sales = createSales(company);
const AUTHORIZATION = `Basic ${Buffer.from("Обмен:секрет", "utf8").toString("base64")}`;
const SALES = "AccumulationRegister_ВыручкаИСебестоимостьПродаж";
let erp: OnecErpServer;

beforeAll(async () => {
  erp = await startOnecErp({
    company,
    sales: () => sales,
    user: "Обмен",
    password: "секрет",
    now: () => new Date("2026-11-20T09:00:00Z"),
    unpublished: ["Catalog_Валюты"],
  });
});
afterAll(() => erp.close());

/** Encodes as the sheet says: every segment and every value by itself, a space as %20. */
async function get(path: string, query: Record<string, string> = {}, authorization = AUTHORIZATION): Promise<Answer> {
  const options = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return await read(`${erp.url}/odata/standard.odata/${encoded}?${["$format=json", ...options].join("&")}`, authorization);
}

async function read(url: string, authorization = AUTHORIZATION): Promise<Answer> {
  const response = await fetch(url, { headers: { authorization } });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const body = isJson ? (JSON.parse(text) as Row) : {};
  return { status: response.status, headers: response.headers, text, body, rows: (body.value as Row[] | undefined) ?? [] };
}

const refusal = ({ status, body }: Answer): [number, string] => [status, (body["odata.error"] as { code: string }).code];
const turnovers = (from: string, to: string, dimensions: string, condition?: string) =>
  `${SALES}/Turnovers(StartPeriod=datetime'${from}T00:00:00',EndPeriod=datetime'${to}T23:59:59',Dimensions='${dimensions}'${condition === undefined ? "" : `,Condition='${condition}'`})`;

describe("the sandbox's 1C: signing in", () => {
  it("takes a Cyrillic login in UTF-8 and answers others with the web server's page", async () => {
    expect((await get("Catalog_Склады")).status).toBe(200);
    const wrong = await get("Catalog_Склады", {}, `Basic ${Buffer.from("Обмен:нет", "utf8").toString("base64")}`);
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("content-type")).toContain("text/html");
    expect(wrong.headers.get("www-authenticate")).toContain("Basic");
    const cp1251 = Buffer.from([0xce, 0xe1, 0xec, 0xe5, 0xed, 0x3a, 0xf1, 0xe5, 0xea, 0xf0, 0xe5, 0xf2]).toString("base64");
    expect((await get("Catalog_Склады", {}, `Basic ${cp1251}`)).status).toBe(401);
  });

  it("ignores a wish for a session", async () => {
    const response = await fetch(`${erp.url}/odata/standard.odata/?$format=json`, {
      headers: { authorization: AUTHORIZATION, ibsession: "start" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("set-cookie")).toBeNull();
  });
});

describe("the sandbox's 1C: what is published", () => {
  it("lists its sets and nothing that the administrator left out", async () => {
    const names = (await get("")).rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["Catalog_Номенклатура", "Document_ЗаказКлиента_Товары", SALES, `${SALES}_RecordType`]));
    expect(names).not.toContain("Catalog_Валюты");
    expect(refusal(await get("Catalog_Валюты"))).toEqual([404, "8"]);
    expect(refusal(await get("Catalog_НетТакого"))).toEqual([404, "8"]);
  });

  it("describes them in $metadata, functions bound by the type of bindingParameter", async () => {
    const { status, headers, text } = await read(`${erp.url}/odata/standard.odata/$metadata`);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toContain("xml");
    expect(text).toContain('<EntityType Name="Catalog_Партнеры">');
    expect(text).toContain('<EnumType Name="СтатусыПланов">');
    expect(text).toMatch(
      new RegExp(
        `<FunctionImport Name="Turnovers" IsBindable="true"[^>]*><Parameter Name="bindingParameter" Type="StandardODATA.${SALES}"/>`,
      ),
    );
    expect(text).not.toMatch(
      new RegExp(`<FunctionImport Name="Balance"[^>]*><Parameter Name="bindingParameter" Type="StandardODATA.${SALES}"/>`),
    );
    expect(text).not.toContain('Catalog_Валюты"');
    expect(text).not.toContain("____Presentation");
  });

  it("answers Atom XML to those who do not ask for JSON", async () => {
    const { headers, text } = await read(
      `${erp.url}/odata/standard.odata/${encodeURIComponent("Catalog_Склады")}?$top=1&$inlinecount=allpages`,
    );
    expect(headers.get("content-type")).toContain("application/atom+xml");
    expect(text).toContain("<m:count>4</m:count>");
    const missing = await read(`${erp.url}/odata/standard.odata/Catalog_X`);
    expect(missing.text).toContain("<m:code>8</m:code>");
  });
});

describe("the sandbox's 1C: reading sets", () => {
  it("filters with the operators and functions of the platform", async () => {
    const names = async (filter: string) =>
      (await get("Catalog_Номенклатура", { $filter: filter, $select: "Description,Code" })).rows.map(({ Description }) => Description);
    expect(await names("Code eq 'УТ-00000001'")).toEqual([sales.items[0]?.name]);
    expect(await names("substringof('насос', Description) eq true and IsFolder eq false")).toHaveLength(16);
    expect(await names("startswith(Description, 'Кабель') and not (IsFolder eq true)")).toHaveLength(12);
    expect(await names("like(Description, 'Труба%50 мм')")).toHaveLength(3);
    expect(await names("DeletionMark eq true")).toEqual(["Лампа накаливания 60 Вт"]);
    expect(await names("ВидНоменклатуры/Description eq 'Насосы' and concat(Code, '!') eq 'УТ-00000137!'")).toHaveLength(1);
    expect(await names("endswith(Description, 'O''Neil')")).toEqual([]);
  });

  it("filters documents by dates, by lines and by references of several types", async () => {
    const count = async (set: string, filter: string) =>
      Number((await get(set, { $filter: filter, $inlinecount: "allpages", $top: "1" })).body["odata.count"]);
    const inOctober = sales.shipments.filter(({ at }) => at.startsWith("2026-10")).length;
    expect(await count("Document_РеализацияТоваровУслуг", "year(Date) eq 2026 and month(Date) eq 10")).toBe(inOctober);
    expect(
      await count("Document_РеализацияТоваровУслуг", "Date ge datetime'2026-10-01T00:00:00' and Date lt datetime'2026-11-01T00:00:00'"),
    ).toBe(inOctober);
    expect(
      await count("Document_РеализацияТоваровУслуг", "quarter(Date) eq 4 and dateadd(Date,'month',1) ge datetime'2026-11-01T00:00:00'"),
    ).toBeGreaterThanOrEqual(inOctober);
    expect(await count("Document_ЗаказКлиента", "Товары/any(d: d/Отменено eq true)")).toBe(
      sales.orders.filter(({ lines }) => lines.some(({ cancelled }) => cancelled)).length,
    );
    const { rows } = await get(`${SALES}_RecordType`, { $top: "1", $filter: "isof(ЗаказКлиента, 'Document_ЗаказКлиента')" });
    const order = rows[0]?.ЗаказКлиента as string;
    expect(await count(`${SALES}_RecordType`, `ЗаказКлиента eq cast(guid'${order}', 'Document_ЗаказКлиента')`)).toBeGreaterThan(0);
    expect(await count(`${SALES}_RecordType`, `ЗаказКлиента eq guid'${order}'`)).toBe(0);
  });

  it("refuses what the platform lacks and what cannot be parsed", async () => {
    const filter = async (text: string) => refusal(await get("Catalog_Партнеры", { $filter: text }));
    for (const absent of [
      "contains(Description,'а')",
      "tolower(Description) eq 'а'",
      "length(Description) eq 1",
      "Code in ('1')",
      "Description eq",
      "(Code eq '1'",
    ]) {
      expect(await filter(absent)).toEqual([400, "14"]);
    }
    expect(await filter("НетТакого eq 1")).toEqual([400, "6"]);
    expect(await filter("Ref_Key eq guid'1'")).toEqual([400, "1"]);
    expect(await filter("substringof('а', Ref_Key)")).toEqual([500, "-1"]);
    expect(refusal(await get("Catalog_Партнеры", { $select: "НетТакого" }))).toEqual([400, "6"]);
    expect(refusal(await get("Catalog_Партнеры", { $orderby: "НетТакого" }))).toEqual([400, "6"]);
    expect(refusal(await get("Catalog_Партнеры", { $expand: "НетТакого" }))).toEqual([400, "6"]);
    expect(refusal(await get("Catalog_Партнеры", { $search: "Ромашка" }))).toEqual([400, "0"]);
    expect(refusal(await get("Document_ПланПродаж", { $expand: "Товары/Номенклатура" }))).toEqual([400, "0"]);
  });

  it("takes a plus in the query for a plus", async () => {
    const { status } = await read(
      `${erp.url}/odata/standard.odata/${encodeURIComponent("Catalog_Партнеры")}?$format=json&$filter=Description+eq+'${encodeURIComponent("Ромашка")}'`,
    );
    expect(status).toBe(400);
  });

  it("gives names instead of guids where presentations are asked for", async () => {
    const { rows } = await get("Catalog_Партнеры", { $filter: "Description eq 'Ромашка'", $select: "*,*____Presentation" });
    expect(rows[0]).toMatchObject({
      Description: "Ромашка",
      БизнесРегион____Presentation: "Москва",
      ОсновнойМенеджер____Presentation: "Анна Ковалёва",
    });
    const one = await get("Document_ПланПродаж", { $top: "1", $select: "Ref_Key,Presentation" });
    expect(one.rows[0]?.Presentation).toBe("План продаж 00ПП-000001 от 01.08.2026 0:00:00");
    expect((await get("Catalog_Партнеры", { $top: "1" })).rows[0]).not.toHaveProperty("БизнесРегион____Presentation");
  });

  it("expands a navigation only when $select names it too", async () => {
    const query = { $top: "1", $expand: "БизнесРегион" };
    expect((await get("Catalog_Партнеры", { ...query, $select: "Description,БизнесРегион/Description" })).rows[0]).toMatchObject({
      БизнесРегион: { Description: "Москва" },
    });
    expect((await get("Catalog_Партнеры", { ...query, $select: "Description" })).rows[0]).not.toHaveProperty("БизнесРегион");
    expect((await get("Catalog_Партнеры", query)).rows[0]).toMatchObject({ БизнесРегион: { Description: "Москва" } });
  });

  it("leaves out tabular parts for ** and cuts them to columns by path", async () => {
    expect((await get("Document_ПланПродаж", { $top: "1", $select: "**" })).rows[0]).not.toHaveProperty("Товары");
    const { rows } = await get("Document_ПланПродаж", { $top: "1", $select: "Number,Товары/Количество" });
    const [line] = (rows[0]?.Товары ?? []) as Row[];
    expect(Object.keys(line ?? {})).toEqual(["Количество"]);
  });

  it("counts as text with a byte order mark, as a string, and still honours $top", async () => {
    const response = await fetch(`${erp.url}/odata/standard.odata/${encodeURIComponent("Catalog_Склады")}/$count`, {
      headers: { authorization: AUTHORIZATION },
    });
    expect([...new Uint8Array(await response.arrayBuffer())].slice(0, 3)).toEqual([0xef, 0xbb, 0xbf]);
    const { body, rows } = await get("Catalog_Склады", { $inlinecount: "allpages", $top: "2" });
    expect(body["odata.count"]).toBe("4");
    expect(rows).toHaveLength(2);
  });

  it("writes Int64 as strings and dates without a zone", async () => {
    const { rows } = await get("Document_ЗаказКлиента_Товары", { $top: "1" });
    expect(rows[0]?.LineNumber).toBe("1");
    expect((await get("Document_ЗаказКлиента", { $top: "1" })).rows[0]?.Date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  });

  it("reads one entity by its guid, by a composite key, and a property behind a reference", async () => {
    const [partner] = (await get("Catalog_Партнеры", { $top: "1" })).rows;
    const path = `Catalog_Партнеры(guid'${partner?.Ref_Key as string}')`;
    expect((await get(path)).body).toMatchObject({ Description: "Ромашка" });
    expect((await get(`${path}/БизнесРегион/Description`)).body).toMatchObject({ value: "Москва" });
    expect(refusal(await get("Catalog_Партнеры(guid'11111111-1111-1111-1111-111111111111')"))).toEqual([404, "9"]);
    expect(refusal(await get("Catalog_Партнеры(guid'мимо')"))).toEqual([400, "1"]);
    expect(refusal(await get(path, { $expand: "БизнесРегион" }))).toEqual([400, "0"]);
    const [rate] = (await get("InformationRegister_КурсыВалют", { $top: "1" })).rows;
    const key = `Period=datetime'${rate?.Period as string}',Валюта_Key=guid'${rate?.Валюта_Key as string}'`;
    expect((await get(`InformationRegister_КурсыВалют(${key})`)).body.Курс).toBe(rate?.Курс);
    expect(refusal(await get(`InformationRegister_КурсыВалют(Период=datetime'2026-01-01T00:00:00')`))).toEqual([400, "7"]);
  });

  it("gives short pages under load while the count stays whole", async () => {
    erp.shortenPages(100);
    const { rows, body } = await get("Catalog_Партнеры", { $top: "1000", $inlinecount: "allpages", $orderby: "Ref_Key" });
    erp.shortenPages(undefined);
    expect(rows).toHaveLength(100);
    expect(Number(body["odata.count"])).toBeGreaterThan(300);
  });

  it("refuses a selection with a forbidden row unless only allowed ones are asked for", async () => {
    erp.store.forbidden.set("Catalog_Склады", ({ Description }) => Description === "Склад «Урал»");
    expect(refusal(await get("Catalog_Склады"))).toEqual([401, "20"]);
    expect((await get("Catalog_Склады", { allowedOnly: "true" })).rows).toHaveLength(3);
    expect((await get("Catalog_Склады", { $filter: "Description eq 'Основной склад'" })).rows).toHaveLength(1);
    erp.store.forbidden.clear();
  });
});

describe("the sandbox's 1C: virtual tables", () => {
  it("sums sales to the kopeck of the documents behind them", async () => {
    const documents = await get("Document_РеализацияТоваровУслуг", {
      $filter: "Date ge datetime'2026-10-01T00:00:00' and Date le datetime'2026-10-31T23:59:59'",
      $select: "СуммаДокумента",
    });
    const shipped = documents.rows.reduce((sum, row) => sum + Math.round((row.СуммаДокумента as number) * 100), 0);
    for (const dimensions of ["Склад", "АналитикаУчетаНоменклатуры", "АналитикаУчетаПоПартнерам,Менеджер"]) {
      const { rows } = await get(turnovers("2026-10-01", "2026-10-31", dimensions));
      expect(rows.reduce((sum, row) => sum + Math.round((row.СуммаВыручкиTurnover as number) * 100), 0)).toBe(shipped);
    }
    const expected = sales.shipments.filter(({ at }) => at.startsWith("2026-10")).reduce((sum, { total }) => sum + total, 0);
    expect(shipped).toBe(expected);
  });

  it("narrows by a condition with doubled quotes, and by $filter", async () => {
    const [warehouse] = (await get("Catalog_Склады", { $filter: "Description eq 'Основной склад'" })).rows;
    const key = warehouse?.Ref_Key as string;
    const all = (await get(turnovers("2026-10-01", "2026-10-31", "Склад"))).rows.find(({ Склад_Key }) => Склад_Key === key);
    expect((await get(turnovers("2026-10-01", "2026-10-31", "Склад", `Склад_Key eq guid''${key}''`))).rows).toEqual([all]);
    expect((await get(turnovers("2026-10-01", "2026-10-31", "Склад"), { $filter: `Склад_Key eq guid'${key}'` })).rows).toEqual([all]);
    expect((await get(turnovers("2026-10-01", "2026-10-31", "Склад", `Склад_Key eq guid'${key}'`))).status).toBe(400);
  });

  it("takes single inner quotes instead where the base is of that kind", async () => {
    const other = await startOnecErp({
      company,
      sales: () => sales,
      user: "a",
      password: "b",
      now: () => new Date("2026-11-20T09:00:00Z"),
      conditionQuotes: "single",
    });
    const path = (inner: string) =>
      encodeURIComponent(
        `Turnovers(StartPeriod=datetime'2026-10-01T00:00:00',EndPeriod=datetime'2026-10-31T23:59:59',Condition='${inner}',Dimensions='Склад')`,
      );
    const ask = async (inner: string) =>
      (
        await fetch(`${other.url}/odata/standard.odata/${encodeURIComponent(SALES)}/${path(inner)}?$format=json`, {
          headers: { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` },
        })
      ).status;
    expect(await ask("Склад_Key eq guid'6771db24-2222-11f1-8000-000000000001'")).toBe(200);
    expect(await ask("Склад_Key eq guid''6771db24-2222-11f1-8000-000000000001''")).toBe(400);
    await other.close();
  });

  it("expands keys of analytics to the items behind them", async () => {
    const { rows } = await get(turnovers("2026-10-01", "2026-10-31", "АналитикаУчетаНоменклатуры"), {
      $expand: "АналитикаУчетаНоменклатуры/Номенклатура",
      $select: "СуммаВыручкиTurnover,АналитикаУчетаНоменклатуры/Номенклатура/Description",
      $top: "1",
    });
    const [row = {}] = rows;
    const { Номенклатура: item } = row.АналитикаУчетаНоменклатуры as { Номенклатура: Row };
    expect(sales.items.map(({ name }) => name)).toContain(item.Description);
  });

  it("has more than one key for some items, which a reader has to add up", async () => {
    const { rows } = await get("Catalog_КлючиАналитикиУчетаНоменклатуры", { $select: "Номенклатура_Key" });
    expect(rows.length).toBeGreaterThan(new Set(rows.map(({ Номенклатура_Key }) => Номенклатура_Key)).size);
  });

  it("keeps stock equal to what came in minus what went out", async () => {
    const { rows } = await get("AccumulationRegister_ТоварыНаСкладах/Balance(Dimensions='Номенклатура')");
    const came = [...sales.openings, ...sales.purchases].flatMap<{ quantity: number }>(({ lines }) => [...lines]);
    const went = sales.shipments.flatMap(({ lines }) => lines);
    const total = (lines: readonly { quantity: number }[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(rows.reduce((sum, row) => sum + (row.ВНаличииBalance as number), 0)).toBe(total(came) - total(went));
    const free = await get("AccumulationRegister_СвободныеОстатки/Balance(Dimensions='Номенклатура,Склад')");
    expect(free.rows.some((row) => (row.ВРезервеСоСкладаBalance as number) > 0)).toBe(true);
    expect((await get("AccumulationRegister_ГрафикПоступленияТоваров/Balance()")).rows.length).toBeGreaterThan(5);
  });

  it("shows a balance as of the beginning of the moment", async () => {
    const at = async (moment: string) =>
      (await get(`AccumulationRegister_ТоварыНаСкладах/Balance(Period=datetime'${moment}')`)).rows.reduce(
        (sum, row) => sum + (row.ВНаличииBalance as number),
        0,
      );
    expect(await at("2023-12-01T00:00:00")).toBe(0);
    expect(await at("2023-12-01T00:00:01")).toBeGreaterThan(0);
  });

  it("knows who owes how much, to the kopeck", async () => {
    const { rows } = await get("AccumulationRegister_РасчетыСКлиентамиПланОплат/Balance(Dimensions='АналитикаУчетаПоПартнерам')");
    const owed = rows.reduce((sum, row) => sum + Math.round((row.КОплатеBalance as number) * 100), 0);
    const sent = sales.shipments.reduce((sum, { total }) => sum + total, 0);
    expect(owed).toBe(sent - sales.payments.reduce((sum, { amount }) => sum + amount, 0));
  });

  it("balances opening, turnover and closing", async () => {
    const { rows } = await get(
      "AccumulationRegister_ТоварыНаСкладах/BalanceAndTurnovers(StartPeriod=datetime'2026-10-01T00:00:00',EndPeriod=datetime'2026-10-31T23:59:59',Dimensions='Склад')",
    );
    expect(rows).toHaveLength(4);
    for (const row of rows) {
      const value = (column: string) => row[`ВНаличии${column}`] as number;
      expect(value("OpeningBalance") + value("Receipt") - value("Expense")).toBe(value("ClosingBalance"));
      expect(value("Receipt") - value("Expense")).toBe(value("Turnover"));
    }
  });

  it("has no balance of turnovers, no unknown dimension and no unknown parameter", async () => {
    expect(refusal(await get(`${SALES}/Balance()`))).toEqual([400, "6"]);
    expect(refusal(await get(turnovers("2026-10-01", "2026-10-31", "Погода")))).toEqual([400, "6"]);
    expect((await get(`${SALES}/Turnovers(StartDate=datetime'2026-10-01T00:00:00')`)).status).toBe(400);
  });

  it("slices the last prices", async () => {
    const { rows } = await get(
      "InformationRegister_ЦеныНоменклатуры_RecordType/SliceLast(Condition='ВидЦены/Description eq ''Розничная''')",
    );
    expect(rows).toHaveLength(200);
    expect(new Set(rows.map(({ Period }) => Period))).toEqual(new Set(["2026-06-01T00:00:00"]));
  });
});
