import type { CrmTask, Interaction } from "../../domain/crm.js";
import type { Block } from "../../domain/message.js";
import type { Turn } from "../../domain/tool.js";
import { texts } from "../../text/texts.js";

/** As many as fit a screen. */
const shown = 12;

/** What happened, newest first, as a person reads it. */
export function interactionTable(interactions: readonly Interaction[], turn: Turn): Block {
  const words = texts(turn.language).tools;
  return {
    kind: "table",
    caption: words.interactions,
    table: {
      columns: [
        { name: words.when, type: "moment" },
        { name: words.what, type: "text" },
        { name: words.text, type: "text" },
        { name: words.who, type: "text" },
      ],
      rows: interactions
        .slice(0, shown)
        .map((item) => [item.at, words.interaction[item.kind], item.text.slice(0, 200), item.author ?? null]),
      truncated: interactions.length > shown,
    },
  };
}

/** The same as material for the model. */
export function interactionLines(interactions: readonly Interaction[]): readonly string[] {
  return interactions.slice(0, 40).map((item) => `${item.at.toISOString().slice(0, 10)} ${item.kind}: ${item.text}`);
}

/** Tasks with their terms; `about` says what each is about, where that is worth a column. */
export function taskTable(
  tasks: readonly CrmTask[],
  turn: Turn,
  { about, truncated }: { about?: (task: CrmTask) => string; truncated?: boolean } = {},
): Block {
  const words = texts(turn.language).tools;
  return {
    kind: "table",
    caption: words.tasks,
    table: {
      columns: [
        { name: words.due, type: "moment" },
        { name: words.task, type: "text" },
        ...(about ? [{ name: words.aboutWhat, type: "text" as const }] : []),
        { name: words.owner, type: "text" },
      ],
      rows: tasks.map((task) => [
        task.dueAt ?? null,
        task.text.slice(0, 200),
        ...(about ? [about(task) || null] : []),
        task.owner?.name ?? null,
      ]),
      truncated,
    },
  };
}
