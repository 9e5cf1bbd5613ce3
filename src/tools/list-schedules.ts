import { z } from "zod";
import type { ReadTool } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { placeWords, whenWords } from "./kit/schedules.js";

const input = z.strictObject({});

export const listSchedules: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "list-schedules",
  description:
    "Lists the person's own reports by the clock and subscriptions: number, what, when next, where to. " +
    "Use it for «мои подписки», «что ты мне присылаешь», «какие у меня отчёты по расписанию», 'my schedules', 'what am I subscribed to'.",
  needs: { family: "svyaz", verb: "read" },
  input,
  async run(_asked, turn) {
    const words = texts(turn.language).schedules;
    const all = await turn.schedules.list(turn.person);
    if (all.length === 0) return { forModel: words.none };
    const reports = all.filter(({ what }) => what.kind === "report").length;
    const [number = "", ...others] = words.columns;
    return {
      forModel: words.count(reports, all.length - reports),
      about: all.map(({ id, title }) => ({ ref: { system: "svyaz", kind: "schedule", id }, kind: "schedule", name: title })),
      forPerson: [
        {
          kind: "table",
          table: {
            columns: [
              { name: number, type: "text" },
              ...others.map((name, at) => ({ name, type: at === 2 ? ("moment" as const) : ("text" as const) })),
            ],
            rows: all.map((one) => [
              one.id,
              one.title,
              whenWords(one, turn),
              one.nextAt,
              one.address.channel === "terminal" ? words.terminal : placeWords(one.address, turn),
              one.paused ? words.states.paused : one.failures > 0 ? words.states.failing : words.states.active,
            ]),
          },
        },
      ],
    };
  },
};
