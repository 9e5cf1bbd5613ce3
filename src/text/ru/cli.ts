import { formatNumber, plural } from "../format.js";

/** The first screen and the words of the command line. */
export const cli = {
  banner: (version: string) => `Svyaz ${version} — помощник, который работает с вашими системами из чата.`,
  sandboxOn: (systems: string) => `Песочница: вымышленная компания «Северный свет», данные не настоящие. Системы: ${systems}.`,
  realSystems: (systems: string) => `Подключены настоящие системы: ${systems}.`,
  noSystems: "Системы не подключены, песочница выключена.",
  modelOn: (model: string) => `Отвечает языковая модель ${model}.`,
  modelOff: "Языковая модель не задана: отвечает встроенный планировщик по правилам.",
  channelsOn: (channels: string) => `Каналы: ${channels}.`,
  databaseAt: (where: string) => `Данные: ${where}.`,
  youAre: (name: string, roles: string) => `Вы: ${name} (${roles}).`,
  tryThese: "Попробуйте спросить:",
  questions: [
    "Что у нас было с Ромашкой за последний год?",
    "Покажи продажи по месяцам с графиком",
    "Какой у нас порядок возврата товара?",
  ],
  howTo: "Дальше:",
  addToken: "  Telegram: токен от @BotFather в TELEGRAM_BOT_TOKEN файла .env (Slack: SLACK_BOT_TOKEN и SLACK_APP_TOKEN)",
  addModel: "  модель: OPENAI_API_KEY или OPENAI_BASE_URL",
  addSystem: "  первая система: AMOCRM_BASE_URL и AMOCRM_TOKEN, затем `npx svyaz doctor`",
  quit: "Выход: Ctrl-C.",
  stopping: "Останавливаюсь…",
  portTaken: (port: number) => `Порт ${port} занят другой программой: веб-сервер не запущен, чат работает. Другой порт: SVYAZ_PORT.`,
  serving: (url: string) => `Веб-сервер: ${url} (/health, /ready, /metrics)`,
  noChannels: "Ни один канал не настроен; вопросы можно задавать командой `npx svyaz ask`.",
  personAdded: (id: string, name: string) => `Добавлен: ${id} (${name}).`,
  invitation: (code: string, until: string) =>
    `Код приглашения: ${code}\nДействует до ${until}, один раз. Человек присылает его боту одним сообщением.`,
  linkedTo: (id: string, principal: string) => `${id} связан с ${principal}.`,
  rolesSet: (id: string, roles: string) => `${id}: роли ${roles}.`,
  noPeople: 'Людей пока нет. Добавьте первого: npx svyaz people add <id> --name "Имя" --role admin',
  unknownPerson: (id: string) => `Человека «${id}» нет. Список: npx svyaz people list`,
  written: (ref: string, url: string) => `Записано: ${ref} ${url}`.trim(),
  auditWhole: (count: number, seconds: number) =>
    `Журнал цел: ${plural(count, "ru", "проверена", "проверено", "проверено")} ${count} ${plural(count, "ru", "запись", "записи", "записей")} за ${formatNumber(seconds, "ru", 1)} с.`,
  auditBroken: (number: string, what: string) => `Журнал повреждён на записи ${number}: ${what}`,
  auditTroubles: {
    "seal-missing": "нет печати, номера идут не подряд",
    "link-broken": "печать не сходится с предыдущей",
    "event-missing": "событие удалено",
    "record-changed": "событие изменено",
    "payload-changed": "содержание изменено",
    "payload-missing": "содержание пропало без следа законного удаления",
    "tail-changed": "конец журнала отрезан или переписан",
    "head-differs": "записи не те, под которыми стоит подпись: журнал с этого места переписан",
    "head-missing": "записей нет, а подпись под ними есть: конец журнала отрезан",
  } as Readonly<Record<string, string>>,
  syncDone: (system: string, kind: string, stored: number, removed: number, seconds: number) =>
    `${system} ${kind}: записано ${stored}, удалено ${removed} (${formatNumber(seconds, "ru", 1)} с)`,
  syncFailed: (system: string, kind: string, reason: string) => `${system} ${kind}: не получилось — ${reason}`,
  indexedFiles: (indexed: number, skipped: number, seconds: number) =>
    `Проиндексировано файлов: ${indexed}, пропущено: ${skipped} (${formatNumber(seconds, "ru", 1)} с).`,
  sandboxReset: "Песочница и всё, что Svyaz о ней помнил, стёрты; при следующем запуске она начнётся заново.",
  answers: (title: string, ms: number) => `${title} отвечает, ${ms} мс`,
  mends: {
    "sign-in-needed": (prefix: string) => `сделайте в системе новый ключ и впишите его в .env (переменные ${prefix}…)`,
    "access-denied": () => "ключу не хватает прав: дайте его учётной записи те, что перечислены в docs/connectors.md",
    "not-found": (prefix: string) => `проверьте ${prefix}BASE_URL: по адресу кто-то отвечает, но не эта система`,
    "answer-unexpected": (prefix: string) => `проверьте ${prefix}BASE_URL: отвечает что-то другое (страница входа, прокси, другая версия)`,
    "system-unavailable": (prefix: string) => `проверьте, что эта машина видит адрес из ${prefix}BASE_URL (DNS, межсетевой экран, VPN)`,
    "too-many-requests": () => "подождите минуту; если не пройдёт, тот же предел расходует кто-то ещё",
  } as Readonly<Record<string, (prefix: string) => string>>,
  knownAs: (name: string) => `отвечает, бот ${name}`,
  roomLeft: (free: string, total: string, folder: string) => `свободно ${free} из ${total} ГБ (${folder})`,
  partMends: {
    database: "проверьте DATABASE_URL и что там запущен PostgreSQL с расширением pgvector; без DATABASE_URL база встроенная",
    encryption: "`npx svyaz keys new` сделает ключ; впишите его в .env как ENCRYPTION_KEY и храните копию отдельно от данных",
    disk: "освободите место или перенесите папку данных на другой диск (--data DIR или SVYAZ_DATA)",
    model: "проверьте OPENAI_API_KEY, OPENAI_BASE_URL и OPENAI_MODEL: этому ключу сервер должен отдавать эту модель",
    embeddings: "проверьте OPENAI_EMBEDDING_MODEL: сервер должен отвечать на /embeddings; без неё поиск идёт по словам",
    telegram:
      "возьмите токен у @BotFather (/mybots → API Token) и впишите в TELEGRAM_BOT_TOKEN; если бот не отвечает, проверьте, что эта машина видит api.telegram.org (или TELEGRAM_API_ROOT)",
    slack:
      "возьмите Bot User OAuth Token (xoxb-…) на странице приложения, OAuth & Permissions, и впишите в SLACK_BOT_TOKEN; прав не хватает — установите приложение заново по манифесту",
    mail: "проверьте SMTP_SERVER, SMTP_PORT (465 или порт со STARTTLS), ALERT_EMAIL и EMAIL_PASSWORD",
  } as Readonly<Record<"database" | "encryption" | "disk" | "model" | "embeddings" | "mail", string>> &
    Readonly<Partial<Record<string, string>>>,
  doctorFine: "Всё в порядке.",
  doctorBad: (count: number) => `Неполадок: ${count}.`,
};
