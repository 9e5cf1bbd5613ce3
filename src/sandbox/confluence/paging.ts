import type { SandboxAnswer, SandboxRequest } from "../http.js";
import { refuse, refuseV2 } from "./refusals.js";
import type { Call } from "./site.js";

export interface Slice<T> {
  readonly items: readonly T[];
  readonly start: number;
  readonly limit: number;
  /** Address of the next page below the context. */
  readonly next?: string;
}

/**
 * v1 lists. Cloud goes on by `cursor`. Data Center counts by `start`, caps a page without a word,
 * names a wrong next `start` when it did, and offers a next page after a full last one.
 */
export function pageV1<T>(
  call: Call,
  request: SandboxRequest,
  all: readonly T[],
  options: { readonly fallback?: number; readonly cap: number },
): Slice<T> {
  const { searchParams } = request.url;
  const asked = wholeNumber(searchParams.get("limit"), options.fallback ?? 25);
  const limit = Math.min(asked, options.cap);
  const isCloud = call.site.edition === "cloud";
  const cursor = isCloud ? searchParams.get("cursor") : null;
  const start = cursor === null ? wholeNumber(searchParams.get("start"), 0) : readCursor(cursor, () => refuse(400, "Invalid cursor"));
  const items = all.slice(start, start + limit);
  const path = request.path.slice(call.site.context.length);
  if (isCloud) {
    const more = start + items.length < all.length;
    return {
      items,
      start,
      limit,
      next: more ? address(path, searchParams, { cursor: writeCursor(start + items.length), limit: String(limit) }, ["start"]) : undefined,
    };
  }
  const more = limit > 0 && items.length === limit;
  return {
    items,
    start,
    limit,
    next: more ? address(path, searchParams, { limit: String(limit), start: String(start + asked) }) : undefined,
  };
}

/** v2 lists: 1 to 250 at a time, opaque cursors, the next address in the body and in the `Link` header. */
export function pageV2<T>(call: Call, request: SandboxRequest, all: readonly T[], json: (item: T) => unknown): SandboxAnswer {
  const { searchParams } = request.url;
  const limit = wholeNumber(searchParams.get("limit"), 25);
  if (limit < 1 || limit > 250) throw refuseV2(400, "Bad Request", "limit must be between 1 and 250");
  const cursor = searchParams.get("cursor");
  const start = cursor === null ? 0 : readCursor(cursor, () => refuseV2(400, "Bad Request", "Invalid cursor"));
  const items = all.slice(start, start + limit);
  const next =
    start + items.length < all.length
      ? address(request.path, searchParams, { limit: String(limit), cursor: writeCursor(start + items.length) })
      : undefined;
  return {
    status: 200,
    ...(next === undefined ? {} : { headers: { link: `<${next}>; rel="next", <${call.base}>; rel="base"` } }),
    body: { results: items.map(json), _links: { ...(next === undefined ? {} : { next }), base: call.base } },
  };
}

/** The envelope of v1 lists. */
export function listV1(call: Call, { items, start, limit, next }: Slice<unknown>, more: Readonly<Record<string, unknown>> = {}) {
  const { context } = call.site;
  const links = { base: call.base, context, ...(next === undefined ? {} : { next }) };
  return { status: 200, body: { results: items, start, limit, size: items.length, ...more, _links: links } };
}

function address(path: string, before: URLSearchParams, change: Readonly<Record<string, string>>, without: readonly string[] = []): string {
  const params = new URLSearchParams(before);
  for (const name of without) params.delete(name);
  for (const [name, value] of Object.entries(change)) params.set(name, value);
  return `${path}?${params.toString()}`;
}

function wholeNumber(text: string | null, fallback: number): number {
  if (text === null || text === "") return fallback;
  if (!/^\d+$/.test(text)) throw refuse(400, `For input string: "${text}"`);
  return Number(text);
}

const writeCursor = (offset: number): string => Buffer.from(`_sa_${offset}`).toString("base64url");

function readCursor(cursor: string, refusal: () => Error): number {
  const offset = /^_sa_(\d+)$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (offset === undefined) throw refusal();
  return Number(offset);
}
