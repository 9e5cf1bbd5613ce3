import { Refusal, type SandboxAnswer, type SandboxRequest } from "../http.js";
import { textOf, valuesOf } from "../query.js";
import type { AmoAccount, AmoUser } from "./account.js";
import type { Changes } from "./changes.js";
import type { Store } from "./store.js";

/** What a route needs besides its request: the data, and in whose name the call is. */
export interface Call {
  readonly account: AmoAccount;
  readonly store: Store;
  readonly changes: Changes;
  /** The admin the token belongs to, or the user of X-Context-User-ID. */
  readonly caller: AmoUser;
  /** Unix seconds. */
  readonly now: number;
  /** "http://127.0.0.1:41234", for links. */
  readonly base: string;
}

/** One thing wrong with a body; `path` is "custom_fields_values.0.field_id". */
export interface Flaw {
  readonly code: "FieldMissing" | "InvalidType" | "NotSupportedChoice" | "NotExpected" | "TooLong" | "TooMany" | "InvalidNumber";
  readonly path: string;
  readonly detail: string;
}

const HAL = { "content-type": "application/hal+json" };

export function problem(status: number, title: string, detail: string, more: Readonly<Record<string, unknown>> = {}): SandboxAnswer {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { ...more, title, type: `https://httpstatus.es/${status}`, status, detail },
  };
}

export const forbidden = (): Refusal => new Refusal(problem(403, "Forbidden", "You do not have enough rights to perform this action."));
export const missing = (): Refusal => new Refusal(problem(404, "Not Found", "Entity not found."));

/** Refuses with 400 if any item of a body has flaws; `requestIds` name the items. */
export function refuseFlaws(flaws: readonly (readonly Flaw[])[], requestIds: readonly string[]): void {
  const errors = flaws.map((errors, at) => ({ request_id: requestIds[at] ?? String(at), errors })).filter((item) => item.errors.length > 0);
  if (errors.length > 0) throw new Refusal(problem(400, "Bad Request", "Request validation failed", { "validation-errors": errors }));
}

export function badRequest(detail: string): Refusal {
  return new Refusal(problem(400, "Bad Request", detail));
}

/** Nothing there: the vendor says so without a body. */
export const EMPTY: SandboxAnswer = { status: 204 };

export function found(body: unknown, status = 200): SandboxAnswer {
  return { status, headers: HAL, body };
}

/** A page of rows with the link to the next one, 204 when it has none, 304 when nothing of it changed since If-Modified-Since. */
export function page<Row>(
  call: Call,
  request: SandboxRequest,
  options: {
    readonly key: string;
    readonly rows: readonly Row[];
    readonly view: (row: Row) => unknown;
    readonly cap?: number;
    readonly changedAt?: (row: Row) => number;
  },
): SandboxAnswer {
  const { key, rows, view, cap = 250, changedAt } = options;
  const since = Date.parse(request.headers["if-modified-since"] ?? "");
  if (changedAt && !Number.isNaN(since) && rows.every((row) => changedAt(row) * 1_000 <= since)) return { status: 304 };

  const number = wholeNumber(textOf(request.query, "page"), 1, "page");
  const size = Math.min(wholeNumber(textOf(request.query, "limit"), Math.min(50, cap), "limit"), cap);
  const items = rows.slice((number - 1) * size, number * size);
  if (items.length === 0) return EMPTY;
  const next = rows.length > number * size ? { next: { href: pageLink(call, request, number + 1, size) } } : {};
  return found({
    _page: number,
    _links: { self: { href: pageLink(call, request, number, size) }, ...next },
    _embedded: { [key]: items.map(view) },
  });
}

/** The words of `with=contacts,loss_reason`. */
export function withOf(request: SandboxRequest): ReadonlySet<string> {
  return new Set(valuesOf(request.query["with"], { comma: true }));
}

export function self(call: Call, path: string): { readonly self: { readonly href: string } } {
  return { self: { href: `${call.base}/api/v4/${path}` } };
}

/** An id out of a path; anything but a number is a thing that does not exist. */
export function idOf(text: string | undefined): number {
  return /^\d{1,15}$/.test(text ?? "") ? Number(text) : 0;
}

function wholeNumber(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    refuseFlaws([[{ code: "InvalidNumber", path: name, detail: "This value should be a positive number." }]], ["0"]);
  }
  return Number(text);
}

function pageLink(call: Call, request: SandboxRequest, number: number, size: number): string {
  const query = new URLSearchParams(request.url.searchParams);
  query.set("page", String(number));
  query.set("limit", String(size));
  return `${call.base}${request.path}?${query.toString()}`;
}
