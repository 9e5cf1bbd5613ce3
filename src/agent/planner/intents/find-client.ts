import { clientOf, filled, type Intent } from "../intent.js";

/** «найди Ромашку», «чей это номер», "do we have a client called …" */
export const findClient: Intent = {
  name: "find-client",
  kind: "read",
  vocabulary: {
    belongs: "чей, чья, чье, чьи, whose, принадлежит, принадлежат, belong, belongs",
    exists: "есть ли, есть у нас, есть такой, имеется, do we have, is there, знаем",
    "works-with":
      "работаем, работали, сотрудничаем, сотрудничали, знакомы, work with, working with, deal with, know, наш клиент, наши клиенты, есть в базе, есть в црм, in our crm, in the crm, our client, our customer",
    facts:
      "инфа, информация, информацию, сведения, данные, досье, info, information, details, facts, данные клиента, справка по, досье на, профиль, карточка, everything on, everything about, anything on, anything about, background on, profile, все по, всё по, всё про, что-нибудь по, что-нибудь про, что-то по, что известно, что мы знаем",
    requisites:
      "реквизиты, карточка, карточку, карточка клиента, контактные, requisites, contact card, =контакты, =контактов, =contacts, =contact",
  },
  cues: [
    [5, "find", "!document", "!deal"],
    [2, "find", "client"],
    [2, "find", "#contact"],
    [4, "belongs", "#contact"],
    [4, "#ref:client", "!create", "!deal", "!task", "!note"],
    [5, "asks-who", "#contact"],
    [4, "#contact", "!create", "!deal", "!task", "!note"],
    [4, "client", "exists"],
    [4, "exists", "#capital", "!document", "!deal", "!sales", "!stock", "!happened", "!contacted"],
    [4, "works-with", "#name", "!deal", "!#system"],
    [5, "facts", "#name", "!stock", "!sales", "!document", "!#system"],
    [
      5,
      "asks-who",
      "#capital",
      "!sales",
      "!deal",
      "!contacted",
      "!happened",
      "!document",
      "!stock",
      "!warehouse",
      "!top",
      "!#system",
      "!state-won",
      "!state-lost",
    ],
    [3, "client", "#name", "!deal", "!sales", "!stock"],
    [5, "phone", "#name", "!create", "!lead", "!new", "!deal"],
    [4, "mail", "#name", "!create", "!lead", "!new", "!deal"],
    [5, "inn", "!create", "!lead", "!deal"],
    [6, "requisites"],
    [2, "show", "client", "!history", "!deal"],
    [-4, "history"],
    [-6, "note"],
    [-6, "write-down"],
    [-5, "asks-why"],
    [-5, "contacted", "!exists", "!#phone"],
    [-5, "paper"],
    [-4, "document"],
    [-4, "sales"],
    [-5, "deal"],
    [-3, "stock"],
  ],
  build(clause, memory, prior) {
    const { client } = clientOf(clause, memory, clause.phrases());
    const text = client ?? prior.text;
    return text === undefined ? { kind: "ask", question: "askWhom", input: prior } : { kind: "call", input: filled({ ...prior, text }) };
  },
};
