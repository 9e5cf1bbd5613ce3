import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCompany } from "../../src/sandbox/company.js";
import { type OnecErpServer, startOnecErp } from "../../src/sandbox/onec-erp/index.js";
import { createSales } from "../../src/sandbox/sales.js";

type Row = Record<string, unknown>;

const company = createCompany({ anchor: "2026-11-20" });
const sales = createSales(company);
const PLAN = "Document_ПланПродаж";
const KEY = "a3b1c2d4-1111-11f1-8000-0242ac110002";
let erp: OnecErpServer;

const start = (dir?: string) =>
  startOnecErp({ company, sales: () => sales, dir, user: "a", password: "b", now: () => new Date("2026-11-20T09:00:00Z") });
beforeAll(async () => {
  erp = await start();
});
afterAll(() => erp.close());

async function call(
  method: string,
  path: string,
  body?: unknown,
  server = erp,
): Promise<{ status: number; body: Row; location: string | null }> {
  const [resource = "", query = ""] = path.split("?");
  const encoded = resource.split("/").map(encodeURIComponent).join("/");
  const response = await fetch(`${server.url}/odata/standard.odata/${encoded}?$format=json&${query}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from("a:b").toString("base64")}`, "content-type": "application/json" },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Row), location: response.headers.get("location") };
}
const code = ({ body }: { body: Row }): string => (body["odata.error"] as { code: string }).code;
const item = async (): Promise<string> =>
  ((await call("GET", "Catalog_Номенклатура?$top=1&$filter=IsFolder%20eq%20false")).body.value as Row[])[0]?.Ref_Key as string;
const lines = (reference: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    LineNumber: String(at + 1),
    Номенклатура_Key: reference,
    Количество: 10 + at,
    Цена: 100,
    Сумма: 1000 + at * 100,
  }));

describe("the sandbox's 1C: writing", () => {
  it("creates an object under the key of the caller and refuses the same key again", async () => {
    const plan = {
      Ref_Key: KEY,
      Статус: "ВПодготовке",
      НачалоПериода: "2027-01-01T00:00:00",
      Комментарий: "к".repeat(300),
      Товары: lines(await item(), 2),
      Неведомое: 1,
    };
    const created = await call("POST", PLAN, plan);
    expect(created.status).toBe(201);
    expect(created.location?.endsWith(`(guid'${KEY}')`)).toBe(true);
    expect(created.body).toMatchObject({
      Ref_Key: KEY,
      Posted: false,
      DataVersion: "AAAAAAAAAAA=",
      Date: "2026-11-20T12:00:00",
      Статус: "ВПодготовке",
    });
    expect(created.body).not.toHaveProperty("Неведомое");
    expect(created.body.Комментарий).toHaveLength(200);
    const again = await call("POST", PLAN, plan);
    expect([again.status, code(again)]).toEqual([400, "15"]);
    expect((await call("GET", `${PLAN}(guid'${KEY}')`)).body.Товары).toHaveLength(2);
  });

  it("changes named fields, replaces a tabular part, and counts the version up even without a change", async () => {
    const path = `${PLAN}(guid'${KEY}')`;
    const first = await call("PATCH", path, {
      Товары: lines(await item(), 1),
      Ref_Key: "11111111-1111-11f1-8000-000000000001",
      DataVersion: "AAAAAAAAAAk=",
    });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ Ref_Key: KEY, DataVersion: "AAAAAAAAAAE=" });
    expect(first.body.Товары).toHaveLength(1);
    expect((await call("PATCH", path, {})).body.DataVersion).toBe("AAAAAAAAAAI=");
  });

  it("refuses lines without numbers inside and lines that do not start at 1 as wrong", async () => {
    const path = `${PLAN}(guid'${KEY}')`;
    const none = await call("PATCH", path, { Товары: [{ Количество: 1 }] });
    const second = await call("PATCH", path, { Товары: [{ LineNumber: 2, Количество: 1 }] });
    expect([none.status, code(none), second.status]).toEqual([500, "-1", 400]);
    expect((await call("GET", path)).body.Товары).toHaveLength(1);
  });

  it("refuses values of a wrong type, and a body that is no JSON", async () => {
    const path = `${PLAN}(guid'${KEY}')`;
    const guid = await call("PATCH", path, { Сценарий_Key: "мимо" });
    const flag = await call("PATCH", path, { DeletionMark: "да" });
    const list = await call("PATCH", path, { Комментарий: ["а"] });
    const broken = await call("PATCH", path, "{");
    expect([guid, flag, list, broken].map((one) => [one.status, code(one)])).toEqual([
      [400, "1"],
      [400, "1"],
      [500, "-1"],
      [500, "-1"],
    ]);
  });

  it("keeps dangling references and drops values of a field that does not listen, both with 200", async () => {
    const one = `Catalog_Номенклатура(guid'${await item()}')`;
    const dangling = "22222222-2222-11f1-8000-000000000002";
    const { status, body } = await call("PATCH", one, { Производитель_Key: dangling, СрокГодности: "30" });
    expect([status, body.Производитель_Key, body.СрокГодности]).toEqual([200, dangling, "0"]);
  });

  it("posts a plan into its register and takes it out again", async () => {
    const path = `${PLAN}(guid'${KEY}')`;
    const planned = async () => {
      const rows = (await call("GET", "AccumulationRegister_ПланыПродаж_RecordType")).body.value as Row[];
      return rows.filter(({ Recorder_Key }) => Recorder_Key === KEY).length;
    };
    expect(await planned()).toBe(0);
    expect((await call("POST", `${path}/Post?PostingModeOperational=false`)).status).toBe(200);
    expect((await call("GET", path)).body.Posted).toBe(true);
    expect(await planned()).toBe(1);
    expect((await call("PATCH", path, { DeletionMark: true })).status).toBe(500);
    expect((await call("POST", `${path}/Unpost`)).status).toBe(200);
    expect(await planned()).toBe(0);
    expect((await call("PATCH", path, { DeletionMark: true })).status).toBe(200);
    const marked = await call("POST", `${path}/Post`);
    expect([marked.status, code(marked)]).toEqual([500, "-1"]);
  });

  it("refuses to post a plan without lines and documents of a closed period", async () => {
    const empty = await call("POST", PLAN, { Статус: "ВПодготовке" });
    const refused = await call("POST", `${PLAN}(guid'${empty.body.Ref_Key as string}')/Post`);
    expect([refused.status, code(refused)]).toEqual([500, "-1"]);
    const [old] = (await call("GET", "Document_РеализацияТоваровУслуг?$top=1&$orderby=Date")).body.value as Row[];
    expect((await call("POST", `Document_РеализацияТоваровУслуг(guid'${old?.Ref_Key as string}')/Unpost`)).status).toBe(500);
  });

  it("knows which methods belong where", async () => {
    const records = await call("POST", "AccumulationRegister_ПланыПродаж_RecordType", {});
    const part = await call("POST", `${PLAN}_Товары`, {});
    const set = await call("PATCH", PLAN, {});
    expect([records, part, set].map((one) => [one.status, code(one)])).toEqual([
      [405, "19"],
      [400, "13"],
      [405, "19"],
    ]);
    expect((await call("PATCH", `${PLAN}(guid'11111111-1111-11f1-8000-00000000dead')`, {})).status).toBe(404);
  });

  it("deletes at once and for good, without a mark", async () => {
    const { body } = await call("POST", "Catalog_Производители", { Description: "Временный" });
    const path = `Catalog_Производители(guid'${body.Ref_Key as string}')`;
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("GET", path)).status).toBe(404);
  });

  it("finds everything again after a restart on the same folder, posted as it was", async () => {
    const dir = await mkdtemp(join(tmpdir(), "sandbox-erp-"));
    const first = await start(dir);
    await call("POST", PLAN, { Ref_Key: KEY, Товары: lines(await item(), 2) }, first);
    await call("POST", `${PLAN}(guid'${KEY}')/Post`, undefined, first);
    await call("PATCH", `${PLAN}(guid'${KEY}')`, { Комментарий: "после проведения", Товары: lines(await item(), 5) }, first);
    await first.close();
    const second = await start(dir);
    const plan = (await call("GET", `${PLAN}(guid'${KEY}')`, undefined, second)).body;
    const rows = (await call("GET", "AccumulationRegister_ПланыПродаж_RecordType", undefined, second)).body.value as Row[];
    await second.close();
    await rm(dir, { recursive: true });
    expect(plan).toMatchObject({ Posted: true, Комментарий: "после проведения" });
    expect(plan.Товары).toHaveLength(5);
    // A write after posting moves no register until the document is posted again.
    expect(rows.filter(({ Recorder_Key }) => Recorder_Key === KEY)).toHaveLength(2);
  });

  it("cuts a connection after the write took effect when told to", async () => {
    const key = "a3b1c2d4-1111-11f1-8000-0242ac110099";
    erp.faults.add({ kind: "cut", takesEffect: true, method: "POST" });
    await expect(call("POST", PLAN, { Ref_Key: key })).rejects.toThrow();
    expect((await call("GET", `${PLAN}(guid'${key}')`)).status).toBe(200);
  });
});
