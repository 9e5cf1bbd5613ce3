import { plural } from "../format.js";

/** What channels add to a reply. */
export const channels = {
  stop: "Остановить",
  sources: "Источники",
  more: (rows?: number) =>
    rows === undefined ? "…показаны не все строки" : `…и ещё ${rows} ${plural(rows, "ru", "строка", "строки", "строк")}`,
  outside: "взято не из вашего сообщения",
  commands: [
    { command: "help", description: "Что я умею" },
    { command: "stop", description: "Остановить ответ" },
    { command: "connect", description: "Войти в систему под своей учётной записью" },
    { command: "disconnect", description: "Отключить свою учётную запись" },
    { command: "status", description: "Как работают системы" },
    { command: "audit", description: "Мои последние операции" },
  ],
};
