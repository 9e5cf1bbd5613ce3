import { formatNumber, plural } from "../format.js";

/** Minutes as people say them; less than one is "меньше минуты". */
const lasting = (minutes: number): string => {
  if (minutes < 1) return "меньше минуты";
  const whole = Math.ceil(minutes);
  if (whole < 120) return `около ${whole} мин`;
  return `около ${formatNumber(minutes / 60, "ru", 0)} ч`;
};

const seen: Readonly<Record<string, string>> = { deal: "сделки", contact: "контакты", company: "компании" };

interface Stage {
  readonly title: string;
  /** "admin": the administrators of Svyaz, by name. */
  readonly owner: string;
  readonly lines: readonly string[];
  readonly check: readonly string[];
  readonly back: string;
}

/** The report of `svyaz inventory`. */
export const inventory = {
  heading: "Инвентаризация подключённых систем",
  intro: (at: string, sandbox: boolean, readOnly: boolean): string =>
    [
      `Отчёт составлен ${at}. Svyaz спросил каждую настроенную систему, что она собой представляет и что в ней доступно; ничего не записывал.`,
      sandbox ? "**Это песочница: вымышленная компания, цифры не настоящие.**" : "",
      readOnly ? "Включён режим пилота: записи отключены." : "",
    ]
      .filter(Boolean)
      .join(" "),
  noSystems: "Ни одна система не настроена. Впишите адрес и ключ первой в .env (docs/connectors.md) и повторите.",
  verdict: ({
    all,
    silent,
    missing,
    risks,
  }: {
    readonly all: number;
    readonly silent: readonly string[];
    readonly missing: number;
    readonly risks: number;
  }): string =>
    [
      silent.length === 0
        ? `**Вывод.** Обследованы все системы (${all}): пилот только на чтение можно начинать.`
        : silent.length === all
          ? `**Вывод.** Ни одну систему обследовать не удалось (${silent.join(", ")}): начинать пилот рано.`
          : `**Вывод.** Обследованы ${all - silent.length} из ${all}: пилот можно начинать с них, а починить — ${silent.join(", ")}.`,
      missing + risks === 0 ? "Замечаний нет." : `До полной работы разберите: чего не хватает — ${missing}, рисков — ${risks}.`,
    ].join(" "),
  setName: (set: string): string => set.replace(/^Catalog_(.+)/, "справочник «$1»").replace(/^Document_(.+)/, "документ «$1»"),
  summaryColumns: ["Система", "Связь", "Возможностей", "Чего не хватает", "Рисков", "Первая синхронизация"],
  silent: "**не обследована**",
  answers: "отвечает",
  firstSync: (estimate: { readonly minutes: number } | undefined): string => (estimate ? lasting(estimate.minutes) : "не нужна"),
  didNotAnswer: (what: string, message: string): string =>
    `**Обследовать не удалось:** ${what}\n\nПодробность для администратора: ${message}`,
  toMend: "Что сделать:",
  seeDoctor: "запустите `svyaz doctor` и посмотрите журнал службы.",
  tellsNothing: "О себе эта система ничего не рассказывает; проверено только, что она отвечает и ключ действует.",
  factColumns: ["Что", "Ответ системы"],
  facts: {
    address: "Адрес",
    name: "Название",
    edition: "Редакция",
    version: "Версия",
    users: "Пользователей",
    account: "Учётная запись Svyaz",
    limits: "Предел обращений",
  },
  editions: { cloud: "облако", "data-center": "на своём сервере (Data Center)" } as Readonly<Record<string, string>>,
  versionHidden: "не сообщает",
  usersHidden: "не показаны",
  isAdmin: "права администратора",
  limits: (perSecond: number, atOnce: number, perDay?: number): string =>
    `${formatNumber(perSecond, "ru")} в секунду, ${atOnce} одновременно${perDay === undefined ? "" : `, ${formatNumber(perDay, "ru")} в сутки`}; вопросы людей идут первыми`,
  volumes: "Объёмы",
  volumeColumns: ["Что", "Сколько"],
  modules: "Разделы и пространства",
  moduleNames: {
    unsorted: "неразобранные заявки",
    customers: "покупатели (повторные продажи)",
    "loss-reasons": "причины отказа",
    sales: "выручка и себестоимость",
    purchases: "закупки",
    orders: "заказы клиентов",
    stock: "свободные остатки",
    expected: "ожидаемые поступления",
    debts: "долги клиентов",
    plans: "планы продаж и закупок",
  } as Readonly<Record<string, string>>,
  off: "выключено или не видно учётной записи",
  pipelines: "Воронки и этапы",
  fields: "Поля карточек",
  can: "Что Svyaz сможет здесь",
  canNothing: "- пока ничего: см. «Чего не хватает»",
  afterYes: "только после подтверждения",
  missing: "Чего не хватает",
  nothingMissing: "Всё нужное есть.",
  risks: "Риски",
  noRisks: "Не найдено.",
  andMore: (count: number): string => `…и ещё ${count}`,
  findings: {
    "inn-field": (about) =>
      about.length > 0
        ? `поля «${about[0]}» для ИНН у контактов и компаний нет: исправьте AMOCRM_INN_FIELD, иначе клиентов придётся сличать по телефону, почте и названию`
        : "у контактов и компаний нет поля с ИНН: добавьте поле «ИНН» (или назовите своё в AMOCRM_INN_FIELD), иначе один клиент в разных системах будет узнаваться хуже — по телефону, почте и названию",
    "users-hidden": () =>
      "ключ не показывает пользователей: не будет имён ответственных и отделов, а сотрудники увидят только своё; нужен ключ администратора",
    "rights-narrow": ([who = "", ...what]) =>
      `учётная запись ${who} видит не все записи (${what.map((one) => seen[one] ?? one).join(", ")}): зеркало будет неполным; дайте ей просмотр всех`,
    "lists-hidden": (about) => `ключу закрыты списки: ${about.join(", ")}`,
    "admin-token": ([who = ""]) =>
      `ключ действует с правами администратора (${who}): утечка откроет всё. Храните его в \`svyaz secret set\`, не в файлах; сотрудники пусть входят сами (/connect)`,
    "filters-off": () =>
      "в системе выключены фильтры API: каждая синхронизация читает всё целиком; попросите включить их в настройках учётной записи",
    "no-spaces": () => "учётная запись не видит ни одного пространства: дайте ей право чтения",
    "spaces-not-seen": (about) => `пространства из CONFLUENCE_SPACES не видны: ${about.join(", ")}`,
    "groups-hidden": () =>
      "группы пользователей не показаны: страницы, открытые группам, сотрудникам не покажутся; нужны права администратора",
    "space-rights-hidden": (about) =>
      `не видно, кто читает пространства ${about.join(", ")}: их страницы не будут показаны никому; дайте учётной записи право администрировать пространство`,
    "open-to-everyone": (about) => `пространства открыты всем без входа: ${about.join(", ")}; проверьте, что так и задумано`,
    "objects-not-published": (about) =>
      `в 1С не опубликованы объекты: ${about.join(", ")}; добавьте их в состав стандартного интерфейса OData, либо исключите раздел в MAPPING_FILE`,
    "fields-not-found": (about) =>
      `в конфигурации нет полей: ${about.join(", ")}; назовите их так, как они называются у вас, в MAPPING_FILE`,
    "objects-closed": (about) => `пользователю 1С закрыты объекты: ${about.join(", ")}; добавьте права в его профиль`,
    "people-not-linked": ([without = "", all = ""]) =>
      `у ${without} из ${all} сотрудников не указан их пользователь в этой системе: «своего» они здесь не увидят. \`svyaz people suggest --confirm\` свяжет совпавших по почте`,
    "no-public-address": () =>
      "не задан SVYAZ_PUBLIC_URL: система не сможет сообщать об изменениях сама, и они дойдут за пять минут вместо секунд",
    "plain-http": () => "адрес без шифрования (http): ключ и данные видны в сети; включите https или проведите трафик через VPN",
    "token-ends": ([day = "", days = ""]) =>
      `ключ действует до ${day} (ещё ${days} дн.): назначьте, кто сделает новый; за две недели придёт тревога`,
    "day-limit": ([calls = "", limit = ""]) =>
      `первая синхронизация займёт ${calls} обращений при суточном пределе ${limit}: она растянется на несколько дней`,
    "long-first-sync": ([hours = ""]) =>
      `первая синхронизация займёт не меньше ${hours} ч: начните её вечером; вопросы людей всё это время идут первыми`,
  } as Readonly<Record<string, (about: readonly string[]) => string>>,
  firstSyncHeading: "Первая полная синхронизация",
  firstSyncText: (estimate: { readonly calls: number; readonly minutes: number } | undefined, perSecond: number): string =>
    estimate
      ? `Не меньше ${formatNumber(estimate.calls, "ru")} ${plural(estimate.calls, "ru", "обращения", "обращений", "обращений")} при ${formatNumber(perSecond, "ru")} в секунду: ${lasting(estimate.minutes)}. Потом каждые пять минут читаются только изменения. На чтение текстов и поиск уйдёт ещё время.`
      : "Не нужна: данные не копируются, каждый вопрос задаётся системе напрямую.",
  plan: "План внедрения",
  planIntro: (owner: string): string =>
    `Отвечает за внедрение: ${owner}. У каждой системы назначьте и своего ответственного — впишите его в таблицу: он даёт права и подтверждает, что цифры сходятся.`,
  ownerMissing: "впишите (администраторов в Svyaz пока нет)",
  orderHeading: "Порядок подключения",
  orderColumns: ["№", "Система", "Почему здесь", "Первая синхронизация", "Ответственный за систему"],
  blank: "………………",
  why: (families: readonly string[], missing: number, silent: boolean): string => {
    if (silent) return "обследовать не удалось: сначала починить";
    const kind = families.includes("documents")
      ? "документы: только чтение, польза сразу"
      : families.includes("crm")
        ? "клиенты и сделки: чтение, затем записи"
        : "цифры: сверить с отчётами системы";
    return missing === 0 ? `${kind}; всё готово` : `${kind}; исправить пунктов: ${missing}`;
  },
  ownerLabel: "Ответственный:",
  checkLabel: "Проверить, прежде чем идти дальше:",
  backLabel: "Как вернуться назад:",
  stages: ({
    silent,
    people,
    minutes,
  }: {
    readonly silent: number;
    readonly people: number;
    readonly minutes: number;
  }): readonly Stage[] => [
    {
      title: "Этап 1. Инвентаризация (этот отчёт)",
      owner: "admin",
      lines: [
        "Разобрать «Чего не хватает» и «Риски» по каждой системе: исправить или письменно принять.",
        ...(silent > 0
          ? [
              `Починить ${silent} ${plural(silent, "ru", "систему, которую не удалось обследовать", "системы, которые не удалось обследовать", "систем, которые не удалось обследовать")}.`,
            ]
          : []),
        "Назначить ответственных за системы и вписать их в таблицу выше.",
      ],
      check: [
        "`svyaz doctor` — без неполадок.",
        "`svyaz inventory` повторно: в столбце «Чего не хватает» остались только принятые пункты.",
      ],
      back: "нечего возвращать: Svyaz только читал. Отзовите ключи в системах, если решили не продолжать.",
    },
    {
      title: "Этап 2. Пилот: только чтение, 3–5 человек, две недели",
      owner: "admin",
      lines: [
        "Запустить с `svyaz start --read-only` (или SVYAZ_READ_ONLY=true): записать что-либо нельзя никому.",
        `Подключать системы по одной в порядке таблицы; первое чтение всех — ${lasting(minutes)}.`,
        `Пригласить 3–5 человек из ${people} с разными ролями: \`svyaz people link\`.`,
        "Настроить чат администраторов и почту для тревог (SVYAZ_ADMIN_CHAT, ALERT_EMAIL).",
      ],
      check: [
        "Двадцать вопросов с заранее известными ответами: клиент, сделки, продажи, остатки, документы.",
        "Продажи за закрытый месяц совпали с отчётом самой системы до копейки.",
        "Сотрудник отдела продаж не видит чужих клиентов, рядовой сотрудник — закрытых документов.",
        "`/status` две недели без долгих тревог; данные не старше 15 минут.",
        "`svyaz audit verify` — журнал цел; резервная копия сделана и проверена восстановлением.",
      ],
      back: "остановить службу и отозвать ключи. В системах ничего не изменено. Одну систему отключают, убрав её переменные из .env.",
    },
    {
      title: "Этап 3. Полная работа: записи с подтверждением, все сотрудники",
      owner: "admin",
      lines: [
        "Убрать SVYAZ_READ_ONLY; неделю записи делает один отдел, затем остальные.",
        "Проверить правила доступа (`svyaz access show`): кому что можно и где нужно второе подтверждение.",
        "Пригласить остальных сотрудников; пусть входят в системы под собой (/connect).",
        "Включить сбор метрик и правила тревог (docs/operations.md).",
      ],
      check: [
        "Первые десять записей сверены с карточками в системах; дублей нет.",
        "`svyaz sync` без ошибок; в системах и у Svyaz одинаковое число записей.",
        "Тревоги доходят до администраторов, и есть кому на них ответить.",
      ],
      back: "SVYAZ_READ_ONLY=true и перезапуск: записи прекращаются сразу, ответы остаются. Всё записанное перечислено в `svyaz audit export` с номерами записей в системах.",
    },
  ],
  written: (file: string): string => `Отчёт записан: ${file}`,
};
