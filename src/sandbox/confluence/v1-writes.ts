import type { Route, SandboxAnswer, SandboxRequest } from "../http.js";
import { attachmentJson, commentJson, labelsJson, pageJson } from "./content-json.js";
import { refuse, titleTaken } from "./refusals.js";
import type { Call } from "./site.js";
import type { Attachment, Page } from "./store.js";
import { visiblePage } from "./v1-reads.js";
import { createPage, textAt, updatePage } from "./writing.js";

const EVERYTHING = new Set(["space", "version", "ancestors", "body", "body.storage", "history"]);

/** Writes of the v1 interface. Pages and comments are written this way on Data Center only; labels, files and the check on both. */
export const V1_WRITES: readonly Route<Call>[] = [
  route("POST", "content", async (request, _params, call) => {
    onlyDataCenter(call);
    const body = bodyOf(request);
    if (body.type === "comment") return comment(call, body);
    if (body.type !== "page") throw refuse(400, "Type is required to be one of page, blogpost, comment");
    const parent = (body.ancestors as { id?: unknown }[] | undefined)?.at(-1)?.id;
    const spaceKey = textAt(body, "space", "key");
    if (spaceKey === undefined || !call.site.store.maySeeSpace(call.account, spaceKey))
      throw refuse(404, `No space with key : ${spaceKey ?? ""}`);
    const page = await createPage(call, refuse, titleTaken(), {
      spaceKey,
      title: textAt(body, "title"),
      parentId: parent === undefined ? undefined : visiblePage(call, `${parent as string | number}`).id,
      body: textAt(body, "body", "storage", "value"),
      representation: textAt(body, "body", "storage", "representation"),
    });
    return { status: 200, body: pageJson(call, page, EVERYTHING) };
  }),
  route("PUT", "content/{id}", async (request, { id = "" }, call) => {
    onlyDataCenter(call);
    const body = bodyOf(request);
    const page = await updatePage(call, refuse, titleTaken(), visiblePage(call, id), {
      title: textAt(body, "title"),
      body: textAt(body, "body", "storage", "value"),
      number: (body.version as { number?: unknown } | undefined)?.number,
      message: textAt(body, "version", "message"),
    });
    return { status: 200, body: pageJson(call, page, EVERYTHING) };
  }),
  route("DELETE", "content/{id}", async (_request, { id = "" }, call) => {
    await call.site.store.trash(visiblePage(call, id).id);
    return { status: 204 };
  }),
  route("POST", "content/{id}/label", async (request, { id = "" }, call) => {
    const page = visiblePage(call, id);
    const given = request.json();
    const names = (Array.isArray(given) ? given : [given]).map((one) => textAt(one as Record<string, unknown>, "name") ?? "");
    if (names.some((name) => name === "" || /[\s:;,.?&[\]()#^*@!]/.test(name))) throw refuse(400, "Label name is invalid");
    const labels = [...new Set([...page.labels, ...names.map((name) => name.toLowerCase())])];
    const labelled: Page = { ...page, labels };
    await call.site.store.put({ kind: "page", thing: labelled });
    return { status: 200, body: labelsJson(labelled) };
  }),
  route("POST", "content/{id}/child/attachment", (request, { id = "" }, call) => upload(request, call, id, false)),
  route("PUT", "content/{id}/child/attachment", (request, { id = "" }, call) => upload(request, call, id, true)),
  route("POST", "content/{id}/permission/check", async (request, { id = "" }, call) => {
    if (call.site.edition !== "cloud") throw refuse(404, "null for uri: permission check");
    const { store } = call.site;
    const body = bodyOf(request);
    const subject = store.identities.find(textAt(body, "subject", "identifier") ?? "");
    if (!call.account.isAdmin && subject?.id !== call.account.id) throw refuse(403, "Current user not permitted to use Confluence");
    const page = visiblePage(call, id);
    return { status: 200, body: { hasPermission: subject !== undefined && store.maySee(subject, page), errors: [] } };
  }),
];

function route(
  method: string,
  path: string,
  run: (request: SandboxRequest, params: Readonly<Record<string, string>>, call: Call) => Promise<SandboxAnswer>,
): Route<Call> {
  return { method, pattern: `/rest/api/${path}`, run };
}

function onlyDataCenter({ site }: Call): void {
  if (site.edition === "cloud") throw refuse(410, "This deprecated endpoint has been removed");
}

function bodyOf(request: SandboxRequest): Record<string, unknown> {
  const body = request.json();
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refuse(400, "Unable to parse the request body");
  return body as Record<string, unknown>;
}

async function comment(call: Call, body: Record<string, unknown>): Promise<SandboxAnswer> {
  const page = visiblePage(call, textAt(body, "container", "id") ?? "");
  const value = textAt(body, "body", "storage", "value");
  if (value === undefined) throw refuse(400, "Comment body is required");
  const { store, now } = call.site;
  const thing = { id: store.newId(), pageId: page.id, body: value, authorId: call.account.id, at: now().toISOString() };
  await store.put({ kind: "comment", thing });
  return { status: 200, body: commentJson(call, thing, new Set(["version", "body", "container"])) };
}

async function upload(request: SandboxRequest, call: Call, id: string, mayReplace: boolean): Promise<SandboxAnswer> {
  const mark = request.headers["x-atlassian-token"];
  if (mark !== "nocheck" && mark !== "no-check") throw refuse(403, "XSRF check failed");
  const page = visiblePage(call, id);
  const form = await new Response(new Uint8Array(request.body), { headers: { "content-type": request.headers["content-type"] ?? "" } })
    .formData()
    .catch(() => undefined);
  const file = form?.get("file");
  if (!(file instanceof Blob)) throw refuse(400, "At least one file is required");
  const name = file.name;
  const { store, now } = call.site;
  const before = [...store.attachments.values()].find((one) => one.pageId === page.id && one.name === name);
  if (before && !mayReplace) throw refuse(400, `Cannot add a new attachment with same file name as an existing attachment: ${name}`);
  const thing: Attachment = {
    id: before?.id ?? `att${store.newId()}`,
    pageId: page.id,
    name,
    mediaType: file.type === "" ? "application/octet-stream" : file.type,
    content: Buffer.from(await file.arrayBuffer()).toString("base64"),
    version: (before?.version ?? 0) + 1,
    at: now().toISOString(),
  };
  await store.put({ kind: "attachment", thing });
  return { status: 200, body: { results: [attachmentJson(call, thing, new Set(["version", "container"]))], size: 1 } };
}
