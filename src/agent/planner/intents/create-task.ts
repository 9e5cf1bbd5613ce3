import type { Clause } from "../clause.js";
import { clientOf, filled, type Intent } from "../intent.js";
import { isGivenName, type Phrase } from "../names.js";

/** «напомни позвонить Ромашке завтра в 10», «поставь задачу анне: …», "remind me to …" */
export const createTask: Intent = {
  name: "create-task",
  kind: "write",
  vocabulary: {
    event: "встреча, встречу, встречи, созвон, созвоны, звонок, визит, совещание, meeting, call, appointment, visit, демо, demo",
    remind:
      "напомни, напомнить, напомните, напоминай, напоминалка, напоминалку, remind, reminder, запланируй, schedule, не забыть, не забудь, не забыть бы, напоминание, ping me, don't let me forget, make sure i, nudge me, remember to, поставь напоминание, поручи, попроси, schedule a, put on my calendar, to-do list",
  },
  cues: [
    [9, "remind"],
    [8, "create", "task"],
    [6, "task"],
    [8, "create", "event", "!deal", "!note"],
    [2, "task", "#period"],
    [-7, "first:show"],
    [-4, "find"],
    [-5, "asks-which"],
    [-5, "asks-how-many"],
  ],
  build(clause, memory, prior) {
    const moment = clause.moment;
    const due = moment?.due ?? prior.due;
    const phrases = clause.phrases({ time: "moment" });
    const owner = memory.asked ? undefined : ownerOf(clause, phrases);
    const { client } = clientOf(
      clause,
      { ...memory, client: undefined },
      phrases.filter((one) => one !== owner && isClientHere(clause, one)),
    );
    const deal = clause.contact("deal");
    const text = (prior.text as string | undefined) ?? taskText(clause, owner);
    const known = prior.client ?? (deal === undefined ? client : undefined);
    const spoken =
      known === undefined &&
      deal === undefined &&
      prior.deal === undefined &&
      (owner === undefined || clause.has("him") || clause.has("elliptic")) &&
      memory.asked === undefined
        ? { client: memory.client, ...(memory.client ? {} : { deal: memory.deal }) }
        : {};
    const input = filled({
      ...prior,
      text: text || undefined,
      due,
      deal: deal ?? prior.deal,
      owner: owner?.nominative ?? prior.owner,
      ...spoken,
      ...(known === undefined ? {} : { client: known }),
    });
    if (input.text === undefined) return { kind: "ask", question: "askTaskText", input };
    return due === undefined ? { kind: "ask", question: "askDue", input } : { kind: "call", input };
  },
};

/** The one the task is for stands right behind "задачу": a given name, or whoever is followed by a colon. */
function ownerOf(clause: Clause, phrases: readonly Phrase[]): Phrase | undefined {
  return phrases.find((phrase) => {
    // "поставь Борису задачу"
    if (phrase.person && phrase.next.has("task")) return true;
    if (!phrase.lead.has("task") && !phrase.lead.has("owner")) return false;
    return phrase.lead.has("owner") || isGivenName(phrase.text.split(" ")[0] ?? "") || clause.words[phrase.to]?.text === ":";
  });
}

/** In a task, a lower-case word is a client only behind a preposition or a verb that takes people. */
function isClientHere(clause: Clause, phrase: Phrase): boolean {
  if (phrase.capital || phrase.quoted || phrase.legal || phrase.lead.has("client")) return true;
  if (/^(с|со|у|к|ко|with)$/.test(phrase.preposition)) return true;
  const before = clause.words[phrase.from - (phrase.preposition === "" ? 1 : 2)]?.key ?? "";
  return /^(по|на|в|для|for)$/.test(phrase.preposition)
    ? /ть$|ться$|call|visit|write/.test(before)
    : /(звонить|писать|ветить|набрать|кп|call|email|write|visit|meet|счет|договор|предложение)$/.test(before);
}

/** What is to be done: the request without the asking, the moment and the one it is for. */
function taskText(clause: Clause, owner: Phrase | undefined): string {
  const gone = new Set(clause.moment?.words ?? []);
  if (owner) for (let at = owner.from - (owner.preposition ? 1 : 0); at < owner.to; at++) gone.add(at);
  const colon = clause.words.findIndex(
    (word, at) => word.text === ":" && clause.words.slice(0, at).some(({ means }) => means.has("task") || means.has("remind")),
  );
  const from = colon < 0 ? 0 : colon + 1;
  clause.words.forEach((word, at) => {
    const asking = word.means.has("remind") || (word.means.has("task") && !word.means.has("filler") && !clause.has("remind"));
    const verb =
      (word.means.has("create") || (word.means.has("move") && clause.words[at + 1]?.means.has("task"))) &&
      clause.words.slice(at, at + 4).some(({ means }) => means.has("task") || means.has("event"));
    if (asking || verb) {
      gone.add(at);
      if (/^(a|an|the|мне|me)$/.test(clause.words[at + 1]?.key ?? "")) gone.add(at + 1);
    }
  });
  const opening = (at: number) => {
    const word = clause.words[at];
    return (
      word !== undefined &&
      (word.kind === "mark"
        ? !/["«“„#№]/.test(word.text)
        : ["filler", "me", "him", "and"].some((one) => word.means.has(one)) ||
          /^(to|that|for|about|про|о|об|что|чтобы|на|по|надо|нужно)$/.test(word.key))
    );
  };
  for (let at = from; at < clause.words.length; at++) {
    if (gone.has(at)) continue;
    if (!opening(at)) break;
    gone.add(at);
  }
  const text = clause.without(gone, from);
  return /\p{L}/u.test(text) ? text : "";
}
