import { z } from "zod";
import type { ClientAccount, ErpRow } from "../../domain/erp.js";
import { NotFound } from "../../domain/errors.js";
import type { Day, Money } from "../../domain/numbers.js";
import { anyOf, type OData } from "../kit/odata.js";
import { Amount, toMoney } from "./amounts.js";
import type { Catalogs } from "./catalogs.js";
import { inWords } from "./entities.js";
import type { Mapping } from "./mapping.js";
import { customersOfInn } from "./members.js";

/** The newest of a client's documents that are shown. */
const NEWEST = 50;

export interface AccountParts {
  readonly odata: OData;
  readonly catalogs: Catalogs;
  readonly mapping: Mapping;
  readonly account: NonNullable<Mapping["account"]>;
  readonly system: string;
  readonly currency: string;
  readonly today: Day;
}

/** What a client owes by the schedule of payments, how much of it is past its day, and the newest orders and shipments. */
export async function readAccount(client: { readonly id: string } | { readonly inn: string }, parts: AccountParts): Promise<ClientAccount> {
  const { odata, account, mapping, system } = parts;
  const ids = "id" in client ? [client.id] : await customersOfInn(odata, account.counterparties, client.inn);
  if (ids.length === 0) throw new NotFound(`${system}: no client has this INN`, { system, operation: "erp.account" });
  const [{ debt, overdue }, orders, shipments] = await Promise.all([
    readDebts(ids, parts),
    readDocuments(mapping.documents["orders"], ids, parts),
    readDocuments(mapping.documents["shipments"], ids, parts),
  ]);
  return { debt, overdue, orders, shipments };
}

async function readDebts(
  ids: readonly string[],
  { odata, catalogs, account: { debts }, currency, today }: AccountParts,
): Promise<{ readonly debt: readonly Money[]; readonly overdue: readonly Money[] }> {
  const { name, through } = debts.customer;
  const keys = new Set(through ? await catalogs.pointingTo(through.catalog, through.field, ids) : ids);
  if (keys.size === 0) return { debt: [], overdue: [] };
  const row = z
    .object({ [`${name}_Key`]: z.string(), [debts.due]: z.string(), [`${debts.amount}Balance`]: Amount })
    .transform((one: Readonly<Record<string, unknown>>) => ({
      key: one[`${name}_Key`] as string,
      due: (one[debts.due] as string).slice(0, 10),
      amount: one[`${debts.amount}Balance`] as bigint,
    }));
  const parameters = { dimensions: [name, debts.due], condition: keys.size <= 6 ? anyOf(`${name}_Key`, [...keys]) : undefined };
  const found = (await odata.table(debts.set, "Balance", parameters, row)).filter(({ key }) => keys.has(key));
  const money = (rows: typeof found): Money[] => {
    const sum = rows.reduce((total, { amount }) => total + amount, 0n);
    return sum === 0n ? [] : [{ amount: toMoney(sum), currency }];
  };
  return { debt: money(found), overdue: money(found.filter(({ due }) => due < today)) };
}

async function readDocuments(
  document: Mapping["documents"][string] | undefined,
  ids: readonly string[],
  { odata, system }: AccountParts,
): Promise<readonly ErpRow[]> {
  if (!document) return [];
  const { set, amount, customer, status } = document;
  const fields = ["Ref_Key", "Number", "Date", ...(status ? [status] : [])];
  const row = z.object({ ...Object.fromEntries(fields.map((name) => [name, z.string()])), [amount]: Amount }).transform(
    (one: Readonly<Record<string, unknown>>): ErpRow => ({
      ref: { system, kind: set, id: one["Ref_Key"] as string },
      at: (one["Date"] as string).slice(0, 10),
      cells: {
        number: one["Number"] as string,
        amount: toMoney(one[amount] as bigint),
        ...(status ? { status: inWords(one[status] as string) } : {}),
      },
    }),
  );
  const query = {
    filter: `${anyOf(customer, ids)} and Posted eq true and DeletionMark eq false`,
    select: [...fields, amount],
    orderBy: "Date desc",
  };
  return (await odata.page(set, query, row, { top: NEWEST, skip: 0 })).items;
}
