import { plural } from "../format.js";

/** Signing in to systems in one's own name. */
export const connect = {
  link: (title: string, url: string, minutes: number) =>
    `Войдите в ${title} под своей учётной записью: [открыть страницу входа](${url})\nСсылка действует ${minutes} ${plural(minutes, "ru", "минуту", "минуты", "минут")}, один раз и только для вас: не пересылайте её. Новая — той же командой.`,
  which: (command: string, systems: readonly string[]) =>
    systems.length === 0
      ? "Систем со входом под своей учётной записью пока нет. Администратору: для них нужны CLIENT_ID и CLIENT_SECRET, см. docs/connectors.md."
      : `Какую систему? Напишите: ${systems.map((system) => `/${command} ${system}`).join(", ")}`,
  notOffered: (title: string) => `В ${title} под своей учётной записью не войти: администратор этого не настроил.`,
  appRefusedTitle: (title: string) => `${title}: приложение Svyaz не принимают`,
  appRefusedText: (title: string, variables: readonly string[]) =>
    `${title} не узнаёт приложение Svyaz, поэтому вход людей не продлевается. Проверьте ${variables.join(" и ")}: секрет могли заменить в настройках интеграции. После исправления всё продолжится само, входить заново не нужно.`,
  adminsOnly: "Подключить систему для всех может только администратор.",
  everybody: ["для всех", "всем"],
  connected: (title: string) => `${title} подключена: дальше я работаю там с вашими правами.`,
  connectedAndOn: (title: string) => `${title} подключена. Отвечаю на ваш вопрос.`,
  disconnected: (title: string, revoked: boolean) =>
    revoked
      ? `${title} отключена: доступ отозван и стёрт.`
      : `${title} отключена: доступ у меня стёрт. Сама система не даёт мне его отозвать; при желании сделайте это в её настройках.`,
  notConnected: (title: string) => `${title} и не была подключена под вашей учётной записью.`,
  lostTitle: (title: string, person: string | undefined) =>
    person === undefined ? `${title}: нужен повторный вход` : `${title}: ${person} нужно войти заново`,
  lostText: (title: string, system: string, person: string | undefined) =>
    `${title} больше не принимает сохранённый вход. До повторного входа вопросы к ней ${person === undefined ? "ни у кого не пройдут" : `у ${person} не пройдут`}. ` +
    (person === undefined ? `Команда: svyaz connect ${system}` : `Пусть ${person} напишет боту: /connect ${system}`),
  needsAgain: (person: string | undefined) => `нужен повторный вход${person === undefined ? "" : `: ${person}`}`,
  pages: {
    done: (title: string) => `Готово: ${title} подключена. Эту страницу можно закрыть, ответ придёт в чат.`,
    declined: (title: string) => `Вход в ${title} отменён. Ничего не сохранено. Если это случайно, попросите в чате новую ссылку.`,
    failed: (title: string) => `Войти в ${title} не получилось. Ничего не сохранено. Попросите в чате новую ссылку и попробуйте ещё раз.`,
    refused: {
      unknown: "Эта ссылка не подходит: она заменена новой или неверна. Ничего не сохранено. Попросите в чате новую.",
      used: "Эта ссылка уже использована. Если вход не удался, попросите в чате новую.",
      expired: "Время ссылки вышло: она действует 15 минут. Ничего не сохранено. Попросите в чате новую.",
      "other-system": "Эта ссылка была для входа в другую систему. Ничего не сохранено. Попросите в чате новую.",
      "somebody-else":
        "Вход выполнен не под вашей учётной записью. Ничего не сохранено. Выйдите из системы, войдите под своей и попросите в чате новую ссылку.",
    } as Readonly<Record<string, string>>,
  },
  cliLink: (url: string, minutes: number) =>
    `Откройте в браузере (действует ${minutes} ${plural(minutes, "ru", "минуту", "минуты", "минут")}, один раз):\n${url}`,
};
