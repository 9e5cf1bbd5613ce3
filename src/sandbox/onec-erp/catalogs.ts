import { type BookedClient, inBooks } from "../company/books.js";
import type { Company } from "../company.js";
import type { Sales } from "../sales.js";
import { EMPTY_REFERENCE, type Row } from "./fields.js";
import { referenceTo } from "./references.js";

/** References everybody needs, by the place of a thing in the company's and the sales' lists. */
export const ref = {
  item: (at: number) => referenceTo("item", at),
  group: (at: number) => referenceTo("item-folder", at + 100),
  section: (at: number) => referenceTo("item-folder", at),
  kind: (at: number) => referenceTo("item-kind", at),
  warehouse: (at: number) => referenceTo("warehouse", at),
  region: (at: number) => referenceTo("region", at),
  client: (at: number) => referenceTo("partner", at),
  supplier: (at: number) => referenceTo("partner", at + 10_000),
  legal: (at: number) => referenceTo("legal", at),
  supplierLegal: (at: number) => referenceTo("legal", at + 10_000),
  organization: (at: number) => referenceTo("organization", at),
  agreement: (at: number) => referenceTo("agreement", at),
  user: (at: number) => referenceTo("user", at),
  department: (at: number) => referenceTo("department", at),
  unit: (at: number) => referenceTo("unit", at),
  manufacturer: (at: number) => referenceTo("manufacturer", at),
  stockKind: (organization: number) => referenceTo("stock-kind", organization),
  priceKind: (at: number) => referenceTo("price-kind", at),
  scenario: referenceTo("scenario", 0),
  rouble: referenceTo("currency", 0),
  itemKey: (item: number, warehouse: number | undefined) => referenceTo("item-key", item * 10 + (warehouse === undefined ? 9 : warehouse)),
  partnerKey: (client: number, organization: number) => referenceTo("partner-key", client * 10 + organization),
};

/** Two keys of analytics stand for one item where its stock is kept apart by warehouse. */
export function hasKeyPerWarehouse(sales: Sales, item: number): boolean {
  return item % 3 === 0 && (sales.items[item]?.stockedAt.length ?? 0) > 1;
}

const UNITS = [
  { name: "шт", full: "Штука" },
  { name: "м", full: "Метр" },
  { name: "упак", full: "Упаковка" },
] as const;
const CURRENCIES = [
  { code: "643", name: "RUB", full: "Российский рубль" },
  { code: "840", name: "USD", full: "Доллар США" },
  { code: "156", name: "CNY", full: "Китайский юань" },
] as const;

/** Rows of all catalogs and of the exchange rates, made when a set is first asked for. */
export function createCatalogs(company: Company, sales: Sales): Readonly<Record<string, () => Row[]>> {
  const manufacturers = [...new Set(sales.items.map(({ manufacturer }) => manufacturer))];
  const regionOf = (name: string): string => {
    const at = company.regions.indexOf(name);
    return at < 0 ? EMPTY_REFERENCE : ref.region(at);
  };
  const userOf = (id: string): string => ref.user(company.employees.findIndex((one) => one.id === id));

  return {
    Catalog_БизнесРегионы: () =>
      company.regions.map((name, at) => ({ ...entry(ref.region(at), at, name), Parent_Key: EMPTY_REFERENCE, IsFolder: false })),
    Catalog_Валюты: () =>
      CURRENCIES.map(({ code, name, full }, at) => ({
        ...entry(referenceTo("currency", at), at, name),
        Code: code,
        НаименованиеПолное: full,
        СимвольноеПредставление: name,
      })),
    Catalog_ВидыЗапасов: () =>
      sales.organizations.map((_, at) => ({
        ...entry(ref.stockKind(at), at, "Собственные товары"),
        Организация_Key: ref.organization(at),
      })),
    Catalog_ВидыНоменклатуры: () =>
      sales.groups.map(({ name }, at) => ({
        ...entry(ref.kind(at), at, name),
        Parent_Key: EMPTY_REFERENCE,
        IsFolder: false,
        ТипНоменклатуры: "Товар",
      })),
    Catalog_ВидыЦен: () =>
      ["Розничная", "Оптовая"].map((name, at) => ({
        ...entry(ref.priceKind(at), at, name),
        ЦенаВключаетНДС: true,
        ВалютаЦены_Key: ref.rouble,
      })),
    Catalog_КлючиАналитикиУчетаНоменклатуры: () => itemKeys(sales),
    Catalog_КлючиАналитикиУчетаПоПартнерам: () =>
      company.clients.flatMap(({ shortName }, client) =>
        sales.organizations.map(({ name }, organization) => ({
          ...entry(ref.partnerKey(client, organization), client * 2 + organization, `${shortName}; ${name}`.slice(0, 100)),
          Партнер_Key: ref.client(client),
          Организация_Key: ref.organization(organization),
          Контрагент: ref.legal(client),
          Контрагент_Type: "StandardODATA.Catalog_Контрагенты",
        })),
      ),
    Catalog_Контрагенты: () => [
      ...company.clients.map((client, at) => {
        const { inn } = inBooks(client, at);
        return {
          ...entry(ref.legal(at), at, client.name),
          НаименованиеПолное: client.name,
          ИНН: inn,
          КПП: inn.length === 10 ? "000001001" : "",
          Партнер_Key: ref.client(at),
          ЮрФизЛицо: legalKind(client.kind, client.inn),
        };
      }),
      ...sales.suppliers.map(({ name, inn }, at) => ({
        ...entry(ref.supplierLegal(at), 10_000 + at, name),
        НаименованиеПолное: name,
        ИНН: inn,
        КПП: "000001001",
        Партнер_Key: ref.supplier(at),
        ЮрФизЛицо: "ЮрЛицо",
      })),
    ],
    Catalog_Назначения: () => [],
    Catalog_Номенклатура: () => goods(sales, manufacturers),
    Catalog_Организации: () =>
      sales.organizations.map(({ name, inn }, at) => ({
        ...entry(ref.organization(at), at, name),
        НаименованиеПолное: name,
        ИНН: inn,
        КПП: "000001001",
      })),
    Catalog_Партнеры: () => [
      ...company.clients.map((client, at) => ({
        ...entry(ref.client(at), at, client.shortName),
        Parent_Key: EMPTY_REFERENCE,
        НаименованиеПолное: client.name,
        БизнесРегион_Key: regionOf(client.region),
        ОсновнойМенеджер_Key: userOf(client.managerId),
        Клиент: true,
        Поставщик: false,
        ЮрФизЛицо: legalKind(client.kind, client.inn),
        ДатаРегистрации: `${client.since}T00:00:00`,
        Комментарий: client.segment,
        КонтактнаяИнформация: contacts(ref.client(at), inBooks(client, at)),
      })),
      ...sales.suppliers.map(({ name }, at) => ({
        ...entry(ref.supplier(at), 10_000 + at, name),
        Parent_Key: EMPTY_REFERENCE,
        НаименованиеПолное: name,
        БизнесРегион_Key: EMPTY_REFERENCE,
        ОсновнойМенеджер_Key: EMPTY_REFERENCE,
        Клиент: false,
        Поставщик: true,
        ЮрФизЛицо: "ЮрЛицо",
        ДатаРегистрации: `${sales.firstDay}T00:00:00`,
        Комментарий: "",
        КонтактнаяИнформация: [],
      })),
    ],
    Catalog_Пользователи: () => company.employees.map(({ name }, at) => ({ ...entry(ref.user(at), at, name), Недействителен: false })),
    Catalog_Производители: () => manufacturers.map((name, at) => entry(ref.manufacturer(at), at, name)),
    Catalog_Склады: () =>
      sales.warehouses.map(({ name, region }, at) => ({
        ...entry(ref.warehouse(at), at, name),
        Parent_Key: EMPTY_REFERENCE,
        IsFolder: false,
        БизнесРегион_Key: regionOf(region),
      })),
    Catalog_СоглашенияСКлиентами: () =>
      company.clients.map(({ shortName }, at) => ({
        ...entry(ref.agreement(at), at, `Соглашение с «${shortName}»`.slice(0, 100)),
        Партнер_Key: ref.client(at),
        ВидЦен_Key: ref.priceKind(at % 2),
      })),
    Catalog_СтруктураПредприятия: () =>
      company.departments.map(({ name }, at) => ({ ...entry(ref.department(at), at, name), Parent_Key: EMPTY_REFERENCE })),
    Catalog_СценарииТоварногоПланирования: () => [{ ...entry(ref.scenario, 0, "Основной"), Периодичность: "Месяц" }],
    Catalog_УпаковкиЕдиницыИзмерения: () =>
      UNITS.map(({ name, full }, at) => ({ ...entry(ref.unit(at), at, name), НаименованиеПолное: full })),
    Catalog_ХарактеристикиНоменклатуры: () => [],
    InformationRegister_КурсыВалют: () => exchangeRates(sales),
  };
}

function entry(key: string, place: number, description: string): Row {
  return {
    Ref_Key: key,
    DataVersion: "AAAAAAAAAAE=",
    DeletionMark: false,
    Predefined: false,
    PredefinedDataName: "",
    Code: `00-${String(place + 1).padStart(8, "0")}`,
    Description: description,
  };
}

function legalKind(kind: "company" | "person", inn = ""): string {
  return kind === "person" ? "ФизЛицо" : inn.length === 12 ? "ИндивидуальныйПредприниматель" : "ЮрЛицо";
}

function contacts(owner: string, { phones, emails }: BookedClient): Row[] {
  const rows = [
    ...phones.map((phone) => ({ Тип: "Телефон", Представление: phone, АдресЭП: "", НомерТелефона: phone.replace(/\D/g, "") })),
    ...emails.map((email) => ({ Тип: "АдресЭлектроннойПочты", Представление: email, АдресЭП: email, НомерТелефона: "" })),
  ];
  return rows.map((row, at) => ({ Ref_Key: owner, LineNumber: at + 1, ...row }));
}

/** Folders by section and group, the 200 items, and one item marked for deletion long ago. */
function goods(sales: Sales, manufacturers: readonly string[]): Row[] {
  const folder = (key: string, parent: string, code: number, name: string): Row => ({
    ...entry(key, 0, name),
    Code: `УТ-9${String(code).padStart(7, "0")}`,
    Parent_Key: parent,
    IsFolder: true,
    Представления: [],
  });
  const item = (key: string, code: string, name: string, group: number, own: Row): Row => ({
    ...entry(key, 0, name),
    Code: code,
    Parent_Key: ref.group(group),
    IsFolder: false,
    ТипНоменклатуры: "Товар",
    ВидНоменклатуры_Key: ref.kind(group),
    СрокГодности: 0,
    Представления: [],
    ...own,
  });
  const gone = item(referenceTo("item", 9_000), "УТ-00000201", "Лампа накаливания 60 Вт", 1, {
    НаименованиеПолное: "Лампа накаливания 60 Вт",
  });
  return [
    ...sales.sections.map((name, at) => folder(ref.section(at), EMPTY_REFERENCE, at + 1, name)),
    ...sales.groups.map(({ name, section }, at) => folder(ref.group(at), ref.section(sales.sections.indexOf(section)), at + 101, name)),
    ...sales.items.map((one, at) =>
      item(ref.item(at), one.code, one.name, one.group, {
        НаименованиеПолное: one.fullName,
        Артикул: one.article,
        ЕдиницаИзмерения_Key: ref.unit(UNITS.findIndex(({ name }) => name === one.unit)),
        Производитель_Key: ref.manufacturer(manufacturers.indexOf(one.manufacturer)),
      }),
    ),
    { ...gone, DeletionMark: true },
  ];
}

function itemKeys(sales: Sales): Row[] {
  return sales.items.flatMap(({ name, stockedAt }, item) => {
    const places = hasKeyPerWarehouse(sales, item) ? stockedAt : [undefined];
    return places.map((warehouse) => ({
      ...entry(ref.itemKey(item, warehouse), item, name),
      Номенклатура_Key: ref.item(item),
      Характеристика_Key: EMPTY_REFERENCE,
      МестоХранения: warehouse === undefined ? "" : ref.warehouse(warehouse),
      МестоХранения_Type: warehouse === undefined ? "StandardODATA.Undefined" : "StandardODATA.Catalog_Склады",
    }));
  });
}

function exchangeRates(sales: Sales): Row[] {
  const months = [...new Set(sales.purchases.map(({ at }) => at.slice(0, 7)))];
  return months.flatMap((month, at) =>
    [1, 2].map((currency) => ({
      Period: `${month}-01T00:00:00`,
      Валюта_Key: referenceTo("currency", currency),
      Курс: Math.round((currency === 1 ? 90 + at * 0.3 : 12.4 + at * 0.05) * 10_000) / 10_000,
      Кратность: 1,
    })),
  );
}
