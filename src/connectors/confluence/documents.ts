import { z } from "zod";
import type { Http } from "../../domain/connector.js";
import type { DocumentCard, DocumentConnector } from "../../domain/documents.js";
import { AccessDenied, NotFound, RequestRefused } from "../../domain/errors.js";
import { readBytes } from "../kit/body.js";
import { asCursor, listing, readCursor } from "../kit/listing.js";
import type { Bodies } from "./bodies.js";
import { anyOf, searchQuery, wordsOf } from "./cql.js";
import { largestAttachment, toCard } from "./map.js";
import type { Rights } from "./restrictions.js";
import type { Site, SiteContent } from "./site.js";

const idsAtOnce = 50;
const Place = z.object({ any: z.boolean(), from: z.string() });

/** Finding and reading as one account; what it finds carries its readers besides, for accounts that may see more than the asker. */
export function createDocuments({
  site,
  http,
  prefix,
  system,
  bodies,
  rights,
  spaces,
}: {
  readonly site: Site;
  readonly http: Http;
  /** Before every path of ours: "/wiki" on Cloud. */
  readonly prefix: string;
  readonly system: string;
  readonly bodies: Bodies;
  readonly rights: () => Rights;
  /** CQL that keeps to the configured spaces; empty for all. */
  readonly spaces: string;
}): DocumentConnector {
  async function card(content: SiteContent, asked: Rights, excerpt?: string): Promise<DocumentCard> {
    const readers = await asked.readersOf(content);
    return toCard(content, { system, webAddress: site.webAddress, readers, author: await bodies.authorOf(content) }, excerpt);
  }

  async function canRead(id: string): Promise<boolean> {
    try {
      await site.content(id, { body: false });
      return true;
    } catch (error) {
      if (error instanceof NotFound || error instanceof AccessDenied || error instanceof RequestRefused) return false;
      throw error;
    }
  }

  return {
    search({ text }) {
      const words = wordsOf(text);
      return listing(async ({ from, size = 20, signal }) => {
        if (words.length === 0) return { items: [], total: 0 };
        const place = from && readCursor(from, Place, { system, operation: "documents.search" });
        let any = place ? place.any : false;
        let page = await site.search(searchQuery(words, { any, spaces }), { from: place?.from, size, signal });
        if (!place && page.items.length === 0 && words.length > 1) {
          any = true;
          page = await site.search(searchQuery(words, { any, spaces }), { size, signal });
        }
        const asked = rights();
        const found = page.items.flatMap((item) => ("content" in item ? [item.content] : []));
        const [broken] = page.items.flatMap((item) => ("error" in item ? [item.error] : []));
        // One odd thing spoils no search; if nothing can be understood, that is not "nothing found".
        if (broken && found.length === 0) throw broken;
        const items = await Promise.all(found.map((content) => card(content, asked, page.excerpts?.get(content.id))));
        return { items, next: page.next === undefined ? undefined : asCursor({ any, from: page.next }), total: page.total };
      });
    },

    async read(id) {
      const content = await site.content(id, { body: true });
      const asked = rights();
      if (content.kind === "attachment") {
        const { download, fileBytes = 0 } = content;
        if (!download) throw new NotFound(`${system}: attachment ${id} has no file`, { system, operation: "documents.read" });
        if (fileBytes > largestAttachment)
          throw new RequestRefused(`${system}: attachment ${id} has ${fileBytes} bytes, too many to read`, {
            system,
            operation: "documents.read",
          });
        const answer = await http.send({
          method: "GET",
          path: prefix + download.path,
          query: download.query,
          headers: { accept: "*/*" },
          maxBytes: largestAttachment,
          timeoutMs: 120_000,
        });
        const mediaType = content.mediaType ?? answer.headers.get("content-type") ?? "application/octet-stream";
        return { card: await card(content, asked), content: { bytes: await readBytes(answer), mediaType }, attachments: [] };
      }
      const [own, markdown, attachments] = await Promise.all([card(content, asked), bodies.markdownOf(content), site.attachments(content)]);
      const cards = attachments.map((attachment) => toCard(attachment, { system, webAddress: site.webAddress, readers: own.readers }));
      return { card: own, content: { markdown }, attachments: cards };
    },

    async readable(ids) {
      const pages = ids.filter((id) => /^\d+$/.test(id));
      const open = new Set<string>();
      for (let at = 0; at < pages.length; at += idsAtOnce) {
        const some = pages.slice(at, at + idsAtOnce);
        const { items } = await site.search(anyOf(some), { size: idsAtOnce });
        for (const item of items) if ("content" in item) open.add(item.content.id);
      }
      await Promise.all(ids.filter((id) => !/^\d+$/.test(id)).map(async (id) => (await canRead(id)) && open.add(id)));
      return ids.filter((id) => open.has(id));
    },
  };
}
