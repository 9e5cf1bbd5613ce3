import type { Clause } from "../clause.js";
import { clientOf, filled, type Intent } from "../intent.js";

/** «мои задачи», «что у меня на завтра», «просроченные задачи Бориса», "my tasks for today" */
export const listTasks: Intent = {
  name: "list-tasks",
  kind: "read",
  vocabulary: {
    "task-list":
      "мои задачи, моих задач, мои дела, задачи, задач, список задач, список дел, какие задачи, какие дела, какие у меня задачи, задачи на сегодня, задачи на завтра, задачи на неделю, что по задачам, что у меня по задачам, просроченные задачи, план на день, план на сегодня, план на завтра, tasks, my tasks, my to-do, my todo, to-dos, task list, list of tasks, list my tasks, tasks for today, tasks for tomorrow, what are my tasks, what tasks, overdue tasks",
    "my-day":
      "что мне сегодня делать, что мне завтра делать, у меня горит, что горит, что у меня сегодня, что у меня на сегодня, что у меня завтра, что у меня на завтра, что мне делать, что мне сделать, что я должен сделать, что я должна сделать, чем мне заняться, what do i have today, what do i have tomorrow, what is on my plate, what's on my plate, what should i do, what do i have to do, what's on today, my agenda",
    late: "просроченный, просроченные, просроченных, просрочены, просрочил, просрочила, просрочка, горит, горят, опаздываю, overdue, late, past due, missed",
    everybody:
      "все задачи, всех задач, задачи отдела, задачи команды, у всех, all tasks, everybody's, everyone's, team's tasks, tasks of the team",
    "done-ones":
      "выполненный, выполненные, выполненных, сделанные, сделанных, закрытые задачи, завершенные задачи, завершённые задачи, completed, done tasks, finished tasks",
  },
  cues: [
    [10, "task-list", "!create", "!remind", "!write-down"],
    [12, "my-day", "!remind"],
    [5, "task", "first:show"],
    [5, "task", "first:asks-which"],
    [4, "task", "late"],
    [6, "late", "mine", "!deal"],
    [-12, "remind"],
    [-9, "first:create"],
    [-9, "notify"],
    [-9, "document", "create"],
    [-9, "note"],
    [-14, "recurs", "send-again"],
  ],
  build(clause, memory, prior) {
    const phrases = clause.phrases({ time: "moment" });
    const owner = phrases.find(
      (phrase) => phrase.person && phrase.preposition !== "с" && phrase.preposition !== "with" && !phrase.lead.has("client"),
    );
    const others = phrases.filter((phrase) => phrase !== owner);
    const deal = clause.contact("deal");
    const { client } = deal === undefined ? clientOf(clause, memory, others) : {};
    const input = filled({
      ...prior,
      owner: clause.has("everybody") ? "all" : (owner?.nominative ?? (clause.has("mine") ? "me" : undefined)),
      client,
      deal,
      ...(clause.has("done-ones") && clause.period ? { dueFrom: clause.period.from, dueTo: clause.period.to } : term(clause)),
      overdue: clause.has("late") || undefined,
      done: clause.has("done-ones") || undefined,
    });
    return { kind: "call", input };
  },
};

/** «На завтра», «на этой неделе»: days of the term. */
function term(clause: Clause): { readonly dueFrom?: string; readonly dueTo?: string } {
  const day = clause.moment?.due?.slice(0, 10);
  if (clause.has("week")) {
    const today = clause.now.today;
    return { dueFrom: today, dueTo: addDays(today, 7) };
  }
  if (day !== undefined) return { dueFrom: day, dueTo: day };
  const { period } = clause;
  return period ? { dueFrom: period.from, dueTo: period.to } : {};
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
