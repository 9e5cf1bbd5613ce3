import type { Company } from "../company.js";
import type { Plan, Sales, TradeLine } from "../sales.js";
import { ref } from "./catalogs.js";
import { EMPTY_REFERENCE, type Row } from "./fields.js";
import { documentNumber, referenceTo } from "./references.js";

const PRICE_LISTS_EVERY_MONTHS = 6;

/** Rows of all documents, made when a set is first asked for: three years of them are not needed to answer about stock. */
export function createDocuments(company: Company, sales: Sales): Readonly<Record<string, () => Row[]>> {
  const userOf = new Map(company.employees.map(({ id }, at) => [id, ref.user(at)]));
  const partner = (client: number, organization: number, warehouse: number): Row => ({
    Организация_Key: ref.organization(organization),
    Партнер_Key: ref.client(client),
    Контрагент_Key: ref.legal(client),
    Склад_Key: ref.warehouse(warehouse),
    Валюта_Key: ref.rouble,
    Комментарий: "",
  });
  const supplier = (at: number, warehouse: number): Row => ({
    Организация_Key: ref.organization(0),
    Партнер_Key: ref.supplier(at),
    Контрагент_Key: ref.supplierLegal(at),
    Склад_Key: ref.warehouse(warehouse),
    Валюта_Key: ref.rouble,
    Комментарий: "",
  });

  return {
    Document_ЗаказКлиента: () =>
      sales.orders.map((one, at) => {
        const key = referenceTo("order", at);
        const order = {
          ...head(key, documentNumber("00ЗК", at), one.at),
          ...partner(one.client, one.organization, one.warehouse),
          СуммаДокумента: one.total / 100,
          Менеджер_Key: userOf.get(one.managerId) ?? EMPTY_REFERENCE,
          Соглашение_Key: ref.agreement(one.client),
          Статус: one.status,
          ДатаОтгрузки: `${one.shipBy}T00:00:00`,
        };
        return withLines(order, () =>
          one.lines.map((line, number) => ({
            ...tradeRow(key, number, line),
            ВидЦены_Key: ref.priceKind(one.client % 2),
            Отменено: line.cancelled ?? false,
            ДатаОтгрузки: `${one.shipBy}T00:00:00`,
          })),
        );
      }),
    Document_ЗаказПоставщику: () =>
      sales.supplierOrders.map((one, at) => {
        const key = referenceTo("supplier-order", at);
        return {
          ...head(key, documentNumber("00ЗП", at), one.at),
          ...supplier(one.supplier, one.warehouse),
          СуммаДокумента: one.total / 100,
          Статус: one.received ? "Закрыт" : "Подтвержден",
          ДатаПоступления: `${one.expectedOn}T00:00:00`,
          Товары: one.lines.map((line, number) => ({ ...tradeRow(key, number, line), Отменено: false })),
        };
      }),
    Document_ОприходованиеИзлишковТоваров: () =>
      sales.openings.map((one, at) => {
        const key = referenceTo("opening", at);
        return {
          ...head(key, documentNumber("00ОП", at), one.at),
          Организация_Key: ref.organization(0),
          Склад_Key: ref.warehouse(one.warehouse),
          Комментарий: "Ввод начальных остатков",
          Товары: one.lines.map(({ item, quantity }, number) => ({
            Ref_Key: key,
            LineNumber: number + 1,
            Номенклатура_Key: ref.item(item),
            Характеристика_Key: EMPTY_REFERENCE,
            Количество: quantity,
          })),
        };
      }),
    Document_ПланЗакупок: () => plans(sales, "purchases", "00ПЗ"),
    Document_ПланПродаж: () => plans(sales, "sales", "00ПП"),
    Document_ПоступлениеБезналичныхДенежныхСредств: () =>
      sales.payments.map((one, at) => {
        const key = referenceTo("payment", at);
        const { client = 0, organization = 0 } = sales.shipments[one.shipment] ?? {};
        return {
          ...head(key, documentNumber("00ПБ", at), one.at),
          Организация_Key: ref.organization(organization),
          Партнер_Key: ref.client(client),
          Контрагент_Key: ref.legal(client),
          Валюта_Key: ref.rouble,
          СуммаДокумента: one.amount / 100,
          ХозяйственнаяОперация: "ПоступлениеОплатыОтКлиента",
          Комментарий: "",
          РасшифровкаПлатежа: [
            {
              Ref_Key: key,
              LineNumber: 1,
              ОбъектРасчетов: referenceTo("shipment", one.shipment),
              ОбъектРасчетов_Type: "StandardODATA.Document_РеализацияТоваровУслуг",
              Сумма: one.amount / 100,
            },
          ],
        };
      }),
    Document_ПриобретениеТоваровУслуг: () =>
      sales.purchases.map((one, at) => {
        const key = referenceTo("purchase", at);
        const order = one.order === undefined ? undefined : referenceTo("supplier-order", one.order);
        const purchase = {
          ...head(key, documentNumber("00ПТ", at), one.at),
          ...supplier(one.supplier, one.warehouse),
          СуммаДокумента: one.total / 100,
          ...pointer("ЗаказПоставщику", "Document_ЗаказПоставщику", order),
        };
        return withLines(purchase, () => one.lines.map((line, number) => tradeRow(key, number, line)));
      }),
    Document_РеализацияТоваровУслуг: () =>
      sales.shipments.map((one, at) => {
        const key = referenceTo("shipment", at);
        const order = one.order === undefined ? undefined : referenceTo("order", one.order);
        const shipment = {
          ...head(key, documentNumber("00РТ", at), one.at),
          ...partner(one.client, one.organization, one.warehouse),
          СуммаДокумента: one.total / 100,
          Менеджер_Key: userOf.get(one.managerId) ?? EMPTY_REFERENCE,
          Соглашение_Key: ref.agreement(one.client),
          Статус: "Отгружено",
          ...pointer("ЗаказКлиента", "Document_ЗаказКлиента", order),
          ДатаПлатежа: `${one.payBy}T00:00:00`,
        };
        return withLines(shipment, () =>
          one.lines.map((line, number) => ({
            ...tradeRow(key, number, line),
            ВидЗапасов_Key: ref.stockKind(one.organization),
          })),
        );
      }),
    Document_УстановкаЦенНоменклатуры: () => priceLists(sales),
  };
}

/**
 * A document whose lines are made when they are first read: most questions need the heads alone.
 * The getter stands on the prototype, so that thousands of documents stay of one shape for the engine.
 */
class DocumentWithLines {
  readonly #make: () => Row[];
  #made: Row[] | undefined;

  constructor(head: Row, make: () => Row[]) {
    Object.assign(this, head);
    this.#make = make;
  }

  get Товары(): Row[] {
    return (this.#made ??= this.#make());
  }
}

function withLines(head: Row, make: () => Row[]): Row {
  return new DocumentWithLines(head, make) as unknown as Row;
}

function head(key: string, number: string, at: string, posted = true): Row {
  return { Ref_Key: key, DataVersion: "AAAAAAAAAAE=", DeletionMark: false, Number: number, Date: at, Posted: posted };
}

function pointer(field: string, set: string, key: string | undefined): Row {
  return { [field]: key ?? "", [`${field}_Type`]: key === undefined ? "StandardODATA.Undefined" : `StandardODATA.${set}` };
}

function tradeRow(owner: string, place: number, line: TradeLine): Row {
  return {
    Ref_Key: owner,
    LineNumber: place + 1,
    Номенклатура_Key: ref.item(line.item),
    Характеристика_Key: EMPTY_REFERENCE,
    Количество: line.quantity,
    Цена: line.price / 100,
    ПроцентАвтоматическойСкидки: Math.round((line.discount * 100) / (line.sum + line.discount)),
    СуммаАвтоматическойСкидки: line.discount / 100,
    Сумма: line.sum / 100,
    СуммаНДС: line.vat / 100,
    СуммаСНДС: line.sum / 100,
  };
}

function plans(sales: Sales, kind: Plan["kind"], prefix: string): Row[] {
  return sales.plans
    .filter((plan) => plan.kind === kind)
    .map((plan, at) => {
      const key = referenceTo(`plan-${kind}`, at);
      return {
        ...head(key, documentNumber(prefix, at), `${plan.from}T00:00:00`, plan.status === "Утвержден"),
        Статус: plan.status,
        Сценарий_Key: ref.scenario,
        Периодичность: "Месяц",
        НачалоПериода: `${plan.from}T00:00:00`,
        ОкончаниеПериода: `${plan.to}T23:59:59`,
        Ответственный_Key: ref.user(2),
        Комментарий: plan.comment,
        Товары: plan.lines.map(({ item, quantity, price }, number) => ({
          Ref_Key: key,
          LineNumber: number + 1,
          Номенклатура_Key: ref.item(item),
          Характеристика_Key: EMPTY_REFERENCE,
          Количество: quantity,
          Цена: price / 100,
          Сумма: (quantity * price) / 100,
        })),
      };
    });
}

function priceLists(sales: Sales): Row[] {
  const months = [...new Set(sales.purchases.map(({ at }) => at.slice(0, 7)))].filter((_, at) => at % PRICE_LISTS_EVERY_MONTHS === 0);
  return months.map((month, at) => {
    const key = referenceTo("price-list", at);
    const lines = sales.items.flatMap((_, item) =>
      [1, 0.93].map((share, kind) => ({
        Ref_Key: key,
        LineNumber: item * 2 + kind + 1,
        Номенклатура_Key: ref.item(item),
        ВидЦены_Key: ref.priceKind(kind),
        Цена: Math.round(sales.priceOn(item, `${month}-01`) * share) / 100,
      })),
    );
    return { ...head(key, documentNumber("00УЦ", at), `${month}-01T00:00:00`), Комментарий: "", Товары: lines };
  });
}
