import { RequestRefused } from "../../domain/errors.js";
import { issuesOf } from "../kit/body.js";
import { Content, Hit, ReadRestriction, Restrictions, User } from "./answers.js";
import { fromContent } from "./map.js";
import { type Caller, type Found, type FoundPage, foundOf, type Paging } from "./site.js";

/** What v1 tells alike on both editions; the expands name all that a card and its rights need. */
const searchExpand = "content.space,content.version,content.ancestors,content.container,content.metadata,content.extensions";
/** Where something stands and who is let in by itself. */
export const placeExpand =
  "version,space,ancestors,container,metadata,extensions,restrictions.read.restrictions.user,restrictions.read.restrictions.group";
const restrictionExpand = "read.restrictions.user,read.restrictions.group";

/** Searches by CQL. Highlight marks are taken out of the excerpts. */
export async function searchPage(caller: Caller, cql: string, paging: Paging, spaceBy: "id" | "key"): Promise<FoundPage> {
  const { rows, next, total } = await caller.page("/rest/api/search", { cql, excerpt: "highlight", expand: searchExpand }, paging);
  const excerpts = new Map<string, string>();
  const items = rows.flatMap((row): Found[] => {
    const hit = Hit.safeParse(row);
    if (!hit.success) return [{ id: "unknown", error: caller.unexpected("search", issuesOf(hit.error)) }];
    const found = foundOf(caller, [hit.data.content], Content, (content) => fromContent(content, spaceBy));
    const text = hit.data.excerpt?.replace(/@@@(?:end)?hl@@@/g, "").trim();
    for (const one of found) if ("content" in one && text) excerpts.set(one.content.id, text);
    return found;
  });
  return { items, next, total, excerpts };
}

/** The same without excerpts and with each one's own view restriction: what rights are read from. */
export async function placesPage(caller: Caller, cql: string, paging: Paging, spaceBy: "id" | "key"): Promise<FoundPage> {
  const { rows, next } = await caller.page("/rest/api/content/search", { cql, expand: placeExpand }, paging);
  return { items: foundOf(caller, rows, Content, (content) => fromContent(content, spaceBy)), next };
}

/** The view restriction of one page alone. */
export async function readRestriction(caller: Caller, id: string): Promise<ReadRestriction> {
  const { read } = await caller.get(
    `/rest/api/content/${checkedId(caller, id)}/restriction/byOperation`,
    { expand: restrictionExpand },
    Restrictions,
  );
  return read;
}

export async function displayName(caller: Caller, query: Readonly<Record<string, string>>): Promise<string | undefined> {
  return (await caller.get("/rest/api/user", query, User)).displayName;
}

/** Ids come from people and models as well; what is none is not put into a path. */
export function checkedId(caller: Caller, id: string): string {
  if (/^(?:att)?\d{1,20}$/.test(id)) return id;
  throw new RequestRefused(`${caller.system}: "${id.slice(0, 40)}" is no id of Confluence`, {
    system: caller.system,
    operation: "content",
  });
}
