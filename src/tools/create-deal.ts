import { z } from "zod";
import type { DealDraft } from "../domain/crm.js";
import type { WriteTool } from "../domain/tool.js";
import { formatMoney } from "../text/format.js";
import { texts } from "../text/texts.js";
import { resolveClient } from "./kit/resolve.js";
import { Amount, ClientText, Money, SystemName } from "./kit/schemas.js";
import { findStage } from "./kit/stages.js";
import { crmWrite, ownerOf, question, similarLines, unresolved, writtenIn } from "./kit/write.js";

const input = z.strictObject({
  client: ClientText,
  title: z.string().trim().min(1).max(200).optional().describe("Only when the person gave one"),
  amount: Amount.optional().describe("Only when the person named it; never guess"),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .describe("ISO code; RUB unless the person said another"),
  pipeline: z.string().trim().min(1).max(100).optional(),
  stage: z.string().trim().min(1).max(100).optional(),
  owner: z.string().trim().min(1).max(100).optional().describe("Who is responsible, when not the asker"),
  comment: z.string().trim().min(1).max(2000).optional(),
  system: SystemName.optional(),
});

const draft = z.object({
  title: z.string(),
  clientId: z.string(),
  amount: Money.optional(),
  pipelineId: z.string().optional(),
  stageId: z.string().optional(),
  ownerId: z.string().optional(),
  comment: z.string().optional(),
});

export const createDeal: WriteTool<z.infer<typeof input>, DealDraft> = {
  kind: "write",
  name: "create-deal",
  needs: { family: "crm", verb: "create", kind: "deal" },
  description:
    "Prepares a new deal for an existing client; the person sees a card and confirms it with a button. " +
    "Use it for «создай сделку с Ромашкой на 500 тысяч», 'create a deal'. For a new enquiry from somebody unknown use create-lead. Never say that it was written: it waits for the button.",
  input,
  draft,
  async prepare(asked, turn) {
    const words = texts(turn.language).tools;
    const found = await resolveClient(asked.client, turn, asked.system);
    if (found.kind !== "one") return unresolved(found, asked.client, turn);
    const { value: client, system } = found;
    const pipelines = await system.crm.pipelines();
    const at = findStage(pipelines, asked.stage, asked.pipeline);
    if (!at) return question(words.noSuch(asked.stage ?? asked.pipeline ?? ""));
    const stage = at.stage ?? at.pipeline.stages.find(({ state }) => state === "open");
    const owner = await ownerOf(system, asked.owner, turn);
    if (owner === null) return question(words.noSuch(asked.owner ?? ""));
    const amount = asked.amount ? { amount: asked.amount, currency: asked.currency ?? "RUB" } : undefined;
    const title = asked.title ?? words.dealWith(client.name);
    const ready: DealDraft = {
      title,
      clientId: client.ref.id,
      amount,
      pipelineId: at.pipelineId,
      stageId: stage?.id,
      ownerId: owner?.id ?? client.owner?.id,
      comment: asked.comment,
    };
    return {
      ready,
      operation: crmWrite(system.system, "create", "deal", amount),
      title: words.createDealTitle(title, system.title),
      lines: [
        { label: words.client, value: [client.name, client.inn && words.inn(client.inn)].filter(Boolean).join(", ") },
        { label: words.deal, value: title },
        { label: words.amount, value: amount ? formatMoney(amount, turn.language) : words.notGiven },
        { label: words.pipeline, value: at.pipeline.name },
        { label: words.stage, value: stage?.name ?? words.notGiven },
        { label: words.owner, value: owner?.name ?? client.owner?.name ?? words.notGiven },
        ...(asked.comment ? [{ label: words.comment, value: asked.comment }] : []),
        ...(await similarLines(system, ready, turn)),
      ],
    };
  },
  run: async (approved, turn) => (await turn.system("crm", approved.system)).crm.createDeal(approved),
  written: (approved, turn) => writtenIn("deal", approved, turn),
};
