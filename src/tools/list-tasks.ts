import { z } from "zod";
import type { With } from "../domain/connector.js";
import type { Client, CrmTask, Deal, TaskQuery } from "../domain/crm.js";
import type { EntityRef } from "../domain/entity.js";
import { SvyazError } from "../domain/errors.js";
import type { Mention, ReadTool } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { taskTable } from "./kit/interactions.js";
import { findOwner } from "./kit/owners.js";
import { askEach, printRef, resolveClient, resolveDeal } from "./kit/resolve.js";
import { ClientText, Day, DealText } from "./kit/schemas.js";
import { takePages } from "./kit/take.js";

const input = z.strictObject({
  owner: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe(
      "'me' for the person's own tasks, which is what is meant unless they say otherwise; a colleague's name; 'all' for everybody's",
    ),
  client: ClientText.optional(),
  deal: DealText.optional(),
  dueFrom: Day.optional().describe("First day of the term"),
  dueTo: Day.optional().describe("Last day of the term"),
  overdue: z.boolean().optional().describe("Only those whose term has passed"),
  done: z.boolean().optional().describe("Those that are done, instead of those to be done"),
});

const shown = 20;
const counted = 200;

export const listTasks: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "list-tasks",
  needs: { family: "crm", verb: "read" },
  description:
    "Lists tasks of the CRM by owner, client and term, the nearest first, and says how many are overdue. " +
    "Use it for «мои задачи», «что у меня на сегодня», «просроченные задачи Бориса», 'my tasks for tomorrow', 'tasks with Romashka'. It creates nothing (create-task does).",
  input,
  async run(asked, turn) {
    const words = texts(turn.language).tools;
    const about = asked.deal ? await resolveDeal(asked.deal, turn) : asked.client ? await resolveClient(asked.client, turn) : undefined;
    const named = asked.deal ?? asked.client ?? "";
    if (about?.kind === "none")
      return { forModel: asked.deal ? words.dealNotFound(named) : words.clientNotFound(named), missing: about.missing };
    if (about?.kind === "many")
      return { forModel: words.severalFound(named), forPerson: [about.question], asked: true, missing: about.missing };
    // Whose tasks with a client these are matters less than that they are with this client.
    const owner = asked.owner ?? (about ? "all" : "me");
    const unknown: string[] = [];
    const { answers, missing } = await askEach(
      turn,
      async (system) => {
        const ownerId = owner === "all" ? undefined : await findOwner(owner, system, turn);
        if (owner !== "all" && ownerId === undefined) {
          unknown.push(system.title);
          return { items: [] as readonly CrmTask[], more: false };
        }
        const { dueFrom, dueTo } = asked;
        const query: TaskQuery = {
          ownerId,
          done: asked.done ?? false,
          about: about && { kind: kindOf(about.value.ref), id: about.value.ref.id },
          ...(dueFrom || dueTo ? { due: { from: dueFrom ?? "1970-01-01", to: dueTo ?? "2999-12-31" } } : {}),
        };
        return takePages(system.crm.tasks(query), counted, turn.signal);
      },
      about?.system.system,
    );
    const now = turn.now();
    const late = (task: CrmTask) => !task.done && task.dueAt !== undefined && task.dueAt < now;
    const all = answers.flatMap(({ system, value }) => value.items.map((task) => ({ system, task })));
    const tasks = all.filter(({ task }) => !asked.overdue || late(task)).toSorted((a, b) => term(a.task) - term(b.task));
    if (tasks.length === 0) {
      if (unknown.length === 0) return { forModel: words.noTasks, missing };
      return { forModel: owner === "me" ? words.notLinked(unknown.join(", ")) : words.noSuch(owner), missing };
    }
    const more = answers.some(({ value }) => value.more);
    const rows = tasks.slice(0, shown);
    const names = await holders(rows);
    return {
      forModel: words.tasksFound(
        tasks.length,
        tasks.filter(({ task }) => late(task)).length,
        more,
        tasks.length > shown ? shown : undefined,
      ),
      material: rows.map(({ task }) => task.text).join("\n"),
      about: [
        ...(about ? [mention(about.value)] : []),
        ...rows.flatMap(({ task: { about } }) => {
          const name = about?.kind === "deal" && names.get(printRef(about));
          return about && name ? [{ ref: about, kind: "deal", name }] : [];
        }),
      ],
      missing,
      forPerson: [
        taskTable(
          rows.map(({ task }) => task),
          turn,
          { about: ({ about }) => (about && names.get(printRef(about))) ?? "", truncated: tasks.length > shown || more },
        ),
        {
          kind: "sources",
          sources: rows
            .slice(0, 5)
            .flatMap(({ task }) => (task.url ? [{ title: task.text.slice(0, 80), url: task.url, ref: task.ref }] : [])),
        },
      ],
    };
  },
};

function kindOf({ kind }: EntityRef): "deal" | "company" | "contact" {
  return kind === "deal" || kind === "contact" ? kind : "company";
}

function mention(thing: Client | Deal): Mention {
  return "title" in thing ? { ref: thing.ref, kind: "deal", name: thing.title } : { ref: thing.ref, kind: "client", name: thing.name };
}

function term({ dueAt }: CrmTask): number {
  return dueAt?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** What the tasks are about, by name; what the person may not see, or what cannot be read now, has none. */
async function holders(rows: readonly { readonly system: With<"crm">; readonly task: CrmTask }[]): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map(rows.flatMap(({ system, task: { about } }) => (about ? [[printRef(about), { system, about }] as const] : [])));
  const names = await Promise.all(
    [...wanted].map(async ([key, { system, about }]) => {
      try {
        const name = about.kind === "deal" ? (await system.crm.deal(about.id)).title : (await system.crm.client(about.id)).name;
        return [[key, name] as const];
      } catch (error) {
        if (!(error instanceof SvyazError)) throw error;
        return [];
      }
    }),
  );
  return new Map(names.flat());
}
