import { z } from "zod";
import { NotFound } from "../domain/errors.js";
import type { Schedule } from "../domain/schedule.js";
import type { WriteTool } from "../domain/tool.js";
import { nameWords, stem } from "../text/names.js";
import { cronNames, cronWords } from "../text/cron.js";
import { texts } from "../text/texts.js";
import { whenWords } from "./kit/schedules.js";
import { question } from "./kit/write.js";

const input = z.strictObject({
  which: z
    .string()
    .trim()
    .max(200)
    .default("")
    .describe("Its number («3») or words of its title («договоры с Ромашкой»); empty when the person names none"),
});

const draft = z.object({ id: z.string(), title: z.string() });

export const cancelSchedule: WriteTool<z.infer<typeof input>, z.infer<typeof draft>> = {
  kind: "write",
  name: "cancel-schedule",
  description:
    "Ends one of the person's own reports by the clock or subscriptions; the person confirms a card. " +
    "Use it for «отпишись от договоров с Ромашкой», «больше не присылай продажи», «отмени № 3», 'stop notifying me about …', 'cancel schedule 3'.",
  needs: { family: "svyaz", verb: "change" },
  input,
  draft,
  async prepare({ which }, turn) {
    const words = texts(turn.language).schedules;
    const all = await turn.schedules.list(turn.person);
    if (all.length === 0) return question(words.cancelNone);
    const found = which === "" ? all : find(which, all);
    const offered = (among: readonly Schedule[]) => among.map(({ id, title }) => words.numbered(id, title));
    const [only] = found;
    if (!only) return question(words.cancelUnknown(which, offered(all)));
    if (found.length > 1) return question(words.cancelSeveral(which, offered(found)));
    return {
      ready: { id: only.id, title: only.title },
      operation: { system: "svyaz", family: "svyaz", verb: "change" },
      title: words.cancelTitle(only.title, only.id),
      lines: [{ label: words.when, value: whenWords(only, turn) }],
    };
  },
  async run(approved, turn) {
    const { id } = approved.draft;
    if (!(await turn.schedules.cancel(approved)))
      throw new NotFound(`schedule ${id} is not there`, { system: "svyaz", operation: "schedules.cancel" });
    return { ref: { system: "svyaz", kind: "schedule", id } };
  },
  async written({ askedBy, draft: { id } }, turn) {
    const all = await turn.schedules.list(askedBy);
    return all.some((one) => one.id === id) ? "absent" : { system: "svyaz", kind: "schedule", id };
  },
};

/** By number, else those that share the most words with what was asked: of their title, or of when they come («понедельничный»). */
function find(asked: string, all: readonly Schedule[]): readonly Schedule[] {
  const number = /^(?:\p{L}+\.?\s)?\s*[№#]?\s*(\d{1,15})\.?$/u.exec(asked)?.[1];
  const numbered = all.filter(({ id }) => id === number);
  if (number !== undefined && (numbered.length > 0 || !/\p{L}{3}/u.test(asked))) return numbered;
  const wanted = nameWords(asked).map(stem);
  const shared = ({ title, cron }: Schedule) => {
    const when = cron === undefined ? [] : [cronWords(cron, "ru"), cronWords(cron, "en"), ...cronNames(cron)];
    // "On", "at", "the" tell nothing apart.
    const told = when.flatMap(nameWords).filter((word) => word.length > 3);
    const have = new Set([...nameWords(title), ...told].map(stem));
    return wanted.filter((word) => have.has(word)).length;
  };
  const most = Math.max(...all.map(shared));
  return most === 0 ? [] : all.filter((one) => shared(one) === most);
}
