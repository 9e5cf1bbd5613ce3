import { z } from "zod";
import type { NoteDraft } from "../domain/crm.js";
import type { WriteTool } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { ClientText, DealText } from "./kit/schemas.js";
import { crmWrite, question, resolveSubject, writtenIn } from "./kit/write.js";

const input = z.strictObject({
  text: z.string().trim().min(1).max(4000).describe("The note's words, as the person gave them"),
  client: ClientText.optional(),
  deal: DealText.optional(),
});

const draft = z.object({ about: z.object({ kind: z.enum(["deal", "company", "contact"]), id: z.string() }), text: z.string() });

export const addNote: WriteTool<z.infer<typeof input>, NoteDraft> = {
  kind: "write",
  name: "add-note",
  needs: { family: "crm", verb: "create", kind: "note" },
  description:
    "Prepares a note on a client or a deal; the person confirms a card. Use it for «запиши в сделку 1024, что…», «добавь заметку по Ромашке: …», 'add a note'. Not for things to do (create-task).",
  input,
  draft,
  async prepare(asked, turn) {
    const words = texts(turn.language).tools;
    if (!asked.client && !asked.deal) return question(words.noteAboutWhom);
    const subject = await resolveSubject(asked, turn);
    if ("ask" in subject) return subject;
    return {
      ready: { about: subject.about, text: asked.text },
      operation: crmWrite(subject.system.system, "create", "note"),
      title: words.addNoteTitle(subject.name, subject.system.title),
      lines: [
        { label: subject.about.kind === "deal" ? words.deal : words.client, value: subject.name },
        { label: words.text, value: asked.text },
      ],
    };
  },
  run: async (approved, turn) => (await turn.system("crm", approved.system)).crm.addNote(approved),
  written: (approved, turn) => writtenIn("note", approved, turn),
};
