import { z } from "zod";
import type { Written } from "../../domain/approval.js";
import type { Line } from "../../domain/message.js";
import type { Schedule, ScheduleDraft } from "../../domain/schedule.js";
import type { Question, Turn, WriteTool } from "../../domain/tool.js";
import { cronWords } from "../../text/cron.js";
import { texts } from "../../text/texts.js";
import { question } from "./write.js";

/** One line: it heads what is sent. */
export const Title = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .transform((title) => title.replaceAll(/\s+/g, " "));

/** Where it will be sent, for the card; or the question back, where the person has no private chat. */
export async function placeLine(turn: Turn): Promise<Line | Question> {
  const words = texts(turn.language).schedules;
  const place = await turn.schedules.place(turn.person, turn.address);
  if (!place) return question(words.noPlace);
  return { label: words.where, value: placeWords(place, turn) };
}

export function placeWords(place: Schedule["address"], turn: Turn): string {
  const words = texts(turn.language).schedules;
  if (place.channel === "terminal") return words.whileOpen;
  const { channel, workspace, chat } = turn.address;
  return place.channel === channel && place.workspace === workspace && place.chat === chat ? words.here : words.privately;
}

/** When it comes, in words. */
export function whenWords({ cron, what }: Pick<Schedule, "cron" | "what">, turn: Turn): string {
  if (cron !== undefined) return cronWords(cron, turn.language);
  return what.kind === "report" ? "" : texts(turn.language).schedules.looks(what.kind);
}

/** How both tools that add a schedule write what was agreed to. */
export function addSchedule<Draft extends ScheduleDraft>(): Pick<WriteTool<never, Draft>, "run" | "written"> {
  return {
    async run(approved, turn) {
      const { id } = await turn.schedules.add(approved, { address: turn.address, language: turn.language });
      return { ref: { system: "svyaz", kind: "schedule", id } };
    },
    async written(approved, turn): Promise<Written> {
      const schedule = await turn.schedules.made(approved.approval);
      return schedule ? { system: "svyaz", kind: "schedule", id: schedule.id } : "absent";
    },
  };
}
