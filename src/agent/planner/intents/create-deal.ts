import { clientOf, filled, type Intent } from "../intent.js";
import { stagePlace } from "../stages.js";

/** «создай сделку с Ромашкой на 500 тысяч», "open a deal with … for 20k" */
export const createDeal: Intent = {
  name: "create-deal",
  kind: "write",
  vocabulary: {
    "a-deal": "=сделка, =сделку, =сделочка, =сделочку, =deal, =opportunity",
    needed: "нужна, нужен, нужно, надо, хочу, хотим, давай, требуется, need, want, let's",
    "no-amount":
      "без суммы, хз, не знаю, неизвестно, пока не знаю, потом, позже, skip, no amount, unknown, don't know, not sure, later, without amount, пропусти",
  },
  cues: [
    [9, "create", "deal"],
    [5, "new", "deal", "!show", "!asks-which", "!asks-how-many"],
    [3, "new", "deal", "#amount"],
    [9, "first:open", "deal", "!deals"],
    [2, "create", "deal", "#amount"],
    [6, "a-deal", "#sum", "!show", "!find", "!asks-which", "!#deal"],
    [7, "needed", "a-deal", "!show", "!find", "!#deal"],
    [12, "create", "sales", "#amount", "!deal"],
    [-6, "first:show"],
    [-9, "task"],
    [-9, "note"],
    [-9, "remind"],
    [-7, "#deal"],
    [-4, "asks-how-many"],
    [-4, "created", "!create"],
  ],
  build(clause, memory, prior) {
    const spot = clause.has("stage") ? stagePlace(clause) : undefined;
    const all = clause.phrases().filter(({ from }) => !spot || from < spot.from || from >= spot.to);
    const pipeline = all.find(({ lead, next }) => lead.has("pipeline") || next.has("pipeline"));
    const owner = all.find((phrase) => phrase.lead.has("owner"));
    const others = all.filter((phrase) => phrase !== pipeline && phrase !== owner);
    // «сделку «Поставка насосов» с Вектором»: a quoted name right behind the deal is its title when a client stands elsewhere.
    const title = others.find(
      (phrase) => phrase.quoted && phrase.lead.has("deal") && phrase.preposition === "" && !phrase.legal && others.length > 1,
    );
    const { client } = clientOf(
      clause,
      memory,
      others.filter((phrase) => phrase !== title),
    );
    const sums = clause.amounts();
    const sum =
      sums.find(({ certain }) => certain) ??
      sums.find(
        ({ from, value }) =>
          memory.asked === "askAmount" ||
          /^(на|for|сумма|сумму|суммой|бюджет|бюджетом|amount|worth|:)$/.test(clause.words[from - 1]?.key ?? "") ||
          Number(value) >= 1000,
      );
    const left = memory.asked === "askAmount" && clause.has("no-amount");
    const input = filled({
      ...prior,
      client:
        memory.asked === "askAmount" && prior.client !== undefined && !all.some(({ capital }) => capital)
          ? prior.client
          : (client ?? prior.client ?? memory.client),
      title: title?.text ?? prior.title,
      amount: sum?.value ?? (left ? null : prior.amount),
      currency: sum?.currency ?? prior.currency,
      pipeline: pipeline?.text ?? prior.pipeline,
      stage: spot ? clause.slice(spot.from, spot.to) : prior.stage,
      owner: owner?.nominative ?? prior.owner,
    });
    if (input.client === undefined) return { kind: "ask", question: "askClient", input };
    return input.amount === undefined ? { kind: "ask", question: "askAmount", input } : { kind: "call", input };
  },
};
