import { clientOf, filled, type Intent } from "../intent.js";

/** «что со сделкой 1024», «кто ведёт сделку с Ромашкой», "how much is deal 1024" */
export const showDeal: Intent = {
  name: "show-deal",
  kind: "read",
  vocabulary: {
    "one-deal":
      "покажи сделку, покажи мне сделку, открой сделку, что со сделкой, что по сделке, что там по сделке, что там со сделкой, что с сделкой, расскажи о сделке, расскажи про сделку, как сделка, как там сделка, tell me about deal, tell me about the deal, show deal, show me deal, show me the deal, show the deal, open deal, open the deal, what about deal, what about the deal, status of deal, status of the deal, карточка сделки, карточку сделки, детали сделки, статус сделки, состояние сделки, этап сделки, сумма сделки, deal details, deal status",
    "deal-fact":
      "сколько стоит, какая сумма, на какую сумму, какого размера, на каком этапе, в какой стадии, на какой стадии, какой этап, какой статус, в каком статусе, кто ведет, кто ведёт, кто отвечает, выиграна ли, проиграна ли, закрыта ли, оплачена ли, выиграли ли, закрыли ли, открыта ли, is it won, was it won, чья, у кого, статус, status, how much is, how big is, what is the amount, what's the amount, which stage, what stage, at what stage, in which stage, who owns, who is responsible, who runs, whose",
  },
  cues: [
    [2, "deal", "#deal"],
    [2, "deal", "#deal", "#brief", "!#deals"],
    [9, "deal-fact", "deal", "#number", "!#deals"],
    [4, "#ref:deal", "!move", "!note", "!task", "!write-down"],
    [6, "asks-who", "owner", "#number"],
    [6, "asks-who", "owner", "#deal"],
    [9, "deal-fact", "#deal", "!move", "!note", "!task", "!write-down"],
    [9, "deal-fact", "deal", "#party", "!#deals", "!move", "!note", "!task", "!write-down", "!create"],
    [9, "one-deal", "#deal", "!move", "!note", "!task", "!write-down"],
    [14, "one-deal", "#party", "!#deals", "!move", "!note", "!task", "!write-down"],
    [9, "one-deal", "!#party", "!#deals", "!move", "!note", "!task", "!write-down"],
    // "Is deal 1024 won?" asks, and moves nothing.
    [12, "deal", "#deal", "#whether", "state-won", "!move"],
    [12, "deal", "#deal", "#whether", "state-lost", "!move"],
    [9, "deal", "#deal", "#whether", "closed", "!move"],
    [-9, "notify"],
    [-18, "say-it", "say-when"],
    [-9, "first:create"],
  ],
  build(clause, memory, prior) {
    const number = clause.has("deal") || clause.has("#number") ? /(?<![\p{L}\d])\d{2,12}(?![\p{L}\d])/u.exec(clause.text)?.[0] : undefined;
    const { client } = clientOf(clause, memory, clause.phrases());
    const deal =
      clause.contact("deal") ?? clause.contact("ref") ?? (client === undefined ? number : undefined) ?? client ?? prior.deal ?? memory.deal;
    return deal === undefined
      ? { kind: "ask", question: "askDeal", input: filled({ ...prior }) }
      : { kind: "call", input: filled({ ...prior, deal }) };
  },
};
