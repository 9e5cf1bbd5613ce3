import { z } from "zod";
import type { EntityRef } from "../domain/entity.js";
import type { ReadTool } from "../domain/tool.js";
import { nameScore } from "../text/names.js";
import { texts } from "../text/texts.js";
import { parseRef } from "./kit/resolve.js";

const input = z.strictObject({
  document: z.string().trim().min(1).max(300).describe("A ref such as confluence:page:123 from an earlier answer, or the document's title"),
});

/** What the model may carry of one document. */
const modelCharacters = 12_000;
const shownCharacters = 3_000;

export const readDocument: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "read-document",
  needs: { family: "documents", verb: "read" },
  description:
    "Reads one document whole. Use it after search-documents when a passage is not enough, or for «открой регламент возвратов», 'open the document', 'show it in full'. Not for looking something up across documents.",
  input,
  async run({ document }, turn) {
    const words = texts(turn.language).tools;
    const given = parseRef(document);
    const candidates: { ref: EntityRef; title: string; url?: string }[] = given ? [{ ref: given, title: document }] : [];
    const { ready, missing } = await turn.systems("documents");
    if (!given) {
      candidates.push(...(await turn.search({ text: document, limit: 5 })));
      for (const system of candidates.length === 0 ? ready : []) {
        candidates.push(...(await system.documents.search({ text: document }).page({ size: 5, signal: turn.signal })).items);
      }
    }
    const best = candidates.toSorted((a, b) => nameScore(document, b.title) - nameScore(document, a.title))[0];
    if (!best) return { forModel: words.noDocuments(document), missing };
    // By a ref alone nobody would know the title and the link.
    const opened = given && (await ready.find(({ system }) => system === given.system)?.documents.read(given.id));
    const markdown = opened && "markdown" in opened.content ? opened.content.markdown : await turn.read(best.ref);
    const title = given ? (opened?.card.title ?? /^#\s+(.+)$/m.exec(markdown)?.[1] ?? document) : best.title;
    const shown = markdown.length > shownCharacters ? `${markdown.slice(0, shownCharacters).replace(/\s+\S*$/, "")}…` : markdown;
    return {
      forModel: words.documentRead(title, markdown.length > shownCharacters),
      material: markdown.slice(0, modelCharacters),
      about: [{ ref: best.ref, kind: "document", name: title }],
      forPerson: [
        { kind: "text", markdown: shown },
        { kind: "sources", sources: [{ title, url: opened?.card.url ?? best.url, ref: best.ref }] },
      ],
      missing,
    };
  },
};
