import { plural } from "../format.js";

/** svyaz jobs. */
export const jobs = {
  kind: (kind: string, waiting: number, running: number) => `${kind.padEnd(12)} ждёт ${waiting}, выполняется ${running}`,
  schedule: (kind: string, key: string, cron: string, timeZone: string) => `  по часам: ${kind} ${key} · ${cron} (${timeZone})`,
  noDead: "Окончательно неудавшихся заданий нет.",
  dead: (id: string, what: string, at: string, tries: number, reason: string) =>
    `✗ ${id} ${what} · ${at}, ${tries} ${plural(tries, "ru", "попытка", "попытки", "попыток")}: ${reason}`,
  howTo: "Повторить: svyaz jobs retry [id]; убрать: svyaz jobs bury <id>",
  revived: (count: number) => `Снова в очереди: ${count}.`,
  buried: (id: string) => `Убрано: ${id}.`,
};

/** svyaz webhooks. */
export const webhooks = {
  registered: (system: string, url: string) => `${system}: веб-хук зарегистрирован: ${url}`,
  renewed: (system: string) => `${system}: веб-хук уже был зарегистрирован, настройки обновлены.`,
  byHand: (system: string, url: string) =>
    `${system}: API этой системы не регистрирует веб-хуки. Впишите адрес в её настройках сами (в нём секрет, никому его не показывайте):\n${url}`,
  noList: (system: string) => `${system}: API этой системы не управляет веб-хуками; смотрите её настройки`,
  none: (system: string) => `${system}: веб-хуков нет.`,
  removed: (system: string, id: string) => `${system}: веб-хук ${id} снят.`,
  notOurs: (system: string) => `${system}: нашего веб-хука там нет; список: svyaz webhooks list ${system}`,
  takesNone: (system: string) => `${system}: для этой системы веб-хуки не принимаются, изменения читаются каждые пять минут`,
  needsUrl: "задайте SVYAZ_PUBLIC_URL: адрес, по которому система достучится до Svyaz, например https://svyaz.example.com",
};
