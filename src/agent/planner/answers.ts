import { stem } from "../../text/names.js";
import { Clause } from "./clause.js";
import { findContacts } from "./contacts.js";
import type { ToolQuestion } from "./conversation.js";
import { numbered } from "./days.js";
import { type Plan, planOf, type Situation } from "./decision.js";
import { asksForList, byName, enough, isNewRequest, isOrder, knownWords, ranked, startsElliptic } from "./grammar.js";
import type { Input, Sentence } from "./intent.js";
import { readWords } from "./words.js";

/** The answer to a tool's "which one?": a ref, a number of the list, or a name. */
export function answerToTool(clause: Clause, { question, memory }: Situation): Plan | undefined {
  if (!question) return undefined;
  const again = (changes: Input): Plan => ({ calls: [{ tool: question.tool, input: { ...question.input, ...changes } }], sentences: [] });
  const ref = clause.contact("ref");
  if (ref && clause.text === ref) return again(changed(question, ref, ref));
  if (isNewRequest(clause) || clause.words.length > 8) return undefined;
  if (clause.has("first:no")) return { calls: [], sentences: ["cancelled"] };
  const place = placeIn(clause);
  const choice = place === undefined ? undefined : question.choices[place - 1];
  if (choice) return again(changed(question, choice.ref, choice.ref));
  if (place !== undefined && clause.words.length === 1) return again({});
  const system = clause.words.flatMap(({ means }) => [...means]).find((concept) => concept.startsWith("system:"));
  if (system && clause.words.length <= 2) return again({ system: system.slice("system:".length) });
  if ((ranked(clause)[0]?.points ?? 0) >= enough || startsElliptic(clause)) return undefined;
  // "Не нашёл Вектор" — «сделай 18к»: a sum is no name.
  const tool = byName(question.tool);
  if (tool && clause.has("#amount") && clause.phrases().length === 0) {
    const draft = tool.build(clause, memory, question.input);
    return planOf([{ intent: tool, draft }]);
  }
  const named = question.choices.find(({ name }) => stem(name) === stem(clause.text));
  const value = named?.ref ?? clause.text.replace(/[.!?]+$/, "");
  return again(changed(question, value, named?.ref));
}

/** What an answer changes in the input of the tool that asked: the ref or the name goes where the doubtful one stood. */
function changed({ tool, input, choices }: ToolQuestion, value: string, ref?: string): Input {
  const kind = (ref ?? choices[0]?.ref)?.split(":")[1] ?? "";
  if (tool === "sales-report") {
    const where = Array.isArray(input.where) ? (input.where as readonly { readonly split: string; readonly text: string }[]) : [];
    // An item may turn out to be a group of them, so the one filter there is takes either.
    const at = Math.max(
      0,
      where.findIndex(({ split }) => split === kind),
    );
    return { where: where.map((filter, index) => (index === at ? { split: kind || filter.split, text: value } : filter)) };
  }
  if (tool === "stock-report") return kind === "warehouse" || input.item === undefined ? { warehouse: value } : { item: value };
  if (tool === "find-client" || tool === "search-documents") return { text: value };
  if (tool === "read-document") return { document: value };
  const deal = tool === "move-deal" || /deal|lead/.test(kind) || (kind === "" && input.client === undefined && input.deal !== undefined);
  return deal ? { deal: value } : { client: value };
}

/** The answer to the planner's own question. */
export function answerToPlanner(clause: Clause, { pending, memory, ...rest }: Situation): Plan | undefined {
  if (!pending) return undefined;
  if (pending.question === "whichOfTwo") {
    const place = placeIn(clause);
    const chosen = place === undefined ? undefined : byName(pending.readings?.[place - 1] ?? "");
    const said = pending.said ?? "";
    if (!chosen) return undefined;
    const words = readWords(said, knownWords());
    return planOf([{ intent: chosen, draft: chosen.build(new Clause(words, said, findContacts(said), rest.now), memory, {}) }]);
  }
  const intent = byName(pending.tool);
  if (!intent) return undefined;
  const slot = wholeAnswer[pending.question];
  const wantsText = pending.question === "askNoteText" || pending.question === "askTaskText";
  const isAnother = wantsText
    ? isOrder(clause, intent.name)
    : isNewRequest(clause) || (slot !== undefined && asksForList(clause, intent.name));
  if (isAnother) return undefined;
  const open = pending.question === "askAmount" && clause.has("no-amount");
  if (!open && (clause.has("first:no") || clause.has("first:not")) && clause.words.length <= 5)
    return { calls: [], sentences: ["cancelled"] };
  const draft = intent.build(clause, { ...memory, asked: pending.question }, pending.input);
  if (draft.kind !== "ask" || draft.question !== pending.question) return planOf([{ intent, draft }]);
  // A sum or a day was asked for, and something else was said: it is asked no second time.
  const [best] = ranked(clause);
  if (!slot && best && best.points >= enough && best.intent !== intent) return undefined;
  const text = clause.text.replace(/[.!?,\s]+$/, "");
  if (!slot || text === "") return planOf([{ intent, draft }]);
  return planOf([
    {
      intent,
      draft: intent.build(new Clause([], "", [], rest.now), { ...memory, asked: pending.question }, { ...pending.input, [slot]: text }),
    },
  ]);
}

/** Questions that any text answers, and the input it goes into. */
const wholeAnswer: Partial<Record<Sentence, string>> = {
  askClient: "client",
  askWhom: "text",
  askDeal: "deal",
  askStage: "stage",
  askLeadName: "name",
  askNoteText: "text",
  askNoteAbout: "client",
  askTaskText: "text",
  askSearchText: "text",
  askDocument: "document",
};

/** "вторая", "2": a place in a list. */
function placeIn(clause: Clause): number | undefined {
  return clause.words
    .map((word) => numbered(word, "ordinal") ?? (/^\d$/.test(word.text) ? Number(word.text) : undefined))
    .find((one) => one !== undefined);
}
