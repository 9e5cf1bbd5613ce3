import type { Viewers } from "../library.js";
import { groupJson, userJson } from "./identities.js";
import { noContent } from "./refusals.js";
import type { Content } from "./search.js";
import { type Call, downloadPath, momentText, renderedOf, sizeOf, storageOf, tinyUi, webUi } from "./site.js";
import type { Attachment, Comment, Page, Space } from "./store.js";

type Json = Record<string, unknown>;

/** v1's shape of any content, with the parts that `expand` names; what is not named is not there. */
export function contentJson(call: Call, content: Content, expand: ReadonlySet<string>): Json {
  if (content.type === "page") return pageJson(call, content.page, expand);
  return content.type === "attachment" ? attachmentJson(call, content.attachment, expand) : commentJson(call, content.comment, expand);
}

export function expandOf(text: string | null): ReadonlySet<string> {
  const names = (text ?? "").split(",").map((name) => name.trim());
  // "restrictions.read.restrictions.user" also opens what is on the way to it.
  return new Set(names.flatMap((name) => name.split(".").map((_, at, parts) => parts.slice(0, at + 1).join("."))));
}

export function pageJson(call: Call, page: Page, expand: ReadonlySet<string>): Json {
  const { site } = call;
  const { store } = site;
  const json: Json = { id: page.id, type: "page", status: page.status, title: page.title };
  const space = store.spaces.get(page.spaceKey);
  if (expand.has("space") && space) json.space = spaceJson(call, space);
  if (expand.has("version")) json.version = versionJson(call, page);
  if (expand.has("history")) json.history = historyJson(call, page, expand);
  if (expand.has("ancestors")) json.ancestors = ancestorsJson(call, page, expand);
  if (expand.has("body")) json.body = bodyJson(call, page, expand);
  if (expand.has("metadata")) json.metadata = expand.has("metadata.labels") ? { labels: labelsJson(page) } : {};
  if (expand.has("restrictions.read")) {
    json.restrictions = {
      read: {
        operation: "read",
        restrictions: restrictionsJson(call, page.viewers, (kind) => expand.has(`restrictions.read.restrictions.${kind}`)),
      },
    };
  }
  json._links = { webui: webUi(site, page), tinyui: tinyUi(page), self: `${call.base}/rest/api/content/${page.id}` };
  return json;
}

function bodyJson(call: Call, page: Page, expand: ReadonlySet<string>): Json {
  const body: Json = {};
  if (expand.has("body.storage")) body.storage = { value: storageOf(call.site, page), representation: "storage" };
  for (const rendered of ["view", "export_view", "styled_view"]) {
    if (expand.has(`body.${rendered}`)) body[rendered] = { value: renderedOf(call, page), representation: rendered };
  }
  return body;
}

function historyJson(call: Call, page: Page, expand: ReadonlySet<string>): Json {
  const { site } = call;
  const author = userJson(site.edition, site.store.identities.byId(page.authorId));
  const json: Json = { latest: true, createdBy: author, createdDate: momentText(site, page.createdAt) };
  if (expand.has("history.lastUpdated")) json.lastUpdated = versionJson(call, page);
  return json;
}

/** An ancestor whose restrictions cannot be read fails the whole answer (CONFCLOUD-77618). */
function ancestorsJson(call: Call, page: Page, expand: ReadonlySet<string>): Json[] {
  const { store } = call.site;
  const own = new Set([...expand].filter((name) => name.startsWith("ancestors.")).map((name) => name.slice("ancestors.".length)));
  return store.ancestors(page).map((ancestor) => {
    const unreadable = ancestor.status === "trashed" || !store.maySee(call.account, ancestor);
    if (own.has("restrictions") && unreadable) throw noContent(ancestor.id);
    return pageJson(call, ancestor, own);
  });
}

function versionJson(call: Call, page: Page): Json {
  const { site } = call;
  const by = userJson(site.edition, site.store.identities.byId(page.editorId));
  return { by, when: momentText(site, page.updatedAt), number: page.version, message: page.versionMessage ?? "", minorEdit: false };
}

export function labelsJson(page: Page): Json {
  const results = page.labels.map((name, at) => ({ prefix: "global", name, id: `${page.id}${at}`, label: name }));
  return { results, start: 0, limit: 200, size: results.length };
}

/** Users and groups of one restriction; nobody named means nobody is kept out. */
export function restrictionsJson(call: Call, viewers: Viewers | undefined, wants: (kind: "user" | "group") => boolean = () => true): Json {
  const { site } = call;
  const { identities } = site.store;
  const users = (viewers?.users ?? []).map((id) => userJson(site.edition, identities.byId(id)));
  const groups = (viewers?.groups ?? []).map((name) => groupJson(identities, name));
  const listed = (results: readonly Json[]): Json => ({ results, start: 0, limit: 200, size: results.length });
  return { ...(wants("user") ? { user: listed(users) } : {}), ...(wants("group") ? { group: listed(groups) } : {}) };
}

export function spaceJson(call: Call, space: Space): Json {
  const { id, key, name, status } = space;
  const links = { webui: `/spaces/${key}`, self: `${call.base}/rest/api/space/${key}` };
  return { id: Number(id), key, name, type: "global", status, _links: links };
}

export function attachmentJson(call: Call, attachment: Attachment, expand: ReadonlySet<string>): Json {
  const { site } = call;
  const { id, name, mediaType, version, pageId, at } = attachment;
  const json: Json = {
    id,
    type: "attachment",
    status: "current",
    title: name,
    metadata: { mediaType },
    extensions: { mediaType, fileSize: sizeOf(attachment) },
  };
  if (expand.has("version")) json.version = { number: version, when: momentText(site, at) };
  if (expand.has("container")) json.container = { id: pageId, type: "page" };
  if (expand.has("space")) {
    const page = site.store.pages.get(pageId);
    const space = page && site.store.spaces.get(page.spaceKey);
    if (space) json.space = spaceJson(call, space);
  }
  const webui = `/pages/viewpageattachments.action?pageId=${pageId}&preview=${id}`;
  json._links = { webui, download: downloadPath(attachment), self: `${call.base}/rest/api/content/${id}` };
  return json;
}

export function commentJson(call: Call, comment: Comment, expand: ReadonlySet<string>): Json {
  const { site } = call;
  const page = site.store.pages.get(comment.pageId);
  const json: Json = { id: comment.id, type: "comment", status: "current", title: `Re: ${page?.title ?? ""}` };
  if (expand.has("version")) {
    json.version = {
      by: userJson(site.edition, site.store.identities.byId(comment.authorId)),
      when: momentText(site, comment.at),
      number: 1,
    };
  }
  if (expand.has("body")) json.body = { storage: { value: storageOf(site, comment), representation: "storage" } };
  if (expand.has("container")) json.container = { id: comment.pageId, type: "page" };
  json._links = {
    webui: page ? `${webUi(site, page)}?focusedCommentId=${comment.id}` : "",
    self: `${call.base}/rest/api/content/${comment.id}`,
  };
  return json;
}
