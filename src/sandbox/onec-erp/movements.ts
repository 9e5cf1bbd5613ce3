import type { Company } from "../company.js";
import type { Sales } from "../sales.js";
import { hasKeyPerWarehouse, ref } from "./catalogs.js";
import { asText, EMPTY_REFERENCE, type Row, type Value } from "./fields.js";

const DELIVERY_SHARE = 0.015;
const VAT = 1.2;

/** Records that posting one document leaves in one register; the store adds recorder, period and line numbers. */
export type Movements = (document: Row) => Row[];
/** By register, then by the set of the documents that move it. */
export type MovementsOf = Readonly<Record<string, Readonly<Record<string, Movements>>>>;

const lines = (document: Row, part = "Товары"): readonly Row[] => (document[part] as readonly Row[] | undefined) ?? [];
const number = (row: Row, field: string): number => (row[field] as number | undefined) ?? 0;
const kopecks = (roubles: number): number => Math.round(roubles * 100) / 100;
const day = (document: Row): string => asText(document.Date).slice(0, 10);

/** How each document moves each register. The registers hold nothing else, so they agree with the documents by construction. */
export function createMovements(company: Company, sales: Sales): MovementsOf {
  const itemAt = new Map(sales.items.map((_, at) => [ref.item(at), at]));
  const warehouseAt = new Map(sales.warehouses.map((_, at) => [ref.warehouse(at), at]));
  const clientAt = new Map(company.clients.map((_, at) => [ref.client(at), at]));
  const organizationAt = new Map(sales.organizations.map((_, at) => [ref.organization(at), at]));
  const departmentOf = new Map(
    company.employees.map((employee, at) => [
      ref.user(at),
      ref.department(company.departments.findIndex(({ key }) => key === employee.department)),
    ]),
  );

  const itemKey = (line: Row, document: Row): string => {
    const item = itemAt.get(asText(line.Номенклатура_Key));
    const warehouse = warehouseAt.get(asText(document.Склад_Key));
    return item === undefined ? EMPTY_REFERENCE : ref.itemKey(item, hasKeyPerWarehouse(sales, item) ? warehouse : undefined);
  };
  const partnerKey = (document: Row): string => {
    const client = clientAt.get(asText(document.Партнер_Key));
    const organization = organizationAt.get(asText(document.Организация_Key));
    return client === undefined || organization === undefined ? EMPTY_REFERENCE : ref.partnerKey(client, organization);
  };
  const costOf = (line: Row, document: Row): number => {
    const item = itemAt.get(asText(line.Номенклатура_Key));
    return item === undefined ? 0 : kopecks((sales.costOn(item, day(document)) / 100) * number(line, "Количество"));
  };
  const onHand =
    (RecordType: "Receipt" | "Expense"): Movements =>
    (document) =>
      lines(document).map((line) => ({
        RecordType,
        Номенклатура_Key: line.Номенклатура_Key,
        Характеристика_Key: line.Характеристика_Key,
        Склад_Key: document.Склад_Key,
        Назначение_Key: EMPTY_REFERENCE,
        ВНаличии: line.Количество,
        КОтгрузке: 0,
      }));
  const free =
    (RecordType: "Receipt" | "Expense", resource: "ВНаличии" | "ВРезервеСоСклада"): Movements =>
    (document) =>
      lines(document).map((line) => ({
        RecordType,
        Номенклатура_Key: line.Номенклатура_Key,
        Характеристика_Key: line.Характеристика_Key,
        Склад_Key: document.Склад_Key,
        ВНаличии: resource === "ВНаличии" ? line.Количество : 0,
        ВРезервеСоСклада: resource === "ВРезервеСоСклада" && line.Отменено !== true ? line.Количество : 0,
        ВРезервеПодЗаказ: 0,
      }));
  const reserve = free("Receipt", "ВРезервеСоСклада");
  const ofPlan: Movements = (document) =>
    lines(document).map((line) => ({
      Номенклатура_Key: line.Номенклатура_Key,
      Сценарий_Key: document.Сценарий_Key,
      Количество: line.Количество,
      Сумма: line.Сумма,
    }));

  return {
    AccumulationRegister_ВыручкаИСебестоимостьПродаж: {
      Document_РеализацияТоваровУслуг: (document) =>
        lines(document).map((line) => {
          const cost = costOf(line, document);
          return {
            АналитикаУчетаНоменклатуры_Key: itemKey(line, document),
            АналитикаУчетаПоПартнерам_Key: partnerKey(document),
            Менеджер_Key: document.Менеджер_Key,
            Подразделение_Key: departmentOf.get(asText(document.Менеджер_Key)) ?? EMPTY_REFERENCE,
            ЗаказКлиента: document.ЗаказКлиента,
            ЗаказКлиента_Type: document.ЗаказКлиента_Type,
            Склад_Key: document.Склад_Key,
            ХозяйственнаяОперация: "РеализацияКлиенту",
            Соглашение_Key: document.Соглашение_Key,
            ВидЗапасов_Key: line.ВидЗапасов_Key,
            Количество: line.Количество,
            СуммаВыручки: line.СуммаСНДС,
            СуммаВыручкиБезНДС: kopecks(number(line, "СуммаСНДС") - number(line, "СуммаНДС")),
            Стоимость: kopecks(cost * VAT),
            СтоимостьБезНДС: cost,
            ДопРасходы: kopecks(cost * DELIVERY_SHARE * VAT),
            ДопРасходыБезНДС: kopecks(cost * DELIVERY_SHARE),
            СуммаРучнойСкидки: 0,
            СуммаАвтоматическойСкидки: line.СуммаАвтоматическойСкидки,
            Сторно: false,
          };
        }),
    },
    AccumulationRegister_Закупки: {
      Document_ПриобретениеТоваровУслуг: (document) =>
        lines(document).map((line) => ({
          АналитикаУчетаНоменклатуры_Key: itemKey(line, document),
          Номенклатура_Key: line.Номенклатура_Key,
          Партнер_Key: document.Партнер_Key,
          Организация_Key: document.Организация_Key,
          Склад_Key: document.Склад_Key,
          Количество: line.Количество,
          Сумма: line.СуммаСНДС,
          СуммаБезНДС: kopecks(number(line, "СуммаСНДС") - number(line, "СуммаНДС")),
          СуммаДопРасходов: 0,
        })),
    },
    AccumulationRegister_ТоварыНаСкладах: {
      Document_РеализацияТоваровУслуг: onHand("Expense"),
      Document_ПриобретениеТоваровУслуг: onHand("Receipt"),
      Document_ОприходованиеИзлишковТоваров: onHand("Receipt"),
    },
    AccumulationRegister_СвободныеОстатки: {
      Document_РеализацияТоваровУслуг: free("Expense", "ВНаличии"),
      Document_ПриобретениеТоваровУслуг: free("Receipt", "ВНаличии"),
      Document_ОприходованиеИзлишковТоваров: free("Receipt", "ВНаличии"),
      // A closed order has taken its reserve back; only those still to be shipped hold one.
      Document_ЗаказКлиента: (document) => (document.Статус === "КВыполнению" ? reserve(document) : []),
    },
    AccumulationRegister_ГрафикПоступленияТоваров: {
      Document_ЗаказПоставщику: (document) =>
        document.Статус === "Закрыт"
          ? []
          : lines(document).map((line) => ({
              RecordType: "Receipt",
              Номенклатура_Key: line.Номенклатура_Key,
              Характеристика_Key: line.Характеристика_Key,
              Склад_Key: document.Склад_Key,
              ДатаСобытия: document.ДатаПоступления,
              КоличествоИзЗаказов: line.Количество,
            })),
    },
    AccumulationRegister_РасчетыСКлиентамиПланОплат: {
      Document_РеализацияТоваровУслуг: (document) => [debt("Receipt", document, document, document.СуммаДокумента)],
      Document_ПоступлениеБезналичныхДенежныхСредств: (document) =>
        lines(document, "РасшифровкаПлатежа").map((line) => debt("Expense", document, shipmentOf(asText(line.ОбъектРасчетов)), line.Сумма)),
    },
    AccumulationRegister_ПланыПродаж: { Document_ПланПродаж: ofPlan },
    AccumulationRegister_ПланыЗакупок: { Document_ПланЗакупок: ofPlan },
    InformationRegister_ЦеныНоменклатуры: {
      Document_УстановкаЦенНоменклатуры: (document) =>
        lines(document).map((line) => ({
          Номенклатура_Key: line.Номенклатура_Key,
          ВидЦены_Key: line.ВидЦены_Key,
          Цена: line.Цена,
          Упаковка_Key: EMPTY_REFERENCE,
          Валюта_Key: ref.rouble,
        })),
    },
  };

  function debt(RecordType: "Receipt" | "Expense", document: Row, shipment: Row, amount: Value): Row {
    return {
      RecordType,
      АналитикаУчетаПоПартнерам_Key: partnerKey(document),
      Валюта_Key: document.Валюта_Key,
      ОбъектРасчетов: shipment.Ref_Key,
      ОбъектРасчетов_Type: "StandardODATA.Document_РеализацияТоваровУслуг",
      ДатаПлановогоПогашения: shipment.ДатаПлатежа,
      ДатаВозникновения: `${asText(shipment.Date).slice(0, 10)}T00:00:00`,
      КОплате: amount,
    };
  }

  function shipmentOf(key: string): Row {
    const at = Number.parseInt(key.slice(-12), 16) - 1;
    const shipment = sales.shipments[at];
    return { Ref_Key: key, Date: shipment?.at ?? "", ДатаПлатежа: `${shipment?.payBy ?? ""}T00:00:00` };
  }
}
