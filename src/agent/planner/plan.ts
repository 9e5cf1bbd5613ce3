import { answerToPlanner, answerToTool } from "./answers.js";
import { Clause } from "./clause.js";
import { findContacts } from "./contacts.js";
import { corrects } from "./corrects.js";
import { type Decision, type Plan, planOf, type Situation } from "./decision.js";
import { byName, enough, isNewRequest, knownWords, ranked, reading, startsElliptic } from "./grammar.js";
import type { Input, Memory } from "./intent.js";
import * as grammars from "./intents/index.js";
import { meantText } from "./layouts.js";
import { isNegated, splitRequests } from "./split.js";
import { clean, readWords } from "./words.js";

/** Chooses the tools for a message by rules. Never throws, whatever was written. */
export function planFor(message: string, situation: Situation): Plan {
  const text = meantText(clean(message), knownWords());
  if (!/[\p{L}\p{N}]/u.test(text)) return { calls: [], sentences: ["unknown"] };
  const words = readWords(text, knownWords());
  const contacts = findContacts(text);
  const whole = new Clause(words, text, contacts, situation.now);
  return (
    answerToTool(whole, situation) ??
    answerToPlanner(whole, situation) ??
    newRequests(splitRequests(words, text, contacts, situation.now, reading), situation)
  );
}

function newRequests(clauses: readonly Clause[], situation: Situation): Plan {
  let memory = withAsked(situation);
  const corrected = correction(clauses, memory);
  if (corrected) return corrected;
  const decisions: Decision[] = [];
  let takenBack = false;
  for (const clause of clauses) {
    const rank = ranked(clause);
    if (isNegated(clause) && (rank[0]?.intent.kind !== "read" || rank[0].points < 6)) {
      takenBack = true;
      continue;
    }
    const tie = clauses.length === 1 ? tied(rank, clause, memory) : undefined;
    if (tie)
      return { calls: [], sentences: [], pending: { tool: "", input: {}, question: "whichOfTwo", readings: tie, said: clause.message } };
    const decision = decide(clause, memory, rank);
    if (!decision) continue;
    decisions.push({ ...decision, clause });
    if (decision.draft.kind !== "say")
      memory = { ...memory, ...spokenNow(decision), last: { tool: decision.intent.name, input: decision.draft.input } };
  }
  const serious = decisions.filter(({ intent }) => !["greeting", "thanks", "goodbye", "confirmation"].includes(intent.name));
  // Somebody else's rights are no part of a bargain: nothing of such a message is done.
  const forbidden = serious.find(({ intent }) => intent === grammars.othersRights);
  if (forbidden) return planOf([forbidden]);
  // A piece that asks for what another piece of the same request has given is that request, cut in two.
  const whole = serious.filter(
    ({ intent, draft }) => draft.kind !== "ask" || !serious.some((other) => other.intent === intent && other.draft.kind === "call"),
  );
  const kept = lend(serious.length > 0 ? whole : decisions, memory);
  if (kept.length === 0) return { calls: [], sentences: [takenBack ? "nothingDone" : "unknown"] };
  return planOf(kept);
}

/** Whom a question was about that was left unanswered: "на какую сумму?" — «а что с ним было?» */
function withAsked({ memory, pending }: Situation): Memory {
  const client = pending?.input.client;
  return typeof client === "string" ? { ...memory, client, clientName: client } : memory;
}

/** Orders that are made of another request: «не продажи, а остатки» changes what comes on Mondays, and asks for nothing now. */
const standing: readonly string[] = [grammars.scheduleReport.name, grammars.subscribe.name];

/** "нет, на 300к", «лучше по вторникам»: the last request again, changed. */
function correction(clauses: readonly Clause[], memory: Memory): Plan | undefined {
  const words = clauses.flatMap((clause) => clause.words);
  const [first] = words;
  const [clause] = clauses;
  const last = memory.last && byName(memory.last.tool);
  if (
    !first ||
    !clause ||
    !last ||
    !memory.last ||
    !(corrects.test(first.key) || (words[1]?.key === "лучше" && first.key === "а")) ||
    words.length < 3 ||
    words.length > 8
  )
    return undefined;
  const rest = new Clause(
    instead(clauses) ?? words.slice(words[1]?.kind === "mark" ? 2 : 1),
    clause.message,
    clauses.flatMap(({ contacts }) => contacts),
    clause.now,
  );
  const another = reading(rest).points >= enough && !(standing.includes(last.name) && !isNewRequest(rest));
  if (isNegated(clause) || another) return undefined;
  const draft = last.build(rest, memory, memory.last.input);
  return draft.kind === "call" && JSON.stringify(draft.input) !== JSON.stringify(memory.last.input)
    ? planOf([{ intent: last, draft }])
    : undefined;
}

/** «не продажи, а остатки»: what stands behind the "but", which is lost where the message was cut there. */
function instead([clause, next]: readonly Clause[]): Clause["words"] | undefined {
  const [first] = clause?.words ?? [];
  if (!clause || !first || !/^(не|not)$/.test(first.key)) return undefined;
  const but = clause.words.findIndex(({ key }) => /^(а|but)$/.test(key));
  return but > 0 ? clause.words.slice(but + 1) : next?.words;
}

/** Two readings of one message with equal points; a topic or a follow-up is never one of them. */
function tied(rank: ReturnType<typeof ranked>, clause: Clause, memory: Memory): readonly [string, string] | undefined {
  const [first, second] = rank;
  if (!first || !second || first.points < enough || second.points < first.points) return undefined;
  if (first.intent.kind === "topic" || second.intent.kind === "topic" || (memory.last && startsElliptic(clause))) return undefined;
  return [first.intent.name, second.intent.name];
}

function decide(clause: Clause, memory: Memory, rank: ReturnType<typeof ranked>): Decision | undefined {
  const best = rank[0];
  const elliptic = memory.last !== undefined && (clause.has("elliptic") || startsElliptic(clause));
  if (elliptic) clause.mark("elliptic");
  const last = memory.last ? byName(memory.last.tool) : undefined;
  const follows = last && memory.last && (elliptic || clause.words.filter(({ kind }) => kind !== "mark").length <= 4);
  if (
    follows &&
    last &&
    memory.last &&
    (!best || best.points < enough || (elliptic && best.intent === last && last.kind === "read" && !clause.has("first:create")))
  ) {
    const prior = keepSubject(memory.last.input, memory);
    const draft = last.build(clause, memory, prior);
    if (draft.kind === "call" && JSON.stringify(draft.input) !== JSON.stringify(prior)) return { intent: last, draft };
  }
  if (best?.intent === grammars.nextPage && last === grammars.listDeals) return { intent: last, draft: last.build(clause, memory, {}) };
  if ((!best || best.points < enough) && isName(clause))
    return { intent: grammars.findClient, draft: grammars.findClient.build(clause, memory, {}) };
  if (!best || best.points < enough)
    return isQuestion(clause) ? { intent: grammars.searchDocuments, draft: grammars.searchDocuments.build(clause, memory, {}) } : undefined;
  return { intent: best.intent, draft: best.intent.build(clause, memory, {}) };
}

/** A bare name: whoever it is, they are looked for. */
function isName(clause: Clause): boolean {
  const [phrase, ...others] = clause.phrases();
  const rest = clause.words.filter(
    (word, at) =>
      word.kind === "word" &&
      !(phrase && at >= phrase.from && at < phrase.to) &&
      !["show", "filler", "me"].some((one) => word.means.has(one)),
  );
  return (
    phrase !== undefined &&
    others.length === 0 &&
    rest.length === 0 &&
    (phrase.capital || phrase.quoted || phrase.legal || (phrase.text.length >= 4 && clause.words.length <= 3))
  );
}

/** A question about how things are done, in words that no grammar knows: the documents may. */
function isQuestion(clause: Clause): boolean {
  const asks = ["asks-which", "asks-what", "asks-how", "asks-how-many", "asks-where", "asks-when", "asks-why", "asks-who"].some((concept) =>
    clause.has(`first:${concept}`),
  );
  const known = ["him", "#period", "#capital", "deal"].some((concept) => clause.has(concept));
  return asks && !known && clause.words.filter(({ kind }) => kind === "word").length >= 4;
}

/** The client of the last call by the ref that was found for it, so that it is not looked for again. */
function keepSubject(input: Input, memory: Memory): Input {
  return input.client !== undefined && memory.client !== undefined ? { ...input, client: memory.client } : input;
}

function spokenNow({ intent, draft }: Decision): Partial<Memory> {
  const input = draft.kind === "say" ? {} : draft.input;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const client = text(input.client) ?? (intent.name === "find-client" ? text(input.text) : undefined);
  const deal = text(input.deal);
  return { ...(client ? { client } : {}), ...(deal ? { deal, ...(client ? {} : { client: undefined }) } : {}) };
}

/** Requests of one message share what only one of them says: "маржа и выручка за октябрь", «история и сделки Ромашки». */
function lend(decisions: readonly Decision[], memory: Memory): readonly Decision[] {
  if (decisions.length < 2) return decisions;
  const said = decisions.flatMap(({ draft }) => (draft.kind === "call" ? [draft.input] : []));
  const client = said.map((input) => input.client).find((one) => typeof one === "string");
  const dated = said.find((input) => input.from !== undefined || input.to !== undefined);
  return decisions.map((decision) => {
    const { draft, intent, clause } = decision;
    if (draft.kind === "ask" && draft.question === "askClient" && typeof client === "string" && clause)
      return { ...decision, draft: intent.build(clause, { ...memory, client }, { ...draft.input, client }) };
    const undated =
      draft.kind === "call" && intent.name === "sales-report" && draft.input.from === undefined && draft.input.to === undefined;
    return undated && dated ? { ...decision, draft: { ...draft, input: { ...draft.input, from: dated.from, to: dated.to } } } : decision;
  });
}
