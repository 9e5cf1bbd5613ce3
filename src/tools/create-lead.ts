import { z } from "zod";
import type { LeadDraft } from "../domain/crm.js";
import type { WriteTool } from "../domain/tool.js";
import { formatMoney } from "../text/format.js";
import { texts } from "../text/texts.js";
import { askEach } from "./kit/resolve.js";
import { Amount, Money, SystemName } from "./kit/schemas.js";
import { crmWrite, ownUser, question, similarLines, whichSystem, writtenIn } from "./kit/write.js";

const input = z.strictObject({
  name: z.string().trim().min(1).max(200).describe("The person or company that turned to us"),
  phone: z.string().trim().min(5).max(40).optional().describe("As the person wrote it"),
  email: z.email().optional(),
  company: z.string().trim().min(1).max(200).optional(),
  title: z.string().trim().min(1).max(200).optional().describe("What they want, in a few words"),
  amount: Amount.optional(),
  comment: z.string().trim().min(1).max(2000).optional(),
  system: SystemName.optional(),
});

const draft = z.object({
  title: z.string(),
  contact: z.object({ name: z.string(), phone: z.string().optional(), email: z.string().optional() }),
  amount: Money.optional(),
  ownerId: z.string().optional(),
  comment: z.string().optional(),
});

export const createLead: WriteTool<z.infer<typeof input>, LeadDraft> = {
  kind: "write",
  name: "create-lead",
  needs: { family: "crm", verb: "create", kind: "lead" },
  description:
    "Prepares a new lead (an enquiry of somebody who is not a client yet) with contact data; the person confirms a card. " +
    "Use it for «заведи лид», «новая заявка от Ивана, телефон…», 'add a lead'. For an existing client use create-deal.",
  input,
  draft,
  async prepare(asked, turn) {
    const words = texts(turn.language).tools;
    if (!asked.phone && !asked.email) return question(words.leadNeedsContact(asked.name));
    const { answers } = await askEach(turn, async (system) => ({ owner: await ownUser(system, turn) }), asked.system);
    const [only] = answers;
    if (!only) return question(words.noSuch(asked.system ?? ""));
    if (answers.length > 1)
      return whichSystem(
        answers.map(({ system }) => system),
        turn,
      );
    const { system, value } = only;
    const amount = asked.amount ? { amount: asked.amount, currency: "RUB" } : undefined;
    const title = asked.title ?? words.leadFrom(asked.company ?? asked.name);
    const comment = [asked.company && asked.company !== asked.name ? `${words.company}: ${asked.company}` : "", asked.comment ?? ""]
      .filter(Boolean)
      .join("\n");
    const ready: LeadDraft = {
      title,
      contact: { name: asked.name, phone: asked.phone, email: asked.email },
      amount,
      ownerId: value.owner?.id,
      comment: comment || undefined,
    };
    return {
      ready,
      operation: crmWrite(system.system, "create", "lead", amount),
      title: words.createLeadTitle(title, system.title),
      lines: [
        { label: words.contact, value: asked.name },
        ...(asked.phone ? [{ label: words.phone, value: asked.phone }] : []),
        ...(asked.email ? [{ label: words.email, value: asked.email }] : []),
        { label: words.lead, value: title },
        ...(amount ? [{ label: words.amount, value: formatMoney(amount, turn.language) }] : []),
        ...(comment ? [{ label: words.comment, value: comment }] : []),
        { label: words.owner, value: value.owner?.name ?? words.notGiven },
        ...(await similarLines(system, ready, turn)),
      ],
    };
  },
  run: async (approved, turn) => (await turn.system("crm", approved.system)).crm.createLead(approved),
  written: (approved, turn) => writtenIn("lead", approved, turn),
};
