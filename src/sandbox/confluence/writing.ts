import type { Refusal } from "../http.js";
import type { Call } from "./site.js";
import type { Page } from "./store.js";

/** How the interface that was called words its refusals. */
export type Refuse = (status: number, message: string) => Refusal;

/** A text deep in a body, or undefined where the way there breaks off. Numbers count as texts: ids come both ways. */
export function textAt(body: Readonly<Record<string, unknown>>, ...path: readonly string[]): string | undefined {
  let value: unknown = body;
  for (const step of path) value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

/** Creates a page; a title is unique within its space. */
export async function createPage(
  call: Call,
  refuse: Refuse,
  taken: string,
  given: {
    readonly spaceKey: string;
    readonly title?: string;
    readonly parentId?: string;
    readonly body?: string;
    readonly representation?: string;
  },
): Promise<Page> {
  const { store, now } = call.site;
  if (given.title === undefined || given.title.trim() === "") throw refuse(400, "Title is required");
  if (given.body !== undefined && given.representation !== "storage")
    throw refuse(400, "Only the storage representation is supported here");
  checkTitle(call, refuse, taken, given.spaceKey, given.title);
  checkMarkup(refuse, given.body ?? "");
  const at = now().toISOString();
  const page: Page = {
    id: store.newId(),
    spaceKey: given.spaceKey,
    parentId: given.parentId ?? homeOf(call, given.spaceKey),
    status: "current",
    title: given.title,
    body: given.body ?? "",
    labels: [],
    version: 1,
    authorId: call.account.id,
    editorId: call.account.id,
    createdAt: at,
    updatedAt: at,
  };
  await store.put({ kind: "page", thing: page });
  return page;
}

/** A new version of a page: its number must be the next one, or somebody else was faster. */
export async function updatePage(
  call: Call,
  refuse: Refuse,
  taken: string,
  page: Page,
  given: { readonly title?: string; readonly body?: string; readonly number: unknown; readonly message?: string },
): Promise<Page> {
  const { store, now } = call.site;
  if (given.title === undefined) throw refuse(400, "Title is required");
  if (given.number !== page.version + 1) {
    const problem = `Version must be incremented on update. Current version is: ${page.version}`;
    throw refuse(409, problem);
  }
  checkTitle(call, refuse, taken, page.spaceKey, given.title, page.id);
  checkMarkup(refuse, given.body ?? "");
  const next: Page = {
    ...page,
    title: given.title,
    body: given.body ?? page.body,
    version: page.version + 1,
    versionMessage: given.message,
    editorId: call.account.id,
    updatedAt: now().toISOString(),
  };
  await store.put({ kind: "page", thing: next });
  return next;
}

/** The first page of a space. */
export function homeOf({ site }: Call, spaceKey: string): string | undefined {
  return [...site.store.pages.values()].find((page) => page.spaceKey === spaceKey && page.parentId === undefined)?.id;
}

function checkTitle({ site }: Call, refuse: Refuse, taken: string, spaceKey: string, title: string, except?: string): void {
  const same = (page: Page): boolean =>
    page.spaceKey === spaceKey && page.status === "current" && page.title.toLowerCase() === title.toLowerCase();
  if ([...site.store.pages.values()].some((page) => page.id !== except && same(page))) throw refuse(400, taken);
}

/** Storage is XHTML: a bare ampersand or an unclosed element is refused. */
function checkMarkup(refuse: Refuse, body: string): void {
  const text = body.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
  if (/&(?!#?\w+;)/.test(text)) throw refuse(400, "Error parsing xhtml: Unexpected character after &");
  const open: string[] = [];
  for (const [, slash, name = "", end] of text.matchAll(/<(\/?)([a-zA-Z][\w:.-]*)[^<>]*?(\/?)>/g)) {
    if (end === "/" && slash === "") continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) throw refuse(400, `Error parsing xhtml: Unexpected close tag </${name}>`);
  }
  if (open.length > 0) throw refuse(400, `Error parsing xhtml: Unexpected end of input; missing </${open.at(-1) ?? ""}>`);
}
