import { z } from "zod";
import type { DocumentCard } from "../domain/documents.js";
import type { Passage } from "../domain/document-index.js";
import { SvyazError } from "../domain/errors.js";
import type { ReadTool, Turn } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { SystemName } from "./kit/schemas.js";

const input = z.strictObject({
  text: z.string().trim().min(1).max(500).describe("What is looked for, in the words the documents would use"),
  system: SystemName.optional(),
});

const limit = 5;
/** Several passages may be of one document, which is shown once. */
const passagesRead = 3 * limit;

export const searchDocuments: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "search-documents",
  needs: { family: "documents", verb: "read" },
  description:
    "Searches the company's documents (rules, instructions, contracts, pages) and returns passages with their sources. " +
    "Use it for «какой у нас порядок возврата», «найди договор», «сколько дней отпуска», 'what is our policy on'. Answer from the passages only and name the source; say so when they do not hold the answer.",
  input,
  async run({ text, system }, turn) {
    const words = texts(turn.language).tools;
    const status = await turn.status();
    const kinds = status.filter(({ searchable }) => searchable > 0);
    const indexed = kinds.reduce((sum, kind) => sum + kind.indexed, 0);
    const total = kinds.reduce((sum, kind) => sum + Math.max(kind.inSource ?? 0, kind.searchable), 0);
    const passages = await turn.search({ text, systems: system ? [system] : undefined, limit: passagesRead });
    const partial = indexed < total || kinds.length === 0;
    // Until the index is whole the systems' own search helps; a hit is read to quote from it.
    const live = partial || passages.length === 0 ? await liveSearch(text, system, turn) : { passages: [], missing: [] };
    const found = merge(passages, live.passages).slice(0, limit);
    const note = partial && total > 0 ? words.indexedSoFar(indexed, total) : "";
    const best = found[0];
    if (!best) return { forModel: [words.noDocuments(text), note].filter(Boolean).join(" "), missing: live.missing };
    return {
      forModel: [words.documentsFound(found.length, best.title), note].filter(Boolean).join(" "),
      material: found.map((passage, index) => `[${index + 1}] ${passage.title}\n${passage.text}`).join("\n\n"),
      about: found.map((passage) => ({ ref: passage.ref, kind: "document", name: passage.title })),
      forPerson: [
        ...found.slice(0, 3).map((passage) => ({ kind: "text" as const, markdown: quote(passage) })),
        { kind: "sources", sources: found.map(({ title, url, ref }) => ({ title, url, ref })) },
      ],
      missing: live.missing,
    };
  },
};

/** The passage as a block quote under its title; the words are the document's own. */
function quote(passage: Passage): string {
  const text = passage.text.length > 700 ? `${passage.text.slice(0, 700).replace(/\s+\S*$/, "")}…` : passage.text;
  return `**${passage.title}**\n${text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => `> ${line.replace(/^#+ (.*)$/, "**$1**")}`)
    .join("\n")}`;
}

async function liveSearch(
  text: string,
  system: string | undefined,
  turn: Turn,
): Promise<{ passages: Passage[]; missing: { system: string; error: SvyazError }[] }> {
  const { ready, missing } = await turn.systems("documents");
  const failed: { system: string; error: SvyazError }[] = [...missing];
  const passages: Passage[] = [];
  for (const opened of ready.filter((one) => !system || one.system === system || one.title === system)) {
    try {
      const { items } = await opened.documents.search({ text }).page({ size: limit, signal: turn.signal });
      passages.push(...(await Promise.all(items.map((card) => toPassage(card, text, turn)))));
    } catch (error) {
      if (!(error instanceof SvyazError)) throw error;
      failed.push({ system: opened.title, error });
    }
  }
  return { passages, missing: failed };
}

/** A live hit is a whole document: the paragraph that shares most words with the question is quoted. */
async function toPassage(card: DocumentCard, text: string, turn: Turn): Promise<Passage> {
  const markdown = await turn.read(card.ref).catch((error: unknown) => {
    if (error instanceof SvyazError) return "";
    throw error;
  });
  const asked = new Set(wordsOf(text));
  const paragraphs = markdown.split(/\n{2,}/).filter((paragraph) => paragraph.trim() && !/^#+ /.test(paragraph));
  const [best = ""] = paragraphs
    .map((paragraph) => ({ paragraph, shared: wordsOf(paragraph).filter((word) => asked.has(word)).length }))
    .toSorted((a, b) => b.shared - a.shared)
    .map(({ paragraph }) => paragraph);
  return { ref: card.ref, title: card.title, url: card.url, text: best.trim(), score: 0 };
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).map((word) => word.slice(0, 5));
}

/** The index's passages first; of one document the best alone. */
function merge(indexed: readonly Passage[], live: readonly Passage[]): Passage[] {
  const seen = new Set<string>();
  return [...indexed, ...live].filter(({ ref }) => {
    const key = `${ref.system}:${ref.kind}:${ref.id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
