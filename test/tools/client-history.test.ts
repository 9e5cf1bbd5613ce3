import { describe, expect, it, vi } from "vitest";
import type { Client, CrmConnector } from "../../src/domain/crm.js";
import type { Entity } from "../../src/domain/entity.js";
import type { ClientAccount, ErpConnector } from "../../src/domain/erp.js";
import { AccessDenied, NotFound, SystemUnavailable } from "../../src/domain/errors.js";
import type { Listing } from "../../src/domain/listing.js";
import type { Turn } from "../../src/domain/tool.js";
import { clientHistory } from "../../src/tools/client-history.js";
import { turnWith } from "./erp-turn.js";

const list = <T>(items: readonly T[]): Listing<T> => ({
  page: async () => ({ items }),
  async *[Symbol.asyncIterator]() {
    yield* items;
  },
});
const romashka: Client = {
  ref: { system: "amocrm", kind: "company", id: "1" },
  kind: "company",
  name: "ООО «Ромашка»",
  inn: "7700000001",
  phones: [],
  emails: [],
  updatedAt: new Date("2026-11-01"),
};
const inBooks = { system: "onec-erp", kind: "client", id: "a" };
const row = (number: string, at: string) => ({
  ref: { system: "onec-erp", kind: "order", id: number },
  at,
  cells: { number, amount: "100.00", status: "Закрыт" },
});
const account: ClientAccount = {
  debt: [{ amount: "5000.00", currency: "RUB" }],
  overdue: [{ amount: "1000.00", currency: "RUB" }],
  orders: [row("ЗК-2", "2026-10-01"), row("ЗК-1", "2024-01-01")],
  shipments: [row("РТ-1", "2026-10-02")],
};

interface Case {
  readonly account?: ErpConnector["account"];
  readonly whole?: readonly string[];
  readonly same?: Turn["mirror"]["same"];
  readonly related?: Turn["mirror"]["related"];
  readonly search?: Turn["search"];
}

async function history({ account: read, whole = ["onec-erp"], same = async () => [inBooks], related = () => list([]), search }: Case) {
  const asked: unknown[] = [];
  const crm: Partial<CrmConnector> = {
    client: async () => romashka,
    deals: () => list([]),
    history: () => list([]),
    findClients: () => list([romashka]),
  };
  const erp = {
    system: "onec-erp",
    title: "1C:ERP",
    erp: { account: async (key: { id: string } | { inn: string }) => (asked.push(key), read?.(key)) },
  };
  const base = turnWith([]);
  const turn = {
    ...base,
    systems: async (family: string) => ({
      ready: family === "crm" ? [{ system: "amocrm", title: "amoCRM", crm, check: async () => {} }] : [{ ...erp, check: async () => {} }],
      missing: [],
    }),
    mirror: { same, related, whole: async () => whole },
    search: search ?? ((query: Parameters<Turn["search"]>[0]) => base.search(query)),
  } as unknown as Turn;
  const answer = await clientHistory.run({ client: "Ромашка" }, turn);
  return { answer, asked, tables: (answer.forPerson ?? []).flatMap((block) => (block.kind === "table" ? [block.caption] : [])) };
}

describe("the history of a client", () => {
  it("joins the ERP's debt, orders and shipments of the period, by the record that is the same client there", async () => {
    const { answer, asked, tables } = await history({ account: async () => account });
    expect(asked).toEqual([{ id: "a" }]);
    expect(answer.forModel).toMatch(/долг 5\s000\s₽, просрочено 1\s000\s₽. Заказов: 1, отгрузок: 1\./);
    expect(tables).toEqual(["Заказы (1C:ERP)", "Отгрузки (1C:ERP)"]);
  });

  it("asks the ERP by INN while the records are not linked", async () => {
    const { asked } = await history({ account: async () => account, same: async () => [] });
    expect(asked).toEqual([{ inn: "7700000001" }]);
  });

  it.each([
    ["the policy opens no ERP", { whole: [], account: async () => account }],
    ["the gate refuses after all", { account: () => Promise.reject(new AccessDenied("no", { system: "onec-erp" }, "policy")) }],
    ["the ERP does not know the client", { account: () => Promise.reject(new NotFound("no", { system: "onec-erp" })) }],
  ] as const)("says nothing of an ERP where %s", async (_why, some) => {
    const { answer } = await history(some);
    expect(answer.forModel).not.toMatch(/1C|долг|Заказ/);
    expect(answer.missing).toEqual([]);
  });

  it("takes orders from the last synchronisation when the ERP fails or is too slow, and says so", async () => {
    const order = (day: string, posted: boolean) =>
      ({
        ref: { system: "onec-erp", kind: "order", id: day },
        fields: { number: `№ ${day}`, day, amount: "7.00", status: null, posted },
      }) as unknown as Entity;
    const related: Turn["mirror"]["related"] = (_ref, kind) =>
      list(
        kind === "order"
          ? [order("2026-09-01", true), order("2026-10-01", true), order("2026-10-05", false), order("2020-01-01", true)]
          : [],
      );
    const failed = await history({ account: () => Promise.reject(new SystemUnavailable("down", { system: "onec-erp" })), related });
    expect(failed.answer.forModel).toMatch(/не ответила вовремя.*Заказов: 2, отгрузок: 0/);
    expect(failed.answer.missing).toMatchObject([{ system: "1C:ERP" }]);
    vi.useFakeTimers();
    const slow = history({ account: () => new Promise(() => {}), related });
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    expect((await slow).answer.forModel).toMatch(/не ответила вовремя/);
  });

  it("names documents that speak of the client, each once and no others, and goes on when search fails", async () => {
    const passage = (id: string, title: string, text: string) => ({
      ref: { system: "confluence", kind: "page", id },
      title,
      text,
      score: 1,
    });
    const { answer } = await history({
      whole: [],
      search: async () => [
        passage("1", "Договор", "с ООО Ромашка на светильники"),
        passage("1", "Договор", "Ромашка платит"),
        passage("2", "Цветы", "Луговые цветы: лютик"),
      ],
    });
    expect(answer.forModel).toContain("Документов, где назван клиент: 1.");
    expect(JSON.stringify(answer.forPerson)).not.toContain("Цветы");
    expect(answer.material).toContain("светильники");
    const without = await history({ whole: [], search: () => Promise.reject(new SystemUnavailable("no embedding")) });
    expect(without.answer.forModel).toMatch(/ничего не было/);
  });
});
