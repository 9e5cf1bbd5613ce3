import { clientOf, filled, type Intent } from "../intent.js";

/** «что у нас было с Ромашкой за квартал», "what happened with …" */
export const clientHistory: Intent = {
  name: "client-history",
  kind: "read",
  vocabulary: {
    contacted:
      "общались, общение, общения, общались, общалась, договаривались, договорились, договоренности, переписка, переписку, переписывались, взаимодействие, взаимодействия, взаимодействий, звонили, созванивались, встречались, писали, звонок, звонки, звонков, встреча, встречи, письмо, письма, писем, касания, контакты с, разговор, разговоры, разговаривали, обсуждали, talked, talk, spoke, calls, called, meetings, emails with, correspondence, conversation, conversations, interaction, interactions, communication, discussed, agreed, закончилось, закончили, решили, обсудили, связывались, связывался, связывалась, контактировали, контактировал, списывались, созвонились, переговорили, пообщались, поговорили, говорили, говорил, беседовали, виделись, ездили, звонил, звонила, писал, писала, встречался, встретились, коммуникация, коммуникации, контактов с, heard, hear, in touch, touch base, reach out, reached out, contacted, emailed, met, meeting, spoken, chatted, chat with, dealings, engagement",
    happened:
      "было, происходило, произошло, творится, происходит, нового, новости, слышно, дела, happened, going on, news, happening, been going, новенького, движется, what new, what is new, anything new, обстоят, обстановка, ситуация, ситуацию, статус по клиенту, положение, как там, что там, закончилось, чем закончилось, up with, status with, situation, doing, develop, developments, updates, update on, latest",
    "last-time": "последний раз, в последний раз, last time, last call, last contact, last spoke",
    tell: "расскажи, рассказать, поведай, tell me about, tell about, brief me, напомни что, расскажи-ка, введи в курс, в курс дела, обрисуй, опиши, просвети, brief, fill me in, catch me up, walk me through, describe, talk me through, give me a rundown, rundown",
    "have-with": "have with, got with, have going with",
    us: "у нас, с нами, между нами, с нас",
  },
  cues: [
    [6, "history"],
    [5, "contacted"],
    [10, "have-with", "#party"],
    [4, "happened", "#party"],
    [5, "tell", "#party"],
    [2, "tell", "client"],
    [2, "happened", "us", "#party"],
    [2, "happened", "asks-what", "#party"],
    [3, "asks-what", "us", "#party"],
    [4, "asks-what", "#party", "!stock", "!document", "!sales", "!warehouse"],
    [4, "asks-what", "client", "!document", "!how-to"],
    [3, "last-time", "#party"],
    [3, "happened", "him"],
    [4, "asks-what", "him", "!document"],
    [2, "asks-when", "contacted"],
    [3, "client", "show", "history"],
    [-6, "exists"],
    [-4, "remind"],
    [-4, "task"],
    [-3, "create"],
    [-4, "sales"],
    [-4, "system"],
    [-5, "#system"],
    [-2, "document"],
  ],
  build(clause, memory, prior) {
    const { client } = clientOf(clause, memory, clause.phrases());
    const known = client ?? prior.client ?? memory.client;
    const period = clause.period;
    const input = filled({ ...prior, client: known, ...(period ? { from: period.from, to: period.to } : {}) });
    return known === undefined ? { kind: "ask", question: "askClient", input } : { kind: "call", input };
  },
};
