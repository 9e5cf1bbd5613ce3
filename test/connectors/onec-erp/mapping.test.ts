import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SettingsInvalid } from "../../../src/domain/errors.js";
import { configurations, loadMapping } from "../../../src/connectors/onec-erp/mapping.js";
import { openBase } from "./base.js";

const signal = () => AbortSignal.timeout(20_000);

async function mappingFile(content: unknown): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), "svyaz-mapping-")), "mapping.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

describe("a mapping", () => {
  it.each(configurations)("comes with the product for %s and is usable", async (configuration) => {
    const mapping = await loadMapping({ configuration }, "onec-erp");
    expect(Object.keys(mapping.measures)).toEqual(expect.arrayContaining(["revenue", "cost", "margin", "quantity", "orders", "purchases"]));
  });

  it("of the administrator's changes only what it names", async () => {
    const file = await mappingFile({ extends: "ut-11", measures: { revenue: { plus: ["СуммаВыручкиБезНДС"] } }, plans: null });
    const mapping = await loadMapping({ configuration: "erp-2.5", file }, "onec-erp");
    expect(mapping.measures["revenue"]).toMatchObject({ register: "sales", plus: ["СуммаВыручкиБезНДС"] });
    expect(mapping.title).toBe("1С:Управление торговлей 11");
    expect(mapping.plans).toBeNull();
  });

  it("with mistakes is refused with each of them by name", async () => {
    const load = async (content: unknown) => loadMapping({ configuration: "erp-2.5", file: await mappingFile(content) }, "onec-erp");
    await expect(load({ extends: "erp-2.5", measures: { revenue: { register: "saels" } } })).rejects.toThrow(
      /measure revenue: no register "saels"/,
    );
    await expect(load({ extends: "erp-2.5", stock: { onhand: "X" } })).rejects.toThrow(/onhand/);
    await expect(load({ extends: "upp-1.3" })).rejects.toThrow(/no mapping "upp-1.3"/);
    await expect(load("{ not json")).rejects.toThrow(SettingsInvalid);
    await expect(loadMapping({ configuration: "erp-2.5", file: "/nowhere/mapping.json" }, "onec-erp")).rejects.toThrow(
      /\/nowhere\/mapping.json/,
    );
  });
});

describe("the check at start", () => {
  it("passes on a base that has what the mapping names", async () => {
    const base = await openBase();
    await expect(base.connector.check(signal())).resolves.toBeUndefined();
    await base.close();
  });

  it("names each object that the base does not publish, and reports do without it", async () => {
    const base = await openBase({ unpublished: ["AccumulationRegister_Закупки"] });
    await expect(base.connector.check(signal())).rejects.toThrow(/not published: AccumulationRegister_Закупки; add them/);
    expect((await base.erp.measures()).map(({ id }) => id)).not.toContain("purchases");
    expect((await base.erp.measures()).map(({ id }) => id)).toContain("revenue");
    await base.close();
  });

  it("names a field that the configuration does not have", async () => {
    const file = await mappingFile({ extends: "erp-2.5", measures: { revenue: { plus: ["СуммаПродажи"] } } });
    const base = await openBase({ settings: { MAPPING_FILE: file } });
    await expect(base.connector.check(signal())).rejects.toThrow(/ВыручкаИСебестоимостьПродаж\.СуммаПродажи/);
    await base.close();
  });
});
