import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Http, HttpRequest } from "../../../src/domain/connector.js";
import { AccessDenied, AnswerUnexpected, NotFound, RequestRefused, SettingsInvalid } from "../../../src/domain/errors.js";
import { anyOf, createOData, faultOf, quoted } from "../../../src/connectors/kit/odata.js";

const samples = new URL("../../../src/connectors/onec-erp/samples/", import.meta.url);
const sample = (name: string) => readFile(new URL(name, samples), "utf8");

type Answer = { readonly status?: number; readonly body: string };

/** An HTTP that answers from a script and keeps what was asked. */
function scripted(answer: (request: HttpRequest, count: number) => Answer | Promise<Answer>) {
  const asked: HttpRequest[] = [];
  const take = async (request: HttpRequest) => {
    asked.push(request);
    const { status = 200, body } = await answer(request, asked.length);
    const refusal = status >= 400 ? request.refusal?.(status, body) : undefined;
    if (refusal) throw refusal;
    if (status >= 400) throw new Error(`left to the general rule: ${status}`);
    return body;
  };
  const http: Http = {
    request: async (request) => request.answer.parse(JSON.parse(await take(request))),
    send: async (request) => {
      const bytes = new TextEncoder().encode(await take(request));
      return {
        status: 200,
        headers: new Headers(),
        // In pieces that cut letters in two, as a network does.
        body: (async function* () {
          for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
        })(),
      };
    },
  };
  return { odata: createOData(http, { system: "onec-erp", root: "/odata/standard.odata", timeoutMs: 1000 }), asked };
}

const Named = z.object({ Ref_Key: z.string() });
const query = { select: ["Ref_Key"], orderBy: "Ref_Key" };
const rows = (from: number, count: number) => Array.from({ length: count }, (_, at) => ({ Ref_Key: String(from + at) }));

async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("reading a set", () => {
  it("goes on after a short page until the count is reached", async () => {
    const { odata, asked } = scripted((request) => {
      const skip = Number((request.query as Record<string, number>)["$skip"]);
      return { body: JSON.stringify({ "odata.count": "25", value: rows(skip, skip === 0 ? 10 : 15) }) };
    });
    expect(await toArray(odata.all("Catalog_X", query, Named))).toHaveLength(25);
    expect(asked).toHaveLength(2);
  });

  it("reads to an empty page where the base does not count", async () => {
    const { odata, asked } = scripted((_, count) => ({ body: JSON.stringify({ value: count < 3 ? rows(count * 10, 10) : [] }) }));
    expect(await toArray(odata.all("Catalog_X", query, Named))).toHaveLength(20);
    expect(asked).toHaveLength(3);
  });

  it("fails loudly rather than leave rows out", async () => {
    const { odata } = scripted((_, count) => ({ body: JSON.stringify({ "odata.count": "25", value: count === 1 ? rows(0, 10) : [] }) }));
    await expect(toArray(odata.all("Catalog_X", query, Named))).rejects.toThrow(AnswerUnexpected);
    await expect(toArray(odata.all("Catalog_X", query, Named))).rejects.toThrow(/ended after 0 of 25/);
  });

  it("writes Cyrillic names into the path in UTF-8 and asks only for what the account may see", async () => {
    const { odata, asked } = scripted(async () => ({ body: await sample("items.json") }));
    await toArray(odata.all("Catalog_Номенклатура", query, Named));
    expect(asked[0]?.path).toBe(`/odata/standard.odata/${encodeURIComponent("Catalog_Номенклатура")}`);
    expect(asked[0]?.query).toMatchObject({ $format: "json", allowedOnly: "true" });
  });

  it("names the set and the system when a field is missing", async () => {
    const { odata } = scripted(async () => ({ body: await sample("items.json") }));
    await expect(toArray(odata.all("Catalog_Номенклатура", query, z.object({ Артикул: z.string() })))).rejects.toThrow(/Артикул/);
  });
});

describe("a virtual table", () => {
  const parameters = { dimensions: ["Склад"], condition: "Склад_Key eq guid'1'" };

  it("doubles the quotes inside a condition, then tries them single, and keeps to what worked", async () => {
    const { odata, asked } = scripted(async ({ path }) =>
      decodeURIComponent(path).includes("guid''1''")
        ? { status: 400, body: '{"odata.error":{"code":"14"}}' }
        : { body: await sample("turnovers.json") },
    );
    const row = z.object({ СуммаВыручкиTurnover: z.number() });
    expect(await odata.table("AccumulationRegister_X", "Turnovers", parameters, row)).toHaveLength(2);
    expect(await odata.table("AccumulationRegister_X", "Turnovers", parameters, row)).toHaveLength(2);
    expect(asked.map(({ path }) => decodeURIComponent(path).split("Condition=")[1])).toEqual([
      "'Склад_Key eq guid''1''')",
      "'Склад_Key eq guid'1'')",
      "'Склад_Key eq guid'1'')",
    ]);
  });

  it("asks without a condition where the base takes neither", async () => {
    const { odata, asked } = scripted(async ({ path }) =>
      path.includes("Condition") ? { status: 400, body: '{"odata.error":{"code":"14"}}' } : { body: await sample("turnovers.json") },
    );
    await odata.table("AccumulationRegister_X", "Turnovers", parameters, z.unknown());
    expect(asked).toHaveLength(3);
  });
});

describe("a refusal", () => {
  const refusedWith = (status: number, body: string) => scripted(() => ({ status, body })).odata;

  it("of an unknown set says what to publish", async () => {
    const odata = refusedWith(404, await sample("fault-not-published.json"));
    await expect(toArray(odata.all("AccumulationRegister_Закупки", query, Named))).rejects.toThrow(SettingsInvalid);
    await expect(toArray(odata.all("AccumulationRegister_Закупки", query, Named))).rejects.toThrow(
      /AccumulationRegister_Закупки is not published/,
    );
  });

  it("is told apart by its number and never by its words", async () => {
    const fault = (code: string) => `{"odata.error":{"code":"${code}","message":{"lang":"en","value":"whatever"}}}`;
    await expect(refusedWith(404, fault("9")).one("Catalog_X", "1", Named)).rejects.toThrow(NotFound);
    await expect(refusedWith(401, fault("20")).one("Catalog_X", "1", Named)).rejects.toThrow(AccessDenied);
    await expect(refusedWith(400, fault("14")).one("Catalog_X", "1", Named)).rejects.toThrow(RequestRefused);
    const error: unknown = await refusedWith(400, fault("15"))
      .create("Document_X", {}, Named)
      .catch((thrown: unknown) => thrown);
    expect(faultOf(error)).toBe("15");
  });

  it("of a write by a handler means nothing was written, though its status is 500", async () => {
    const odata = refusedWith(500, await sample("fault-handler.json"));
    await expect(odata.create("Document_X", {}, Named)).rejects.toThrow(RequestRefused);
  });

  it("is left to the general rule without the platform's own error, and for a failed read", async () => {
    await expect(refusedWith(500, "<html>502 Bad Gateway</html>").create("Document_X", {}, Named)).rejects.toThrow(/general rule/);
    await expect(refusedWith(500, await sample("fault-handler.json")).one("Document_X", "1", Named)).rejects.toThrow(/general rule/);
  });
});

describe("the schema", () => {
  it("is read from a stream, letters cut in two included", async () => {
    const { odata } = scripted(async () => ({ body: await sample("metadata.xml") }));
    const { fields, functions } = await odata.schema();
    expect([...(fields.get("Catalog_Номенклатура") ?? [])]).toEqual(["Ref_Key", "Description", "Code", "Parent"]);
    expect([...(functions.get("AccumulationRegister_ВыручкаИСебестоимостьПродаж") ?? [])]).toEqual(["Turnovers"]);
  });

  it("that is a login page is not taken for an empty base", async () => {
    const { odata } = scripted(() => ({ body: "<html><body>Sign in</body></html>" }));
    await expect(odata.schema()).rejects.toThrow(AnswerUnexpected);
    const broken = scripted(() => ({ body: "<edmx" }));
    await expect(broken.odata.schema()).rejects.toThrow(/not readable XML/);
  });
});

it("quotes what people write so that it stays text", () => {
  expect(quoted("O'Neil' or 1 eq 1")).toBe("'O''Neil'' or 1 eq 1'");
  expect(anyOf("A_Key", ["1", "2"])).toBe("(A_Key eq guid'1' or A_Key eq guid'2')");
});
