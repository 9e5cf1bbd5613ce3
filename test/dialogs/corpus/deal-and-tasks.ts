import { answer, call, type Dialogue, en, holds, name, ru, step, talk } from "./format.js";

/** One deal as it stands, and tasks: read, never made. */
export const dealAndTasks: readonly Dialogue[] = [
  ru("что со сделкой 1841", call("show-deal", { deal: "1841" })),
  ru("покажи сделку 1841", call("show-deal", { deal: "1841" })),
  ru("на каком этапе сделка 1024?", call("show-deal", { deal: "1024" })),
  ru("кто ответственный по сделке 1841", call("show-deal", { deal: "1841" })),
  ru("сколько стоит сделка № 1841?", call("show-deal", { deal: "1841" })),
  ru("сколько стоит сделка 1841 и кто ответственный", call("show-deal", { deal: "1841" })),
  ru("кто ведёт сделку с Ромашкой?", call("show-deal", { deal: name("ромашк") })),
  ru("что там по сделке с Альфа-Строй", call("show-deal", { deal: "Альфа-Строй" })),
  en("deal 1841 status", call("show-deal", { deal: "1841" })),
  en("show deal 1024", call("show-deal", { deal: "1024" })),
  en("how much is deal 1024?", call("show-deal", { deal: "1024" })),
  en("who owns the deal with Stonebridge", call("show-deal", { deal: "Stonebridge" })),
  talk("ru", answer("покажи сделку", "askDeal"), step("1841", call("show-deal", { deal: "1841" }))),
  talk(
    "ru",
    step("что со сделкой 1841", call("show-deal", { deal: "1841" }, { about: [{ ref: "amocrm:deal:1841", kind: "deal", name: "Щиты" }] })),
    step("перенеси её в переговоры", call("move-deal", { deal: "amocrm:deal:1841", stage: holds("переговоры") })),
  ),
  ru("мои задачи", call("list-tasks", { owner: "me" })),
  ru("мои задачи на сегодня", call("list-tasks", { owner: "me", dueFrom: "2026-11-20", dueTo: "2026-11-20" })),
  ru("какие у меня задачи на завтра?", call("list-tasks", { owner: "me", dueFrom: "2026-11-21", dueTo: "2026-11-21" })),
  ru("что у меня на завтра", call("list-tasks", { owner: "me", dueFrom: "2026-11-21", dueTo: "2026-11-21" })),
  ru("покажи мои задачи на неделю", call("list-tasks", { owner: "me", dueFrom: "2026-11-20", dueTo: "2026-11-27" })),
  ru("просроченные задачи", call("list-tasks", { overdue: true })),
  ru("просроченные задачи Бориса", call("list-tasks", { owner: name("борис"), overdue: true })),
  ru("задачи по Ромашке", call("list-tasks", { client: name("ромашк") })),
  ru("покажи все задачи", call("list-tasks", { owner: "all" })),
  en("my tasks for today", call("list-tasks", { owner: "me", dueFrom: "2026-11-20", dueTo: "2026-11-20" })),
  en("show my overdue tasks", call("list-tasks", { owner: "me", overdue: true })),
  en("what are my tasks for tomorrow", call("list-tasks", { owner: "me", dueFrom: "2026-11-21", dueTo: "2026-11-21" })),
  en("tasks with Stonebridge", call("list-tasks", { client: "Stonebridge" })),
  // What makes a task stays what it was.
  ru(
    "поставь задачу Анне позвонить Ромашке завтра в 10",
    call("create-task", { due: "2026-11-21T10:00", owner: name("анн"), text: holds("позвонить"), client: name("ромашк") }),
  ),
];
