import { z } from "zod";
import type { DealMove } from "../domain/crm.js";
import type { WriteTool } from "../domain/tool.js";
import { formatMoney } from "../text/format.js";
import { texts } from "../text/texts.js";
import { resolveDeal } from "./kit/resolve.js";
import { DealText } from "./kit/schemas.js";
import { findStage } from "./kit/stages.js";
import { crmWrite, question, unresolved, writtenIn } from "./kit/write.js";

const input = z.strictObject({
  deal: DealText,
  stage: z.string().trim().min(1).max(100).describe("Where to: the stage as people call it, «переговоры», 'won', «проиграна»"),
  lossReason: z.string().trim().min(1).max(200).optional().describe("Why it was lost, when the person said so"),
  comment: z.string().trim().min(1).max(2000).optional(),
});

const draft = z.object({
  dealId: z.string(),
  pipelineId: z.string(),
  stageId: z.string(),
  before: z.object({ pipelineId: z.string(), stageId: z.string() }),
  comment: z.string().optional(),
});

export const moveDeal: WriteTool<z.infer<typeof input>, DealMove> = {
  kind: "write",
  name: "move-deal",
  needs: { family: "crm", verb: "change", kind: "deal" },
  description:
    "Prepares moving a deal to another stage, won and lost included; the person confirms a card that shows before and after. " +
    "Use it for «передвинь сделку 1024 в переговоры», «сделка выиграна», 'move the deal to'. Not for changing an amount.",
  input,
  draft,
  async prepare(asked, turn) {
    const words = texts(turn.language).tools;
    const found = await resolveDeal(asked.deal, turn);
    if (found.kind === "none") return question(words.dealNotFound(asked.deal));
    if (found.kind === "many") return unresolved(found, asked.deal, turn);
    const { value: deal, system } = found;
    const pipelines = await system.crm.pipelines();
    const at = findStage(pipelines, asked.stage, undefined, deal.pipeline.id);
    if (!at?.stage) {
      const stages = pipelines.find(({ id }) => id === deal.pipeline.id)?.stages ?? [];
      return question(words.noSuchStage(asked.stage, stages.map(({ name }) => name).join(", ")));
    }
    if (at.stage.id === deal.stage.id && at.pipelineId === deal.pipeline.id)
      return question(words.standsThere(deal.title, deal.stage.name));
    const comment = [asked.lossReason && `${words.lossReason}: ${asked.lossReason}`, asked.comment].filter(Boolean).join("\n") || undefined;
    return {
      ready: {
        dealId: deal.ref.id,
        pipelineId: at.pipelineId,
        stageId: at.stage.id,
        before: { pipelineId: deal.pipeline.id, stageId: deal.stage.id },
        comment,
      },
      operation: crmWrite(system.system, "change", "deal", deal.amount),
      title: words.moveDealTitle(deal.title, at.stage.name, system.title),
      lines: [
        { label: words.deal, value: `${deal.title} (№ ${deal.ref.id})` },
        { label: words.stage, value: `${deal.stage.name} → ${at.stage.name}` },
        ...(at.pipelineId === deal.pipeline.id ? [] : [{ label: words.pipeline, value: `${deal.pipeline.name} → ${at.pipeline.name}` }]),
        ...(deal.amount ? [{ label: words.amount, value: formatMoney(deal.amount, turn.language) }] : []),
        ...(comment ? [{ label: words.comment, value: comment }] : []),
      ],
    };
  },
  run: async (approved, turn) => (await turn.system("crm", approved.system)).crm.moveDeal(approved),
  written: (approved, turn) => writtenIn("move", approved, turn),
};
