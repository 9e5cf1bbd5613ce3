import type { Route, SandboxAnswer, SandboxRequest } from "../http.js";
import { attachmentJson, commentJson, contentJson, expandOf, labelsJson, pageJson, restrictionsJson, spaceJson } from "./content-json.js";
import { groupJson, userJson } from "./identities.js";
import { listV1, pageV1 } from "./paging.js";
import { wordsOf } from "./plain-text.js";
import { noContent, refuse } from "./refusals.js";
import { type Content, searchContent, soughtWords, textOf, titleOf } from "./search.js";
import { parseCql } from "./cql.js";
import { type Call, momentText, webUi } from "./site.js";
import type { Attachment, Page, Space } from "./store.js";

type Reader = (request: SandboxRequest, params: Readonly<Record<string, string>>, call: Call) => SandboxAnswer;
const CAP = 500;
/** Bodies make pages short, whatever was asked for. */
const CAP_WITH_BODIES = 50;

/** Reads of the v1 interface: all there is on Data Center, the search and the rights on Cloud. */
export const V1_READS: readonly Route<Call>[] = [
  get("user/current", (_request, _params, { site, account }) =>
    ok({ ...userJson(site.edition, account), ...(site.edition === "cloud" ? { email: account.email } : {}) }),
  ),
  get("user", (request, _params, { site }) => {
    const account = site.store.identities.find(whoIsMeant(request));
    if (!account) throw refuse(404, "No user found");
    return ok(userJson(site.edition, account));
  }),
  get("user/memberof", (request, _params, call) => {
    const { identities, groups } = call.site.store;
    const account = identities.find(whoIsMeant(request));
    if (!account) throw refuse(404, "No user found");
    const names = [...groups.values()].filter(({ members }) => members.includes(account.id)).map(({ name }) => name);
    const slice = pageV1(call, request, names, { fallback: 200, cap: CAP });
    // Cloud gives no next page here: those who need one count by themselves.
    return listV1(call, {
      ...slice,
      items: slice.items.map((name) => groupJson(identities, name)),
      next: call.site.edition === "cloud" ? undefined : slice.next,
    });
  }),
  get("group", (request, _params, call) => {
    const slice = pageV1(call, request, [...call.site.store.groups.keys()], { fallback: 200, cap: CAP });
    return listV1(call, { ...slice, items: slice.items.map((name) => groupJson(call.site.store.identities, name)) });
  }),
  get("group/{name}/member", (request, { name = "" }, call) => members(request, name, call, "data-center")),
  get("group/{id}/membersByGroupId", (request, { id = "" }, call) => {
    const { identities, groups } = call.site.store;
    return members(request, [...groups.keys()].find((name) => identities.groupId(name) === id) ?? "", call, "cloud");
  }),
  get("space", (request, _params, call) => {
    const { searchParams } = request.url;
    const keys = searchParams.getAll("spaceKey");
    const status = searchParams.get("status");
    const spaces = visibleSpaces(call).filter(
      (space) => (keys.length === 0 || keys.includes(space.key)) && (status === null || space.status === status),
    );
    const slice = pageV1(call, request, spaces, { cap: 100 });
    return listV1(call, { ...slice, items: slice.items.map((space) => spaceJson(call, space)) });
  }),
  get("space/{key}", (request, { key = "" }, call) => {
    const space = visibleSpaces(call).find((one) => one.key === key);
    if (!space) throw refuse(404, `No space with key : ${key}`);
    const expand = expandOf(request.url.searchParams.get("expand"));
    return ok({
      ...spaceJson(call, space),
      ...(expand.has("permissions") && call.account.isAdmin ? { permissions: oldPermissions(call, space) } : {}),
    });
  }),
  get("space/{key}/permissions", (_request, { key = "" }, call) => ok(spacePermissions(call, key))),
  get("space/{key}/permissions/anonymous", (_request, { key = "" }, call) => {
    spacePermissions(call, key);
    return ok([]);
  }),
  get("content", (request, _params, call) => {
    const { searchParams } = request.url;
    const [key, status, title] = [searchParams.get("spaceKey"), searchParams.get("status") ?? "current", searchParams.get("title")];
    const isPage = (searchParams.get("type") ?? "page") === "page";
    const pages = [...call.site.store.pages.values()].filter(
      (page) =>
        isPage &&
        (key === null || page.spaceKey === key) &&
        (title === null || page.title === title) &&
        (status === "any" || page.status === status) &&
        call.site.store.maySee(call.account, page),
    );
    return contentList(request, call, pages.map(asContent));
  }),
  get("content/search", (request, _params, call) => contentList(request, call, found(request, call))),
  get("search", (request, _params, call) => richSearch(request, call)),
  get("content/{id}", (request, { id = "" }, call) => {
    const { searchParams } = request.url;
    const expand = expandOf(searchParams.get("expand") ?? "space,version,history");
    const attachment = call.site.store.attachments.get(id);
    if (attachment) return ok(attachmentJson(call, visibleAttachment(call, attachment), expand));
    const comment = call.site.store.comments.get(id);
    if (comment) {
      visiblePage(call, comment.pageId);
      return ok(commentJson(call, comment, expand));
    }
    return ok(pageJson(call, visiblePage(call, id, searchParams.get("status") ?? "current"), expand));
  }),
  get("content/{id}/label", (_request, { id = "" }, call) => ok(labelsJson(visiblePage(call, id)))),
  get("content/{id}/restriction/byOperation", (_request, { id = "" }, call) => {
    const { viewers } = visiblePage(call, id);
    return ok({
      read: { operation: "read", restrictions: restrictionsJson(call, viewers) },
      update: { operation: "update", restrictions: restrictionsJson(call, undefined) },
    });
  }),
  get("content/{id}/child/page", (request, { id = "" }, call) =>
    contentList(request, call, childrenOf(call, visiblePage(call, id)).map(asContent)),
  ),
  get("content/{id}/child/attachment", (request, { id = "" }, call) => {
    const { attachments } = call.site.store;
    const page = visiblePage(call, id);
    const name = request.url.searchParams.get("filename");
    const files = [...attachments.values()].filter((one) => one.pageId === page.id && (name === null || one.name === name));
    return contentList(
      request,
      call,
      files.map((attachment) => ({ type: "attachment", id: attachment.id, page, attachment })),
    );
  }),
  get("content/{id}/child/comment", (request, { id = "" }, call) => {
    const page = visiblePage(call, id);
    const comments = [...call.site.store.comments.values()].filter(({ pageId }) => pageId === page.id);
    return contentList(
      request,
      call,
      comments.map((comment) => ({ type: "comment", id: comment.id, page, comment })),
    );
  }),
];

const ok = (body: unknown): SandboxAnswer => ({ status: 200, body });

function get(path: string, run: Reader): Route<Call> {
  return { method: "GET", pattern: `/rest/api/${path}`, run };
}

/** The page, when it is there and may be seen; otherwise the 404 that tells neither. */
export function visiblePage(call: Call, id: string, status = "current"): Page {
  const page = call.site.store.pages.get(id);
  if (!page || !call.site.store.maySee(call.account, page)) throw noContent(id);
  if (status !== "any" && page.status !== status) throw noContent(id);
  return page;
}

export function visibleAttachment(call: Call, attachment: Attachment): Attachment {
  visiblePage(call, attachment.pageId);
  return attachment;
}

export function visibleSpaces({ site, account }: Call): Space[] {
  return [...site.store.spaces.values()].filter(({ key }) => site.store.maySeeSpace(account, key));
}

export function childrenOf(call: Call, page: Page): Page[] {
  const { store } = call.site;
  return [...store.pages.values()].filter((one) => one.parentId === page.id && one.status === "current" && store.maySee(call.account, one));
}

const asContent = (page: Page): Content => ({ type: "page", id: page.id, page });

function contentList(request: SandboxRequest, call: Call, contents: readonly Content[]): SandboxAnswer {
  const expand = expandOf(request.url.searchParams.get("expand"));
  const slice = pageV1(call, request, contents, { cap: expand.has("body") ? CAP_WITH_BODIES : CAP });
  return listV1(call, { ...slice, items: slice.items.map((content) => contentJson(call, content, expand)) });
}

function found(request: SandboxRequest, call: Call): readonly Content[] {
  const { searchParams } = request.url;
  const cql = searchParams.get("cql");
  if (cql === null || cql.trim() === "") throw refuse(400, "CQL query is required");
  const { site, account } = call;
  const archivedToo = searchParams.get("includeArchivedSpaces") === "true";
  return searchContent(site.store, cql, { account, timeZone: site.timeZone, now: site.now(), archivedToo });
}

function richSearch(request: SandboxRequest, call: Call): SandboxAnswer {
  const all = found(request, call);
  const { searchParams } = request.url;
  const sought = soughtWords(parseCql(searchParams.get("cql") ?? "").where);
  const marked = searchParams.get("excerpt") === "highlight";
  const slice = pageV1(call, request, all, { cap: CAP_WITH_BODIES });
  const expand = expandOf(searchParams.get("expand")?.replaceAll("content.", "") ?? null);
  const items = slice.items.map((content) => ({
    content: contentJson(call, content, expand),
    title: titleOf(content),
    excerpt: excerptOf(textOf(content), sought, marked),
    url: webUi(call.site, content.page),
    entityType: "content",
    lastModified: momentText(call.site, content.page.updatedAt),
    friendlyLastModified: content.page.updatedAt.slice(0, 10),
  }));
  return listV1(call, { ...slice, items }, { totalSize: all.length, cqlQuery: searchParams.get("cql") });
}

/** Some words before and after the first hit, hits in the site's own marks. */
function excerptOf(text: string, sought: readonly string[], marked: boolean): string {
  const isHit = (word: string): boolean => wordsOf(word).some((one) => sought.some((wanted) => one.startsWith(wanted)));
  const words = text.split(" ");
  const from = Math.max(0, words.findIndex(isHit) - 12);
  return words
    .slice(from, from + 40)
    .map((word) => (marked && isHit(word) ? `@@@hl@@@${word}@@@endhl@@@` : word))
    .join(" ");
}

function whoIsMeant({ url }: SandboxRequest): string {
  return url.searchParams.get("accountId") ?? url.searchParams.get("key") ?? url.searchParams.get("username") ?? "";
}

function members(request: SandboxRequest, name: string, call: Call, edition: Call["site"]["edition"]): SandboxAnswer {
  const { store } = call.site;
  const group = store.groups.get(name);
  if (!group || call.site.edition !== edition) throw refuse(404, "The group could not be found");
  const slice = pageV1(call, request, group.members, { fallback: 200, cap: 200 });
  return listV1(call, { ...slice, items: slice.items.map((id) => userJson(edition, store.identities.byId(id))) });
}

/** Data Center from 9.1: a flat list; whoever is no administrator gets a 500 (CONFSERVER-99908). */
function spacePermissions(call: Call, key: string): unknown {
  const { site, account } = call;
  const { identities, spaces } = site.store;
  const space = spaces.get(key);
  if (site.edition !== "data-center") throw refuse(404, "null for uri: space permissions");
  if (!account.isAdmin) throw refuse(500, "Internal server error");
  if (!space) throw refuse(404, `No space with key : ${key}`);
  const granted = (subject: Record<string, unknown>) =>
    ["read", "create"].map((operationKey) => ({
      operation: { operationKey, targetType: operationKey === "read" ? "space" : "page" },
      subject,
      spaceKey: key,
      spaceId: Number(space.id),
    }));
  return [
    ...space.readers.groups.flatMap((name) => granted({ type: "group", name })),
    ...space.readers.users.flatMap((id) =>
      granted({ type: "user", displayName: identities.byId(id).displayName, userKey: identities.byId(id).userKey }),
    ),
  ];
}

/** Cloud's deprecated form of the same. */
function oldPermissions({ site }: Call, space: Space): unknown {
  const { identities } = site.store;
  const operation = { operation: "read", targetType: "space" };
  return [
    ...space.readers.groups.map((name) => ({
      operation,
      subjects: { group: { results: [groupJson(identities, name)], size: 1 } },
      anonymousAccess: false,
    })),
    ...space.readers.users.map((id) => ({
      operation,
      subjects: { user: { results: [userJson(site.edition, identities.byId(id))], size: 1 } },
      anonymousAccess: false,
    })),
  ];
}
