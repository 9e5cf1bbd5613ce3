import { AccessDenied, NotFound, RequestRefused, SignInNeeded, SystemUnavailable, TooManyRequests } from "../../domain/errors.js";
import type { HttpRequest } from "../../domain/connector.js";
import { Setback } from "./attempts.js";

/** A whole answer with a status from 300 on. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What a bad status means. `scrub` takes secrets out of the vendor's words. */
export function setbackOf(
  answer: Refusal,
  request: HttpRequest,
  about: { readonly system: string; readonly operation: string; scrub(text: string): string },
): Setback {
  const { system, operation } = about;
  const { status, headers, body } = answer;
  const details = { system, operation };
  const known = request.refusal?.(status, body);
  if (known) return new Setback("refused", known);

  const words = isPage(answer) ? "a page of HTML" : about.scrub(shorten(body));
  const message = `${system}: ${operation}: answered ${status}${words === "" ? "" : `: ${words}`}`;
  const afterMs = retryAfterMs(headers);
  if (status === 429) return new Setback("limited", new TooManyRequests(message, details, afterMs), afterMs ?? 1_000);
  if (status >= 500 || status === 408 || status === 425) return new Setback("unclear", new SystemUnavailable(message, details), afterMs);
  if (status === 401) return new Setback("refused", new SignInNeeded(message, details));
  if (status === 402 || status === 403) return new Setback("refused", new AccessDenied(message, details, "system"));
  if (status === 404 || status === 410) return new Setback("refused", new NotFound(message, details));
  // 307 and 308 promise that nothing was done here; the older redirects may follow a write that was.
  if (status < 400 && status !== 307 && status !== 308) return new Setback("unclear", new SystemUnavailable(message, details));
  return new Setback("refused", new RequestRefused(message, details));
}

/** Whether a proxy, a login form or a blocker answered in the system's place. */
export function isPage({ headers, body }: Pick<Refusal, "headers" | "body">): boolean {
  return /^text\/html\b/i.test(headers.get("content-type") ?? "") || /^\s*<(!doctype|html)/i.test(body);
}

/** Seconds or a date, as RFC 9110 allows; a date is compared with the answer's own. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1_000;
  const ms = Date.parse(value) - Date.parse(headers.get("date") ?? new Date().toUTCString());
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function shorten(body: string): string {
  // oxlint-disable-next-line no-control-regex -- the log must not be steered by a vendor's answer
  const line = body.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

/** What a route is spelled with: "leads", "v4", "byOperation", "standard.odata", "Document_ЗаказКлиента", "$metadata". */
const routeWord = /^(\$?[a-z][A-Za-z_.-]*\d?|[A-Z][A-Za-z]+_[\p{L}_]+)$/u;
/** After these stands a name that somebody chose. */
const owners = new Set(["space", "group", "user", "attachment"]);

/** "/api/v4/leads/3911/notes" → "/api/v4/leads/:id/notes": few enough different ones to be a metric's label, and nobody's data. */
export function endpointOf(path: string): string {
  const segments = path.split("/").map(decoded);
  return segments
    .map((segment, at) => {
      if (segment === "") return "";
      if (owners.has(segments[at - 1] ?? "")) return ":id";
      const bare = segment.replace(/\(.*\)$/, "");
      if (!routeWord.test(bare)) return ":id";
      return bare === segment ? segment : `${bare}(:id)`;
    })
    .join("/");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
