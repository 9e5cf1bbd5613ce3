import type { Intent } from "../intent.js";

/** Things people ask for that no tool does: said plainly, so that nobody waits for them. */
export const unsupported: Intent = {
  name: "unsupported",
  kind: "topic",
  vocabulary: {
    unsupported:
      "отправь, отправить письмо, отошли, перешли, измени, изменить, переименуй, переименовать, отредактируй, обнули, спиши, списать, переоцени, оплати, забронируй, зарезервируй, взломай, переведи деньги, send, forward, rename, edit, modify, pay, book, reserve, hack",
    "task-list":
      "мои задачи, мои дела, список задач, список дел, какие задачи, какие у меня задачи, задачи на сегодня, задачи на завтра, задачи на неделю, что по задачам, что у меня по задачам, просроченные задачи, my tasks, my to-do, my todo, task list, list of tasks, list my tasks, tasks for today, tasks for tomorrow, what are my tasks, what tasks, overdue tasks",
    "one-deal":
      "покажи сделку, покажи мне сделку, открой сделку, что со сделкой, что по сделке, что там по сделке, что с сделкой, show deal, show me deal, show the deal, open deal, what about deal, status of deal, карточка сделки, детали сделки, deal details",
  },
  cues: [
    [9, "first:unsupported"],
    [10, "task-list", "!create", "!remind"],
    [5, "task", "first:show"],
    [5, "task", "first:asks-which"],
    [-9, "document", "create"],
    [4, "deal", "#deal"],
    [4, "#ref:deal", "!move", "!note", "!task", "!write-down"],
    [6, "asks-who", "owner", "#number"],
    [8, "one-deal", "#deal", "!move", "!note", "!task", "!write-down"],
  ],
  build: (clause) => ({
    kind: "say",
    sentence: clause.has("task-list")
      ? "noTaskList"
      : clause.has("#deal") || clause.has("#ref:deal") || clause.has("#number")
        ? "noSingleDeal"
        : "cannotDo",
  }),
};
