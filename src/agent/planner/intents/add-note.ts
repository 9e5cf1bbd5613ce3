import type { Clause } from "../clause.js";
import { clientOf, filled, type Intent } from "../intent.js";

/** «запиши по Ромашке: просят скидку», "add a note to deal 1024: …" */
export const addNote: Intent = {
  name: "add-note",
  kind: "write",
  vocabulary: {
    "write-down":
      "запиши, записать, запишите, пиши, зафиксируй, зафиксировать, отметь, отметить, пометь, пометить, черкни, прокомментируй, припиши, допиши, jot, jot down, write down, note down, note that, note on, make a note, leave a note, запомни, учти, занеси в карточку, внеси в карточку, укажи, дополни, оставь запись, сделай запись, добавь запись, сделай пометку, put down, make note, take a note, keep in mind, add a comment, take down, record that, mention, черкани, чиркни",
  },
  cues: [
    [6, "note", "create"],
    [5, "note"],
    [7, "write-down"],
    [2, "write-down", "#deal"],
    [1, "write-down", "#name"],
    [2, "first:note"],
    [-5, "first:show"],
    [-4, "find"],
    [-6, "new", "client"],
    [-8, "task"],
    [-8, "remind"],
    [-4, "first:asks-which"],
    [-4, "first:asks-what"],
  ],
  build(clause, memory, prior) {
    const asked = memory.asked === "askNoteText";
    const marker = asked ? -1 : markerAt(clause);
    const head = marker < 0 ? clause.words.length : marker;
    const phrases = clause.phrases();
    const about = phrases.filter(({ from }) => from < head);
    const named = asked
      ? {}
      : clientOf(
          clause,
          { ...memory, client: undefined },
          marker < 0 ? about.filter(({ preposition, lead }) => preposition !== "" || lead.has("client")) : about,
        );
    // «запиши, что Вектор просит скидку»: the one spoken of in the note itself.
    const inside = phrases.find(({ from, capital, quoted, legal }) => (from >= head || marker < 0) && ((capital && !quoted) || legal));
    const deal = clause.contact("deal") ?? clause.contacts.find(({ kind, value }) => kind === "ref" && value.includes(":deal:"))?.value;
    const text = asked ? clause.text : marker < 0 ? leftOver(clause, named.phrase, memory.asked) : clause.slice(marker);
    const pronoun = clause.has("him") && clause.has("deal") ? { deal: memory.deal } : {};
    const spoken =
      prior.client === undefined && prior.deal === undefined
        ? memory.client
          ? { client: memory.client }
          : memory.deal
            ? { deal: memory.deal }
            : {}
        : {};
    const target = deal
      ? { deal }
      : named.client
        ? { client: named.client }
        : pronoun.deal
          ? pronoun
          : inside
            ? { client: inside.nominative }
            : spoken;
    const input = filled({ ...prior, text: prior.text ?? (text || undefined), ...target });
    if (input.text === undefined) return { kind: "ask", question: "askNoteText", input };
    return input.client === undefined && input.deal === undefined
      ? { kind: "ask", question: "askNoteAbout", input }
      : { kind: "call", input };
  },
};

/** The place where the text of the note begins: behind a colon, a dash, "что", "that", or an opening quote. */
function markerAt(clause: Clause): number {
  const cue = Math.max(0, Math.min(...["note", "write-down", "create"].map((concept) => clause.find(concept)).filter((at) => at >= 0)));
  for (let at = cue + 1; at < clause.words.length - 1; at++) {
    const word = clause.words[at];
    const spaced = word && /^[-–—]$/.test(word.text) && clause.message[word.from - 1] === " ";
    if (word?.text === ":" || spaced) return at + 1;
    if (/^(что|that|saying)$/.test(word?.key ?? "")) return at + 1;
    if (
      word &&
      /^[«"“„]$/.test(word.text) &&
      clause.words[at + 1]?.quoted &&
      !/^(ооо|зао|пао|ао|ип|оао)$/.test(clause.words[at - 1]?.key ?? "") &&
      clause.words.length - at > 4
    )
      return at + 1;
  }
  return -1;
}

/** Without a marker the note is what stands behind the words that ask for it. */
function leftOver(clause: Clause, about: { readonly from: number; readonly to: number } | undefined, asked: string | undefined): string {
  if (asked) return "";
  const gone = new Set(clause.contactPlaces);
  clause.words.forEach((word, at) => {
    const own =
      ["note", "write-down", "create", "deal", "client", "me"].some((concept) => word.means.has(concept)) || /^[#№]$/.test(word.text);
    if (own || (about && at >= about.from - 1 && at < about.to)) gone.add(at);
    if (
      word.means.has("preposition") &&
      (clause.words[at + 1] === undefined ||
        gone.has(at + 1) ||
        clause.words[at + 1]?.means.has("deal") ||
        clause.words[at + 1]?.means.has("client") ||
        clause.words[at + 1]?.means.has("him"))
    )
      gone.add(at);
    if (word.means.has("him") && at < 4) gone.add(at);
  });
  while (gone.size < clause.words.length) {
    const first = clause.words.findIndex((_, at) => !gone.has(at));
    const word = clause.words[first];
    if (!word || !["filler", "preposition", "and", "him", "not"].some((concept) => word.means.has(concept)) || word.means.has("not")) break;
    gone.add(first);
  }
  return clause.without(gone);
}
