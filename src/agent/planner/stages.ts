import type { Clause } from "./clause.js";

/**
 * Behind "на этапе": everything up to a mark or a preposition; or a stage that every sales team has: "на переговорах"; or a paper
 * that deals stand at: "сделки на договоре", "deals at contract".
 */
export function stagePlace(clause: Clause): { readonly from: number; readonly to: number } | undefined {
  const said = clause.find("stage");
  const known = clause.find("known-stage");
  const deal = clause.find("deal");
  const paper = clause.words.findIndex(
    ({ means }, at) =>
      (means.has("paper") || means.has("document")) && deal >= 0 && at > deal && /^(на|в|at|in)$/.test(clause.words[at - 1]?.key ?? ""),
  );
  const from = said >= 0 && clause.words[said + 1]?.kind === "word" ? said + 1 : known >= 0 ? known : paper;
  if (from < 0) return undefined;
  let to = from + 1;
  while (
    to < clause.words.length &&
    clause.words[to]?.kind !== "mark" &&
    clause.words[to]?.kind !== "number" &&
    !["preposition", "and", "comparative"].some((concept) => clause.words[to]?.means.has(concept))
  )
    to++;
  return { from, to };
}
