import { trimMarks } from "../clause.js";
import { filled, type Intent } from "../intent.js";

/** «новый лид: Иван Петров, +7 900 …, хочет насосы», "add a lead for Kate Miller, kate@example.com" */
export const createLead: Intent = {
  name: "create-lead",
  kind: "write",
  vocabulary: {
    wants:
      "хочет, хотят, нужна, нужен, needs, интересуется, интересуются, интересует, нужны, просит, спрашивает, ищет, wants, interested, interested in, asks about, комментарий, comment, хочет купить, заинтересован, заинтересована, заинтересовался, заинтересовалась, планирует, рассматривает, ждет, ждёт, требуется, требуются, would like, curious about, asking for, planning, after a",
    employed: "работает, работающий, трудится, works, working, employed",
    appeared:
      "появился, пришел, поступил, поступила, обратился, обратилась, позвонил, got, came, there's, we have, написал, написала, оставил, оставила, оставили, постучался, стукнулся, wrote, called in, reached, showed up",
  },
  cues: [
    [9, "create", "lead"],
    [7, "new", "lead"],
    [5, "lead", "#contact"],
    [4, "lead", "appeared"],
    [4, "lead", "#capital"],
    [4, "create", "client"],
    [3, "create", "client", "#contact"],
    [3, "new", "client", "#contact"],
    [4, "appeared", "#phone"],
    [8, "write-down", "new", "client"],
    [-7, "leads", "!create"],
    [-6, "show"],
    [-5, "find"],
    [-5, "asks-how-many"],
    [-9, "deal"],
    [-9, "task"],
    [-9, "note"],
    [-9, "remind"],
  ],
  build(clause, memory, prior) {
    const wants = clause.find("wants");
    const comment = wants >= 0 ? trimMarks(clause.message.slice(clause.words[wants]?.from ?? 0, clause.words.at(-1)?.to)) : undefined;
    const all = clause.phrases().filter(({ from }) => wants < 0 || from < wants);
    const company = all.find(
      ({ lead, legal, preposition, quoted, person }) =>
        legal ||
        lead.has("company") ||
        (lead.has("employed") && preposition !== "") ||
        (/^(из|от|from|at|of)$/.test(preposition) && !person) ||
        (quoted && !person),
    );
    const person = all.find((phrase) => phrase !== company && phrase.person) ?? all.find((phrase) => phrase !== company);
    const sum = clause.amounts().find(({ certain, from }) => certain || clause.words[from - 1]?.means.has("budget"));
    // A lead of a company alone is called by it.
    const name = person?.text ?? (prior.name as string | undefined) ?? (memory.asked === "askLeadName" ? clause.text : company?.full);
    const input = filled({
      ...prior,
      name,
      phone: clause.contact("phone") ?? prior.phone,
      email: clause.contact("email") ?? prior.email,
      company: (company && (company.legal ? company.full : company.nominative)) ?? prior.company,
      amount: sum?.value ?? prior.amount,
      comment: comment ?? prior.comment,
    });
    return name === undefined ? { kind: "ask", question: "askLeadName", input } : { kind: "call", input };
  },
};
