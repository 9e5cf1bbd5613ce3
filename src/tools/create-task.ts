import { z } from "zod";
import type { TaskDraft } from "../domain/crm.js";
import type { WriteTool } from "../domain/tool.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import { localMoment } from "./kit/moments.js";
import { ClientText, DealText } from "./kit/schemas.js";
import { crmWrite, ownerOf, question, resolveSubject, soleCrm, writtenIn } from "./kit/write.js";

const input = z.strictObject({
  text: z.string().trim().min(1).max(1000).describe("What is to be done"),
  due: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/, "2026-11-27 or 2026-11-27T10:00")
    .describe("When, in the person's own time: a day or a minute"),
  client: ClientText.optional(),
  deal: DealText.optional(),
  owner: z.string().trim().min(1).max(100).optional().describe("Whose task, when not the asker's"),
});

const draft = z.object({
  text: z.string(),
  dueAt: z.iso.datetime({ offset: true }),
  about: z.object({ kind: z.enum(["deal", "company", "contact"]), id: z.string() }).optional(),
  ownerId: z.string().optional(),
});

/** A task for a day without an hour is due at the end of the working day. */
const endOfWork = "18:00";

export const createTask: WriteTool<z.infer<typeof input>, TaskDraft> = {
  kind: "write",
  name: "create-task",
  needs: { family: "crm", verb: "create", kind: "task" },
  description:
    "Prepares a task with a due time, on a client or a deal or on neither; the person confirms a card. " +
    "Use it for «поставь задачу позвонить в пятницу», «напомни завтра в 10», 'remind me', 'create a task'. Not for remarks (add-note).",
  input,
  draft,
  async prepare(asked, turn) {
    const words = texts(turn.language).tools;
    const dueAt = localMoment(asked.due.includes("T") ? asked.due : `${asked.due}T${endOfWork}`, turn.person.timeZone);
    if (!dueAt) return question(words.noSuchDay(asked.due));
    if (dueAt.getTime() <= turn.now().getTime()) return question(words.dueInPast(formatMoment(dueAt, turn.language, turn.person.timeZone)));
    const subject = asked.client || asked.deal ? await resolveSubject(asked, turn) : undefined;
    if (subject && "ask" in subject) return subject;
    const system = subject?.system ?? (await soleCrm(turn));
    if ("ask" in system) return system;
    const owner = await ownerOf(system, asked.owner, turn);
    if (owner === null) return question(words.noSuch(asked.owner ?? ""));
    return {
      ready: { text: asked.text, dueAt: dueAt.toISOString(), about: subject?.about, ownerId: owner?.id },
      operation: crmWrite(system.system, "create", "task"),
      title: words.createTaskTitle(asked.text, system.title),
      lines: [
        { label: words.task, value: asked.text },
        { label: words.due, value: formatMoment(dueAt, turn.language, turn.person.timeZone) },
        ...(subject ? [{ label: subject.about.kind === "deal" ? words.deal : words.client, value: subject.name }] : []),
        { label: words.owner, value: owner?.name ?? words.notGiven },
      ],
    };
  },
  run: async (approved, turn) => (await turn.system("crm", approved.system)).crm.createTask(approved),
  written: (approved, turn) => writtenIn("task", approved, turn),
};
