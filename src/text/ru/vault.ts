import { formatNumber } from "../format.js";

/** Ключи, секреты и резервные копии в командной строке. */
export const vault = {
  newKey: [
    "# Новый ключ напечатан выше. Задайте его одним из способов:",
    "#   в .env: ENCRYPTION_KEY=<эта строка>",
    "#   или в файле: umask 077; npx svyaz keys new >> /путь/keyring; в .env: SVYAZ_KEYRING=/путь/keyring",
    "# Храните его отдельно от данных и копий: без него секреты не прочесть, с ним их прочтёт любой.",
  ].join("\n"),
  key: (id: string, from: string, secrets: number, newest: boolean) =>
    `${id.padEnd(12)} секретов: ${secrets}${newest ? ", новый" : ""}  ${from}`,
  rotated: (count: number, id: string) => `Зашифровано заново: ${count}, ключ ${id}. Старый ключ убирает: npx svyaz keys retire <id>`,
  retired: (id: string) => `Ключ ${id} убран. Копии, сделанные при нём, без него не прочесть.`,
  secretPrompt: (system: string, name: string) => `${name} для ${system} (не показывается): `,
  secretSet: (system: string, name: string, person?: string) => `Сохранено: ${system} ${name}${person ? ` (${person})` : ""}.`,
  secretUnasked: (system: string, names: string) => `Учтите: ${system} спрашивает ${names}.`,
  secretRemoved: (system: string, name: string, person?: string) => `Удалено: ${system} ${name}${person ? ` (${person})` : ""}.`,
  noSecrets: "В хранилище секретов пусто.",
  noSuchSecret: (system: string, name: string, person?: string) => `Такого секрета нет: ${system} ${name}${person ? ` (${person})` : ""}`,
  backedUp: (file: string, tables: number, rows: number, bytes: number) =>
    `Копия: ${file}, таблиц ${tables}, строк ${rows}, ${formatNumber(bytes / 1e6, "ru", 1)} МБ. Ключей в ней нет, кроме секретов и отмеченных полей, она не зашифрована.`,
  restored: (tables: number, rows: number, at: string) => `Восстановлено: таблиц ${tables}, строк ${rows}, на ${at}.`,
  secretsOpen: (opened: number, closed: number) =>
    closed === 0 ? `Секретов читается: ${opened}.` : `Секретов читается: ${opened}, не читается: ${closed}:`,
  encryption: (id: string, from: string, secrets: number) => `ключ ${id}, секретов ${secrets}: ${from}`,
  sources: { vault: "хранилище", environment: "переменная" } as Readonly<Record<string, string>>,
  generatedKey: (path: string) => `Ключ шифрования сделан для песочницы: ${path}. Настоящим системам нужен свой: npx svyaz keys new`,
};
