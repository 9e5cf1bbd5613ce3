import { describe, expect, it } from "vitest";
import { type ClientRecord, type Decision, matchClients } from "../../src/sync/match.js";

function record(name: string, title: string, keys: { inn?: string; phones?: string[]; emails?: string[] } = {}): ClientRecord {
  const { inn, phones = [], emails = [] } = keys;
  return { name, system: name.split(":")[0] ?? "", title, inns: inn ? [inn] : [], phones, emails };
}

const names = async (records: readonly ClientRecord[], decisions: readonly Decision[] = []) => {
  const { groups, doubts } = await matchClients(records, decisions);
  return { groups: groups.map((members) => members.map(({ name }) => name)), doubts };
};

const same = (one: string, other: string): Decision => ({ one, other, verdict: "same" });
const different = (one: string, other: string): Decision => ({ one, other, verdict: "different" });

describe("clients of several systems", () => {
  it("are one by an equal INN, whatever they are called", async () => {
    const { groups, doubts } = await names([
      record("crm:company:1", "Рога и копыта", { inn: "7700000001" }),
      record("erp:client:a", "ООО «Торговый дом Восток»", { inn: "7700000001" }),
      record("erp:client:b", "Рога и копыта-2", { inn: "7700000002" }),
    ]);
    expect(groups).toEqual([["crm:company:1", "erp:client:a"], ["erp:client:b"]]);
    expect(doubts).toEqual([]);
  });

  it.each([
    ["legal form and quotes", "ООО «Ромашка»", "Ромашка"],
    ["ё", "Королёв", "КОРОЛЕВ"],
    ["the alphabet", "Romashka LLC", "Ромашка"],
    ["order and a slip of the finger", "Строй Альфа", "Альфа Строи"],
  ])("are one by a shared telephone although the names differ in %s", async (_what, one, other) => {
    const { groups } = await names([record("crm:company:1", one, { phones: ["p"] }), record("erp:client:a", other, { phones: ["p"] })]);
    expect(groups).toHaveLength(1);
  });

  it("are doubtful by a shared telephone under another name, and by a name alone", async () => {
    const { groups, doubts } = await names([
      record("crm:company:1", "Ромашка", { phones: ["p"] }),
      record("crm:company:2", "Вектор"),
      record("erp:client:a", "Лютик", { phones: ["p"] }),
      record("erp:client:b", "ООО «Вектор»"),
    ]);
    expect(groups).toHaveLength(4);
    expect(doubts.map(({ one, other, reason }) => [one, other, reason])).toEqual([
      ["crm:company:1", "erp:client:a", "shared-contact"],
      ["crm:company:2", "erp:client:b", "same-name"],
    ]);
  });

  it("are never joined over two different INNs, not even by way of a third record", async () => {
    const records = [
      record("crm:company:1", "Меридиан", { inn: "7700000001", phones: ["p"] }),
      record("desk:client:x", "Меридиан", { phones: ["p"], emails: ["e"] }),
      record("erp:client:a", "Меридиан", { inn: "7700000002", emails: ["e"] }),
    ];
    const { groups, doubts } = await names(records);
    // The e-mail is the surer sign.
    expect(groups).toEqual([["crm:company:1"], ["desk:client:x", "erp:client:a"]]);
    expect(doubts).toMatchObject([{ reason: "inn-differs" }]);
  });

  it("with one name and different INNs are two, and nobody is bothered", async () => {
    const { groups, doubts } = await names([
      record("crm:company:1", "Ромашка", { inn: "7700000001" }),
      record("erp:client:a", "Ромашка", { inn: "7700000002" }),
    ]);
    expect(groups).toHaveLength(2);
    expect(doubts).toEqual([]);
  });

  it("are not told apart by a number that everybody has", async () => {
    const everybody = Array.from({ length: 10 }, (_, at) =>
      record(`${at % 2 ? "crm" : "erp"}:client:${at}`, "Арендатор", { phones: ["p"] }),
    );
    const { groups, doubts } = await names(everybody);
    expect(groups).toHaveLength(10);
    expect(doubts).toEqual([]);
  });

  it("stay as an admin decided: told apart for good, or one over different INNs", async () => {
    const records = [
      record("crm:company:1", "Ромашка", { inn: "7700000001" }),
      record("erp:client:a", "Ромашка", { inn: "7700000001" }),
      record("erp:client:b", "Лютик", { inn: "7700000002" }),
    ];
    const { groups, doubts } = await names(records, [different("crm:company:1", "erp:client:a"), same("crm:company:1", "erp:client:b")]);
    expect(groups).toEqual([["crm:company:1", "erp:client:b"], ["erp:client:a"]]);
    expect(doubts).toEqual([]);
    // A third record may not bring together what was told apart.
    const bridged = await names(
      [...records.slice(0, 2), record("desk:client:x", "Ромашка", { inn: "7700000001" })],
      [different("crm:company:1", "erp:client:a")],
    );
    expect(bridged.groups).toHaveLength(2);
    expect(bridged.groups.some((members) => members.includes("crm:company:1") && members.includes("erp:client:a"))).toBe(false);
  });

  it("come out the same in whatever order they came", async () => {
    const titles = ["Ромашка", "ООО «Ромашка»", "Вектор", "Vektor LLC", "Лютик", "Альфа-Строй"];
    const pick = (at: number, many: number) => (at * 7919 + 13) % many;
    const records = Array.from({ length: 120 }, (_, at) =>
      record(`${["crm", "desk", "erp"][at % 3]}:client:${at}`, titles[pick(at, titles.length)] ?? "", {
        ...(at % 4 === 0 ? { inn: `77${pick(at, 20)}` } : {}),
        phones: [`p${pick(at, 40)}`],
        emails: at % 2 ? [`e${pick(at, 25)}`] : [],
      }),
    );
    const decisions = [different("crm:client:0", "erp:client:5"), same("crm:client:3", "erp:client:8")];
    const first = await names(records, decisions);
    expect(first.groups.length).toBeLessThan(120);
    expect(first.doubts.length).toBeGreaterThan(0);
    expect(await names(records.toReversed(), decisions.toReversed())).toEqual(first);
    const shuffled = records.toSorted(
      (a, b) => pick(a.name.length + Number(a.name.split(":")[2]), 97) - pick(Number(b.name.split(":")[2]), 97),
    );
    expect(await names(shuffled, decisions)).toEqual(first);
  });

  it("are matched in seconds when there are ten thousand", async () => {
    const records = Array.from({ length: 10_000 }, (_, at) => {
      const client = Math.floor(at / 2);
      return record(`${at % 2 ? "crm" : "erp"}:client:${at}`, `Компания ${client} ${at % 2 ? "ООО" : ""}`, {
        ...(client % 2 ? { inn: `77${client}` } : {}),
        phones: [`p${client}`, `q${client % 3_000}`],
        emails: [`e${client}`],
      });
    });
    const began = performance.now();
    const { groups } = await matchClients(records, []);
    expect(groups.length).toBe(5_000);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
