import type { Pipeline, Stage } from "../../domain/crm.js";
import { nameScore } from "../../text/names.js";

/** What sales people call stages in English, in the words of Russian pipelines. */
const stageWords: Readonly<Record<string, string>> = {
  negotiation: "переговоры",
  negotiations: "переговоры",
  proposal: "предложение",
  quote: "предложение",
  contract: "договор",
  contact: "контакт",
  approval: "согласование",
  payment: "оплата",
  delivery: "поставка",
};

export interface FoundStage {
  readonly pipelineId: string;
  readonly stageId?: string;
  readonly pipeline: Pipeline;
  readonly stage?: Stage;
}

const outcomes: Readonly<Record<"won" | "lost", RegExp>> = {
  won: /^(успе|выигр|won|win|реализован|закры\S* успешн)/i,
  lost: /^(проигр|отказ|потер|lost|lose|не реализован|закры\S* и не)/i,
};

/**
 * The stage that people call so: in the named pipeline, else in the one the deal stands in, else in the main one.
 * `null` when there is none of that name.
 */
export function findStage(pipelines: readonly Pipeline[], stage?: string, pipeline?: string, standsIn?: string): FoundStage | null {
  const named = pipeline ? best(pipelines, pipeline) : undefined;
  if (pipeline && !named) return null;
  const order = named ? [named] : pipelines.toSorted((a, b) => place(a, standsIn) - place(b, standsIn));
  if (!stage) return order[0] ? { pipelineId: order[0].id, pipeline: order[0] } : null;
  for (const candidate of order) {
    const found =
      best(candidate.stages, stage) ??
      best(
        candidate.stages,
        stage.toLowerCase().replaceAll(/[a-z]+/g, (word) => stageWords[word] ?? word),
      ) ??
      candidate.stages.find(({ state }) => state !== "open" && outcomes[state].test(stage.trim()));
    if (found) return { pipelineId: candidate.id, stageId: found.id, pipeline: candidate, stage: found };
  }
  return null;
}

function best<T extends { readonly name: string }>(among: readonly T[], name: string): T | undefined {
  const [first] = among
    .map((item) => ({ item, score: nameScore(name, item.name) }))
    .filter(({ score }) => score >= 0.5)
    .toSorted((a, b) => b.score - a.score);
  return first?.item;
}

function place(pipeline: Pipeline, standsIn?: string): number {
  if (pipeline.id === standsIn) return 0;
  return pipeline.main ? 1 : 2;
}
