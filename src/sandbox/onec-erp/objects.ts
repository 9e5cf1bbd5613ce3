import { choice, composite, decimal, flag, link, moment, type Property, type SetSchema, text, whole } from "./fields.js";

/** Values of the enumerations the published objects use; sets of their own they do not have. */
export const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  СтатусыЗаказовКлиентов: ["НаСогласовании", "КВыполнению", "Закрыт"],
  СтатусыЗаказовПоставщикам: ["НеСогласован", "Согласован", "Подтвержден", "Закрыт"],
  СтатусыПланов: ["ВПодготовке", "НаУтверждении", "Утвержден", "Отменен"],
  СтатусыРеализацийТоваровУслуг: ["КПредоплате", "КОтгрузке", "Отгружено"],
  ТипыНоменклатуры: ["Товар", "Услуга", "Работа", "Набор"],
  ЮрФизЛицо: ["ЮрЛицо", "ИндивидуальныйПредприниматель", "ФизЛицо"],
  ХозяйственныеОперации: ["РеализацияКлиенту", "ЗакупкаУПоставщика", "ПоступлениеОплатыОтКлиента"],
  Периодичность: ["День", "Неделя", "Месяц", "Квартал", "Год"],
  ТипыКонтактнойИнформации: ["Адрес", "Телефон", "АдресЭлектроннойПочты"],
};

const C = (name: string): string => `Catalog_${name}`;
const D = (name: string): string => `Document_${name}`;

function catalog(
  name: string,
  own: readonly Property[],
  options: { hierarchy?: "folders" | "items"; parts?: Readonly<Record<string, readonly Property[]>> } = {},
): SetSchema {
  const hierarchy =
    options.hierarchy === undefined ? [] : [...link("Parent", C(name)), ...(options.hierarchy === "folders" ? flag("IsFolder") : [])];
  return {
    name: C(name),
    kind: "catalog",
    title: name,
    key: ["Ref_Key"],
    properties: [
      ...REFERENCE,
      ...flag("Predefined"),
      ...text("PredefinedDataName"),
      ...hierarchy,
      ...text("Code", 11),
      ...text("Description", 100),
      ...own,
    ],
    parts: partsOf(options.parts ?? {}),
  };
}

function document(
  name: string,
  title: string,
  own: readonly Property[],
  parts: Readonly<Record<string, readonly Property[]>> = {},
): SetSchema {
  const standard = [...REFERENCE, ...text("Number", 11), ...moment("Date"), ...flag("Posted")];
  return { name: D(name), kind: "document", title, key: ["Ref_Key"], properties: [...standard, ...own], parts: partsOf(parts) };
}

const REFERENCE: readonly Property[] = [{ name: "Ref_Key", type: "Edm.Guid" }, ...text("DataVersion", 12), ...flag("DeletionMark")];

function partsOf(parts: Readonly<Record<string, readonly Property[]>>): ReadonlyMap<string, readonly Property[]> {
  return new Map(
    Object.entries(parts).map(([name, columns]) => [name, [{ name: "Ref_Key", type: "Edm.Guid" }, ...whole("LineNumber"), ...columns]]),
  );
}

const trade = (extra: readonly Property[] = []): readonly Property[] => [
  ...link("Номенклатура", C("Номенклатура")),
  ...link("Характеристика", C("ХарактеристикиНоменклатуры")),
  ...decimal("Количество"),
  ...decimal("Цена"),
  ...decimal("ПроцентАвтоматическойСкидки"),
  ...decimal("СуммаАвтоматическойСкидки"),
  ...decimal("Сумма"),
  ...decimal("СуммаНДС"),
  ...decimal("СуммаСНДС"),
  ...extra,
];
const partnerHead: readonly Property[] = [
  ...link("Организация", C("Организации")),
  ...link("Партнер", C("Партнеры")),
  ...link("Контрагент", C("Контрагенты")),
  ...link("Склад", C("Склады")),
  ...link("Валюта", C("Валюты")),
  ...decimal("СуммаДокумента"),
  ...text("Комментарий", 200),
];
const client: readonly Property[] = [...link("Менеджер", C("Пользователи")), ...link("Соглашение", C("СоглашенияСКлиентами"))];
const planHead: readonly Property[] = [
  ...choice("Статус", "СтатусыПланов"),
  ...link("Сценарий", C("СценарииТоварногоПланирования")),
  ...choice("Периодичность", "Периодичность"),
  ...moment("НачалоПериода"),
  ...moment("ОкончаниеПериода"),
  ...link("Ответственный", C("Пользователи")),
  ...text("Комментарий", 200),
];
const planLines: readonly Property[] = [
  ...link("Номенклатура", C("Номенклатура")),
  ...link("Характеристика", C("ХарактеристикиНоменклатуры")),
  ...decimal("Количество"),
  ...decimal("Цена"),
  ...decimal("Сумма"),
];

/** Catalogs and documents published by the sandbox's ERP 2.5, in the names the fact sheets give them. */
export const OBJECTS: readonly SetSchema[] = [
  catalog("БизнесРегионы", [], { hierarchy: "folders" }),
  catalog("Валюты", [...text("НаименованиеПолное", 50), ...text("СимвольноеПредставление", 3)]),
  catalog("ВидыЗапасов", [...link("Организация", C("Организации"))]),
  catalog("ВидыНоменклатуры", [...choice("ТипНоменклатуры", "ТипыНоменклатуры")], { hierarchy: "folders" }),
  catalog("ВидыЦен", [...flag("ЦенаВключаетНДС"), ...link("ВалютаЦены", C("Валюты"))]),
  catalog("КлючиАналитикиУчетаНоменклатуры", [
    ...link("Номенклатура", C("Номенклатура")),
    ...link("Характеристика", C("ХарактеристикиНоменклатуры")),
    ...composite("МестоХранения", [C("Склады"), C("СтруктураПредприятия")]),
  ]),
  catalog("КлючиАналитикиУчетаПоПартнерам", [
    ...link("Партнер", C("Партнеры")),
    ...link("Организация", C("Организации")),
    ...composite("Контрагент", [C("Контрагенты"), C("Организации")]),
  ]),
  catalog("Контрагенты", [
    ...text("НаименованиеПолное", 1024),
    ...text("ИНН", 12),
    ...text("КПП", 9),
    ...link("Партнер", C("Партнеры")),
    ...choice("ЮрФизЛицо", "ЮрФизЛицо"),
  ]),
  catalog("Назначения", []),
  catalog(
    "Номенклатура",
    [
      ...text("НаименованиеПолное", 1024),
      ...text("Артикул", 50),
      ...choice("ТипНоменклатуры", "ТипыНоменклатуры"),
      ...link("ВидНоменклатуры", C("ВидыНоменклатуры")),
      ...link("ЕдиницаИзмерения", C("УпаковкиЕдиницыИзмерения")),
      ...link("Производитель", C("Производители")),
      ...text("Описание", 2000),
      { name: "СрокГодности", type: "Edm.Int64", deaf: true },
    ],
    { hierarchy: "folders", parts: { Представления: [...text("КодЯзыка", 10), ...text("НаименованиеПолное", 1024)] } },
  ),
  catalog("Организации", [...text("НаименованиеПолное", 250), ...text("ИНН", 12), ...text("КПП", 9)]),
  catalog(
    "Партнеры",
    [
      ...text("НаименованиеПолное", 250),
      ...link("БизнесРегион", C("БизнесРегионы")),
      ...link("ОсновнойМенеджер", C("Пользователи")),
      ...flag("Клиент"),
      ...flag("Поставщик"),
      ...choice("ЮрФизЛицо", "ЮрФизЛицо"),
      ...moment("ДатаРегистрации"),
      ...text("Комментарий", 200),
    ],
    {
      hierarchy: "items",
      parts: {
        КонтактнаяИнформация: [
          ...choice("Тип", "ТипыКонтактнойИнформации"),
          ...text("Представление", 500),
          ...text("АдресЭП", 100),
          ...text("НомерТелефона", 20),
        ],
      },
    },
  ),
  catalog("Пользователи", [...flag("Недействителен")]),
  catalog("Производители", []),
  catalog("Склады", [...link("БизнесРегион", C("БизнесРегионы"))], { hierarchy: "folders" }),
  catalog("СоглашенияСКлиентами", [...link("Партнер", C("Партнеры")), ...link("ВидЦен", C("ВидыЦен"))]),
  catalog("СтруктураПредприятия", [], { hierarchy: "items" }),
  catalog("СценарииТоварногоПланирования", [...choice("Периодичность", "Периодичность")]),
  catalog("УпаковкиЕдиницыИзмерения", [...text("НаименованиеПолное", 50)]),
  catalog("ХарактеристикиНоменклатуры", []),
  document(
    "ЗаказКлиента",
    "Заказ клиента",
    [...partnerHead, ...client, ...choice("Статус", "СтатусыЗаказовКлиентов"), ...moment("ДатаОтгрузки")],
    { Товары: trade([...link("ВидЦены", C("ВидыЦен")), ...flag("Отменено"), ...moment("ДатаОтгрузки")]) },
  ),
  document(
    "ЗаказПоставщику",
    "Заказ поставщику",
    [...partnerHead, ...choice("Статус", "СтатусыЗаказовПоставщикам"), ...moment("ДатаПоступления")],
    { Товары: trade([...flag("Отменено")]) },
  ),
  document(
    "ОприходованиеИзлишковТоваров",
    "Оприходование излишков товаров",
    [...link("Организация", C("Организации")), ...link("Склад", C("Склады")), ...text("Комментарий", 200)],
    {
      Товары: [
        ...link("Номенклатура", C("Номенклатура")),
        ...link("Характеристика", C("ХарактеристикиНоменклатуры")),
        ...decimal("Количество"),
      ],
    },
  ),
  document("ПланЗакупок", "План закупок", planHead, { Товары: planLines }),
  document("ПланПродаж", "План продаж", planHead, { Товары: planLines }),
  document(
    "ПоступлениеБезналичныхДенежныхСредств",
    "Поступление безналичных денежных средств",
    [
      ...link("Организация", C("Организации")),
      ...link("Партнер", C("Партнеры")),
      ...link("Контрагент", C("Контрагенты")),
      ...link("Валюта", C("Валюты")),
      ...decimal("СуммаДокумента"),
      ...choice("ХозяйственнаяОперация", "ХозяйственныеОперации"),
      ...text("Комментарий", 200),
    ],
    { РасшифровкаПлатежа: [...composite("ОбъектРасчетов", [D("РеализацияТоваровУслуг"), D("ЗаказКлиента")]), ...decimal("Сумма")] },
  ),
  document(
    "ПриобретениеТоваровУслуг",
    "Приобретение товаров и услуг",
    [...partnerHead, ...composite("ЗаказПоставщику", [D("ЗаказПоставщику")])],
    { Товары: trade() },
  ),
  document(
    "РеализацияТоваровУслуг",
    "Реализация товаров и услуг",
    [
      ...partnerHead,
      ...client,
      ...choice("Статус", "СтатусыРеализацийТоваровУслуг"),
      ...composite("ЗаказКлиента", [D("ЗаказКлиента")]),
      ...moment("ДатаПлатежа"),
    ],
    { Товары: trade([...link("ВидЗапасов", C("ВидыЗапасов"))]) },
  ),
  document("УстановкаЦенНоменклатуры", "Установка цен номенклатуры", [...text("Комментарий", 200)], {
    Товары: [...link("Номенклатура", C("Номенклатура")), ...link("ВидЦены", C("ВидыЦен")), ...decimal("Цена")],
  }),
  {
    name: "InformationRegister_КурсыВалют",
    kind: "information",
    title: "Курсы валют",
    key: ["Period", "Валюта_Key"],
    properties: [...moment("Period"), ...link("Валюта", C("Валюты")), ...decimal("Курс"), ...whole("Кратность")],
    parts: new Map(),
    periodic: true,
  },
];
