import type { Route, SandboxAnswer, SandboxRequest } from "../http.js";
import { pageV2 } from "./paging.js";
import { html, noContentV2, refuseV2, titleTaken } from "./refusals.js";
import { type Call, downloadPath, renderedOf, sizeOf, storageOf, tinyUi, webUi } from "./site.js";
import type { Attachment, Comment, Page, Space } from "./store.js";
import { childrenOf, visibleSpaces } from "./v1-reads.js";
import { createPage, homeOf, type Refuse, textAt, updatePage } from "./writing.js";

/** Pages this big with their bodies run into the gateway's time-out. */
const TOO_MANY_BODIES = 250;
const SORTS: Readonly<Record<string, (page: Page) => string>> = {
  id: ({ id }) => id.padStart(20, "0"),
  "created-date": ({ createdAt }) => createdAt,
  "modified-date": ({ updatedAt }) => updatedAt,
  title: ({ title }) => title.toLowerCase(),
};

/** Cloud's v2 interface, `/api/v2`: content with opaque cursors and string ids. */
export const V2: readonly Route<Call>[] = [
  get("spaces", (request, _params, call) => {
    const { searchParams } = request.url;
    const keys = searchParams.get("keys")?.split(",");
    const ids = searchParams.get("ids")?.split(",");
    const [status, type] = [searchParams.get("status"), searchParams.get("type")];
    const spaces = visibleSpaces(call).filter(
      (space) =>
        (!keys || keys.includes(space.key)) &&
        (!ids || ids.includes(space.id)) &&
        (status === null || space.status === status) &&
        (type === null || type === "global"),
    );
    return pageV2(call, request, spaces, (space) => spaceJson(call, space));
  }),
  get("spaces/{id}", (_request, { id = "" }, call) => ({ status: 200, body: spaceJson(call, spaceOf(call, id)) })),
  get("spaces/{id}/pages", (request, { id = "" }, call) => pageList(request, call, spaceOf(call, id).id)),
  get("spaces/{id}/permissions", (request, { id = "" }, call) => {
    const { readers } = spaceOf(call, id);
    const { identities } = call.site.store;
    const principals = [
      ...readers.groups.map((name) => ({ type: "group", id: identities.groupId(name) })),
      ...readers.users.map((name) => ({ type: "user", id: identities.byId(name).accountId })),
    ];
    const granted = principals.flatMap((principal) => [
      { principal, operation: { key: "read", targetType: "space" } },
      { principal, operation: { key: "create", targetType: "page" } },
    ]);
    return pageV2(
      call,
      request,
      granted.map((one, at) => ({ id: String(at + 1), ...one })),
      (one) => one,
    );
  }),
  get("pages", (request, _params, call) => pageList(request, call, request.url.searchParams.get("space-id") ?? undefined)),
  get("pages/{id}", (request, { id = "" }, call) => {
    const page = pageOf(call, id, ["current", "trashed"]);
    const labels = request.url.searchParams.get("include-labels") === "true" ? { labels: { results: labelsOf(page) } } : {};
    return { status: 200, body: { ...pageJson(call, page, request.url.searchParams.get("body-format")), ...labels } };
  }),
  get("pages/{id}/labels", (request, { id = "" }, call) => pageV2(call, request, labelsOf(pageOf(call, id)), (label) => label)),
  get("pages/{id}/children", (request, { id = "" }, call) =>
    pageV2(call, request, childrenOf(call, pageOf(call, id)), ({ id: child, title, spaceKey }) => ({
      id: child,
      status: "current",
      title,
      spaceId: spaceIdOf(call, spaceKey),
    })),
  ),
  get("pages/{id}/ancestors", (request, { id = "" }, call) =>
    pageV2(call, request, call.site.store.ancestors(pageOf(call, id)), (ancestor) => ({ id: ancestor.id, type: "page" })),
  ),
  get("pages/{id}/attachments", (request, { id = "" }, call) => {
    const page = pageOf(call, id);
    const files = [...call.site.store.attachments.values()].filter(({ pageId }) => pageId === page.id);
    return pageV2(call, request, files, (file) => attachmentJson(call, file));
  }),
  get("attachments/{id}", (_request, { id = "" }, call) => {
    const attachment = call.site.store.attachments.get(id);
    if (!attachment) throw noContentV2();
    pageOf(call, attachment.pageId);
    return { status: 200, body: attachmentJson(call, attachment) };
  }),
  get("pages/{id}/footer-comments", (request, { id = "" }, call) => {
    const page = pageOf(call, id);
    const comments = [...call.site.store.comments.values()].filter(({ pageId }) => pageId === page.id);
    return pageV2(call, request, comments, (comment) => commentJson(call, comment, request.url.searchParams.get("body-format")));
  }),
  get("pages/{id}/inline-comments", (request, { id = "" }, call) => {
    pageOf(call, id);
    return pageV2(call, request, [], (comment) => comment);
  }),
  get("blogposts", (request, _params, call) => pageV2(call, request, [], (post) => post)),
  write("POST", "pages", async (request, _params, call) => {
    const body = bodyOf(request);
    const space = spaceOf(call, textAt(body, "spaceId") ?? "");
    const parent = textAt(body, "parentId");
    const page = await createPage(call, refuseText, titleTaken(), {
      spaceKey: space.key,
      title: textAt(body, "title"),
      parentId: parent === undefined ? undefined : pageOf(call, parent).id,
      body: textAt(body, "body", "value"),
      representation: textAt(body, "body", "representation"),
    });
    return { status: 200, body: pageJson(call, page, "storage") };
  }),
  write("PUT", "pages/{id}", async (request, { id = "" }, call) => {
    const body = bodyOf(request);
    const missing = ["id", "status", "title", "version"].find((name) => body[name] === undefined);
    if (missing !== undefined) throw refuseV2(400, `Required field '${missing}' is missing`);
    if (textAt(body, "id") !== id) throw refuseV2(400, "Page id in the path and in the body differ");
    const page = await updatePage(call, refuseText, titleTaken(), pageOf(call, id), {
      title: textAt(body, "title"),
      body: textAt(body, "body", "value"),
      number: (body.version as { number?: unknown }).number,
      message: textAt(body, "version", "message"),
    });
    return { status: 200, body: pageJson(call, page, "storage") };
  }),
  write("DELETE", "pages/{id}", async (_request, { id = "" }, call) => {
    await call.site.store.trash(pageOf(call, id).id);
    return { status: 204 };
  }),
  write("POST", "footer-comments", async (request, _params, call) => {
    const body = bodyOf(request);
    const page = pageOf(call, textAt(body, "pageId") ?? "");
    const value = textAt(body, "body", "value");
    if (value === undefined) throw refuseV2(400, "Comment body is required");
    const { store, now } = call.site;
    const thing: Comment = { id: store.newId(), pageId: page.id, body: value, authorId: call.account.id, at: now().toISOString() };
    await store.put({ kind: "comment", thing });
    return { status: 201, body: commentJson(call, thing, "storage") };
  }),
];

type Params = Readonly<Record<string, string>>;

function get(path: string, run: (request: SandboxRequest, params: Params, call: Call) => SandboxAnswer): Route<Call> {
  return { method: "GET", pattern: `/api/v2/${path}`, run };
}

function write(
  method: string,
  path: string,
  run: (request: SandboxRequest, params: Params, call: Call) => Promise<SandboxAnswer>,
): Route<Call> {
  return { method, pattern: `/api/v2/${path}`, run };
}

const refuseText: Refuse = (status, message) => refuseV2(status, message);

function pageOf(call: Call, id: string, statuses: readonly Page["status"][] = ["current"]): Page {
  const page = call.site.store.pages.get(id);
  if (!/^\d+$/.test(id))
    throw refuseV2(400, "Bad Request", `Provided value {${id}} for 'id' is not the correct type. Expected type is long`);
  if (!page || !statuses.includes(page.status) || !call.site.store.maySee(call.account, page)) throw noContentV2();
  return page;
}

function spaceOf(call: Call, id: string): Space {
  const space = visibleSpaces(call).find((one) => one.id === id);
  if (!space) throw noContentV2();
  return space;
}

const spaceIdOf = ({ site }: Call, key: string): string => site.store.spaces.get(key)?.id ?? "";

function pageList(request: SandboxRequest, call: Call, spaceId: string | undefined): SandboxAnswer {
  const { searchParams } = request.url;
  const format = searchParams.get("body-format");
  if (format !== null && Number(searchParams.get("limit") ?? 25) >= TOO_MANY_BODIES) return html(504, "Gateway Timeout");
  const [statuses, ids, title] = [searchParams.getAll("status"), searchParams.get("id")?.split(","), searchParams.get("title")];
  const wanted = statuses.length === 0 ? ["current", "archived"] : statuses.flatMap((status) => status.split(","));
  const pages = [...call.site.store.pages.values()].filter(
    (page) =>
      wanted.includes(page.status) &&
      (spaceId === undefined || spaceIdOf(call, page.spaceKey) === spaceId) &&
      (!ids || ids.includes(page.id)) &&
      (title === null || page.title === title) &&
      call.site.store.maySee(call.account, page),
  );
  const sort = searchParams.get("sort") ?? "id";
  const read = SORTS[sort.replace(/^-/, "")];
  if (!read) throw refuseV2(400, "Bad Request", `Provided value {${sort}} for 'sort' is not valid`);
  const sign = sort.startsWith("-") ? -1 : 1;
  pages.sort((left, right) => (read(left) < read(right) ? -sign : read(left) > read(right) ? sign : 0));
  return pageV2(call, request, pages, (page) => pageJson(call, page, format));
}

function pageJson(call: Call, page: Page, format: string | null): Record<string, unknown> {
  const { site } = call;
  const { identities } = site.store;
  return {
    id: page.id,
    status: page.status,
    title: page.title,
    spaceId: spaceIdOf(call, page.spaceKey),
    parentId: page.parentId ?? null,
    parentType: page.parentId === undefined ? null : "page",
    position: 0,
    authorId: identities.byId(page.authorId).accountId,
    ownerId: identities.byId(page.authorId).accountId,
    createdAt: page.createdAt,
    version: {
      number: page.version,
      message: page.versionMessage ?? "",
      minorEdit: false,
      authorId: identities.byId(page.editorId).accountId,
      createdAt: page.updatedAt,
    },
    body: bodyJson(call, page, format),
    _links: {
      webui: webUi(site, page),
      editui: `/pages/resumedraft.action?draftId=${page.id}`,
      tinyui: tinyUi(page),
      base: call.base,
    },
  };
}

function bodyJson(call: Call, page: Page, format: string | null): Record<string, unknown> {
  if (format === null) return {};
  if (format === "storage") return { storage: { representation: "storage", value: storageOf(call.site, page) } };
  if (format === "view" || format === "export_view") return { [format]: { representation: format, value: renderedOf(call, page) } };
  throw refuseV2(400, "Bad Request", `Provided value {${format}} for 'body-format' is not valid`);
}

const labelsOf = (page: Page) => page.labels.map((name, at) => ({ id: `${page.id}${at}`, name, prefix: "global" }));

function attachmentJson(call: Call, attachment: Attachment): Record<string, unknown> {
  const { id, name, mediaType, pageId, version, at } = attachment;
  const downloadLink = downloadPath(attachment);
  return {
    id,
    status: "current",
    title: name,
    createdAt: at,
    pageId,
    mediaType,
    fileSize: sizeOf(attachment),
    webuiLink: `/pages/viewpageattachments.action?pageId=${pageId}&preview=${id}`,
    downloadLink,
    version: { number: version, createdAt: at },
    _links: { download: downloadLink, base: call.base },
  };
}

function commentJson(call: Call, comment: Comment, format: string | null): Record<string, unknown> {
  const body = format === "storage" ? { storage: { representation: "storage", value: storageOf(call.site, comment) } } : {};
  const authorId = call.site.store.identities.byId(comment.authorId).accountId;
  return {
    id: comment.id,
    status: "current",
    title: "",
    pageId: comment.pageId,
    version: { number: 1, authorId, createdAt: comment.at },
    body,
  };
}

function spaceJson(call: Call, space: Space): Record<string, unknown> {
  const { id, key, name, status } = space;
  return { id, key, name, type: "global", status, homepageId: homeOf(call, key) ?? null, _links: { webui: `/spaces/${key}` } };
}

function bodyOf(request: SandboxRequest): Record<string, unknown> {
  const body = request.json();
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw refuseV2(400, "Bad Request", "The request body could not be read");
  return body as Record<string, unknown>;
}
