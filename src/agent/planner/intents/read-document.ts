import { filled, type Intent } from "../intent.js";
import { numbered } from "../days.js";

/** «открой регламент отгрузки», «о чём документ …», "summarize the travel policy" */
export const readDocument: Intent = {
  name: "read-document",
  kind: "read",
  vocabulary: {
    read: "прочитай, прочти, прочитать, прочитайте, читай, зачитай, перескажи, пересказать, кратко перескажи, суммируй, резюмируй, изложи, процитируй, read, summarize, summarise, summary, open, открой, откройте, открыть, о чем, о чём, содержание, содержимое, выжимка, выжимку, recap, contents of, content of, full text, полный текст, текст",
  },
  cues: [
    [6, "read", "document"],
    [7, "read", "him", "!deal", "!client"],
    [3, "first:read"],
    [3, "first:open", "document"],
    [9, "first:read", "rule", "!document"],
    [9, "first:open", "#title"],
    [6, "first:read", "#title", "!document"],
    [5, "read", "#ref"],
    [6, "#ref:document"],
    [3, "first:read", "quoted"],
    [3, "read", "#ordinal"],
    [2, "show", "document", "quoted"],
    [-9, "deal"],
    [-9, "lead"],
    [-9, "task"],
    [-9, "note"],
    [-6, "contacted"],
    [-4, "sales"],
    [-4, "remains"],
    [-3, "client", "!document"],
    [-3, "find"],
  ],
  build(clause, memory, prior) {
    const ref = clause.contact("ref");
    const quoted = clause.phrases().find((phrase) => phrase.quoted)?.text;
    const place = clause.words.map((word) => numbered(word, "ordinal")).find((one) => one !== undefined);
    const spoken = place === undefined ? (clause.has("him") ? memory.documents[0] : undefined) : memory.documents[place - 1];
    // "the first one", where nothing was listed: there is no such title.
    const nothingListed =
      place !== undefined && spoken === undefined && !quoted && clause.phrases().length === 0 && !clause.has("document");
    if (ref === undefined && nothingListed) return { kind: "ask", question: "askDocument", input: prior };
    const document =
      ref ??
      spoken ??
      quoted ??
      (titleOf(clause.words, (from) => clause.slice(from)) || (prior.document as string | undefined) || memory.documents[0]);
    return document === undefined
      ? { kind: "ask", question: "askDocument", input: prior }
      : { kind: "call", input: filled({ ...prior, document }) };
  },
};

/** The title is what stands behind the verb and the bare word "документ". */
function titleOf(
  words: readonly { readonly key: string; readonly kind: string; readonly means: ReadonlySet<string> }[],
  slice: (from: number) => string,
): string {
  const from = words.findIndex(
    (word) =>
      word.kind !== "mark" &&
      !["read", "filler", "me", "we", "show", "asks-what", "and", "hello", "preposition", "instead", "him"].some((concept) =>
        word.means.has(concept),
      ) &&
      !/^(документ\p{L}*|файл\p{L}*|document|documents|file|doc)$/u.test(word.key),
  );
  return from < 0 ? "" : slice(from);
}
