import type { Clause } from "../clause.js";
import { clientOf, filled, type Intent } from "../intent.js";

/** «перенеси сделку 1024 в переговоры», «закрой как проигранную, дорого», "move it to negotiation" */
export const moveDeal: Intent = {
  name: "move-deal",
  kind: "write",
  vocabulary: {
    marked: "отметь, пометь, отметить",
    "known-stage":
      "переговоры, переговорах, переговоров, negotiation, negotiations, согласование, согласовании, квалификация, квалификации, qualification, proposal",
  },
  cues: [
    [5, "move", "deal"],
    [4, "move", "#deal"],
    [3, "move"],
    [3, "move", "#number"],
    [2, "move", "stage"],
    [2, "move", "him"],
    [2, "move", "known-stage"],
    [2, "move", "state-won"],
    [2, "move", "state-lost"],
    [7, "begins:number", "state-won"],
    [7, "begins:number", "state-lost"],
    [5, "begins:number", "known-stage"],
    [7, "state-won", "#deal"],
    [7, "state-lost", "#deal"],
    [5, "deal", "#deal", "known-stage"],
    [3, "marked", "deal", "state-lost"],
    [3, "marked", "deal", "state-won"],
    [-8, "create", "!#deal"],
    [-6, "first:show"],
    [-8, "note"],
    [-8, "task"],
    [-8, "remind"],
    [-4, "asks-which"],
    [-6, "#period", "!#deal", "closed"],
  ],
  build(clause, memory, prior) {
    const outcome = clause.has("state-lost") ? "lost" : clause.has("state-won") ? "won" : undefined;
    const place = outcome ? undefined : stagePlace(clause, memory.asked === "askStage");
    const reason = reasonOf(clause, outcome);
    const stage = outcome ?? (place ? clause.slice(place.from, place.to) : undefined) ?? prior.stage;
    const besides = place ? Array.from({ length: place.to - place.from }, (_, index) => place.from + index) : [];
    const bare = clause.words.find((word, at) => word.kind === "number" && /^\d{1,12}$/.test(word.text) && !besides.includes(at))?.text;
    const named =
      clause.contact("deal", "ref") ??
      bare ??
      (memory.asked === "askStage"
        ? undefined
        : clientOf(
            clause,
            { ...memory, client: undefined },
            clause.phrases({ besides }).filter(({ from }) => reason === undefined || from < reason.from),
          ).client);
    const deal = named ?? prior.deal ?? memory.deal;
    const input = filled({ ...prior, deal, stage, lossReason: outcome === "won" ? undefined : (reason?.text ?? prior.lossReason) });
    if (deal === undefined) return { kind: "ask", question: "askDeal", input };
    return stage === undefined ? { kind: "ask", question: "askStage", input } : { kind: "call", input };
  },
};

/** Where the name of the stage stands: behind "в", "на", "to", or the word "этап". */
function stagePlace(clause: Clause, asked: boolean): { readonly from: number; readonly to: number } | undefined {
  let start = -1;
  clause.words.forEach((word, at) => {
    const place = /^(в|во|на|to|into|in|as|как)$/.test(word.key) && clause.words[at + 1] !== undefined && !word.quoted;
    // "сделку с Меркурием в Туле в оплату": a capital is a place, a stage stands last.
    if (place && (start < 0 || clause.words[start]?.capital)) start = at + 1;
  });
  const said = clause.find("stage");
  if (said >= 0 && start < 0 && clause.words[said + 1]?.kind === "word") start = said + 1;
  if (start < 0) {
    if (!asked) return undefined;
    start = 0;
  }
  while (["stage", "filler"].some((one) => clause.words[start]?.means.has(one)) && start < clause.words.length - 1) start++;
  let to = start;
  while (
    to < clause.words.length &&
    !/^[,;.!?:]$/.test(clause.words[to]?.text ?? "") &&
    !(to > start && clause.words[to]?.means.has("deal")) &&
    !clause.words[to]?.means.has("reason")
  )
    to++;
  return to > start ? { from: start, to } : undefined;
}

/** Why it was lost: behind "причина", or behind a comma at the end. */
function reasonOf(clause: Clause, outcome: string | undefined): { readonly text: string; readonly from: number } | undefined {
  if (outcome !== "lost") return undefined;
  const said = clause.find("reason");
  if (said >= 0) {
    let from = said;
    while (
      clause.words[from]?.means.has("reason") ||
      clause.words[from]?.kind === "mark" ||
      /^(что|как|of|is|was|that)$/.test(clause.words[from]?.key ?? "")
    )
      from++;
    return { text: clause.slice(from), from };
  }
  const state = clause.find("state-lost");
  const comma = clause.words.findIndex((word, at) => at > state && /^[,:–—-]$/.test(word.text));
  return comma > 0 && comma < clause.words.length - 1 ? { text: clause.slice(comma + 1), from: comma + 1 } : undefined;
}
