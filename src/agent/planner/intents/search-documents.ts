import type { Clause } from "../clause.js";
import { filled, type Intent, systemOf } from "../intent.js";

/** «как оформить отпуск», «найди документ про возврат», "what is our discount policy" */
export const searchDocuments: Intent = {
  name: "search-documents",
  kind: "read",
  vocabulary: {
    rule: "правило, правила, правил, правилам, =порядок, =порядка, =порядку, норма, нормы, требование, требования, процедура, процедуры, процесс согласования, условия, положено, полагается, разрешено, запрещено, обязан, обязаны, rule, rules, entitled, allowed, required, requirements, procedure, process for, onboarding, терминология, что такое, регламентировано, по правилам, по каким правилам, кто отвечает, кто ответственный за, кто утверждает, кто подписывает, кто разрешает, as per, according to, who is responsible, who signs, who decides",
    subject:
      "отпуск, отпуска, отпусков, командировка, командировки, командировок, больничный, премия, отгул, дресс-код, скидка, скидки, скидок, скидку, скидкам, возврат, возвраты, возврата, гарантия, рекламация, охрана труда, охране труда, аванс, согласует, согласовывает, утверждает, подписывает, согласование, согласования, vacation, holiday leave, sick leave, travel, expenses, discount, discounts, refund, refunds, warranty, approve, approves, approval, reimbursement, подотчетные, подотчётные, зарплата, зарплату, оклад, пропуск, пропуска, удаленка, удалёнка, обед, график работы, больничные, отпускные, командировочные, штраф, штрафы, штрафов, неустойка, сроки, срок поставки, срок гарантии, обучение, адаптация, испытательный срок, безопасность, безопасности, лимит, лимиты, полномочия, отсрочка платежа, претензия, претензии, брак, брака, payroll, overtime, remote work, dress code, sick, penalties, penalty, complaint, complaints, security, limits, training, probation, deadline for, lead time",
    "written-about":
      "написано, сказано, говорится, описано, прописано, указано, лежит, лежат, хранится, почитать, посмотреть про, written, say about, says about, says, stored",
    "how-to":
      "как оформить, как сделать, как получить, как взять, как подать, как согласовать, как написать, как заказать, как работает, как правильно, как настроить, как вернуть, как провести, как считать, how do i, how do we, how to, how can i, can i, am i allowed, можно ли, нужно ли, надо ли, где найти, где взять, что делать, what to do, что будет если, where can i find, where do i find, who approves, как поступить, как у нас, как нам, как мне, как действовать, как выбрать, как подписать, как отправить, как списать, как принять, как закрыть месяц, как оплатить, как выдать, как пользоваться, каков порядок, куда обращаться, к кому обратиться, what is the process, what is the procedure, what do i do, where do i, whom do i, who do i ask, when should, how should",
  },
  cues: [
    [5, "document", "find"],
    [4, "document"],
    [3, "document", "asks-what"],
    [3, "document", "asks-where"],
    [2, "document", "exists"],
    [2, "document", "asks-which"],
    [2, "document", "show"],
    [4, "rule"],
    [2, "rule", "asks-which"],
    [2, "rule", "find"],
    [3, "subject"],
    [3, "subject", "asks-which"],
    [2, "subject", "asks-how-many"],
    [2, "subject", "rule"],
    [2, "subject", "document"],
    [5, "written-about"],
    [4, "how-to"],
    [2, "how-to", "subject"],
    [3, "first:asks-how", "!sales", "!happened", "!contacted"],
    [3, "find", "#system", "!client", "!deal", "!lead"],
    [2, "find", "subject"],
    [7, "find", "paper", "!client"],
    [4, "asks-how-many", "day", "!sales", "!deal", "!remains"],
    [3, "asks-where", "!warehouse", "!stock"],
    [-9, "remind"],
    [-8, "task"],
    [-9, "note"],
    [-9, "write-down"],
    [-4, "sales"],
    [-6, "deal"],
    [-6, "lead"],
    [-4, "remains"],
    [-3, "read"],
    [-9, "sync"],
  ],
  build(clause, _memory, prior) {
    const system = systemOf(clause);
    const text = subjectOf(clause) || prior.text;
    return text === undefined
      ? { kind: "ask", question: "askSearchText", input: prior }
      : { kind: "call", input: filled({ ...prior, text, system: system ?? prior.system }) };
  },
};

const bareWord = /^(документ\p{L}*|файл\p{L}*|док\p{L}?|доки|страниц\p{L}*|document|documents|file|files|doc|docs|page|pages)$/u;
const opening = [
  "find",
  "show",
  "filler",
  "we",
  "me",
  "and",
  "asks-what",
  "asks-where",
  "asks-which",
  "asks-how",
  "exists",
  "written-about",
  "preposition",
  "hello",
  "instead",
];

/** What is looked for: the question without its asking, its politeness and the name of the system. */
function subjectOf(clause: Clause): string {
  const gone = new Set<number>();
  clause.words.forEach((word, at) => {
    if (![...word.means].some((concept) => concept.startsWith("system:") || concept === "#system")) return;
    gone.add(at);
    if (clause.words[at - 1]?.means.has("preposition")) gone.add(at - 1);
  });
  for (let at = 0; at < clause.words.length; at++) {
    const word = clause.words[at];
    if (!word || gone.has(at)) continue;
    if (word.quoted) break;
    // In "документ про возврат" the bare word says nothing, "регламент" and "policy" do.
    const bare = bareWord.test(word.key) && (clause.words[at + 1]?.means.has("preposition") || clause.words[at + 1]?.capital);
    if (word.kind !== "mark" && !bare && !opening.some((concept) => word.means.has(concept))) break;
    gone.add(at);
  }
  return clause.without(gone);
}
