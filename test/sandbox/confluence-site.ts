import { createCompany } from "../../src/sandbox/company.js";
import { type ConfluenceServer, startConfluence } from "../../src/sandbox/confluence/index.js";
import { createLibrary } from "../../src/sandbox/library.js";

export type Json = Record<string, unknown>;
export type Edition = "cloud" | "data-center";

export const company = createCompany({ anchor: "2026-11-20" });
export const library = createLibrary(company);
export const people = company.employees.map(({ id }) => id);
export const TOKENS: Readonly<Record<string, string>> = Object.fromEntries(["svyaz", ...people].map((id) => [id, `token-${id}`]));

let moment = Date.parse("2026-11-20T09:00:00.000Z");
/** Every look at the clock is a second later than the one before. */
export const now = (): Date => new Date((moment += 1_000));

export const start = (edition: Edition, more: { dir?: string; perSecond?: number } = {}): Promise<ConfluenceServer> =>
  startConfluence({ company, library, edition, tokens: TOKENS, now, ...more });

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
  readonly results: Json[];
}

/** Asks a site in somebody's name, with nothing of the product in between. */
export function asking(site: () => ConfluenceServer, edition: Edition) {
  const authorization = (who: string): string => {
    const email = company.employees.find(({ id }) => id === who)?.email ?? "svyaz@example.com";
    return edition === "cloud" ? `Basic ${Buffer.from(`${email}:${TOKENS[who]}`).toString("base64")}` : `Bearer ${TOKENS[who]}`;
  };
  return async (who: string | undefined, path: string, init: RequestInit & { json?: unknown } = {}): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (who !== undefined && !headers.has("authorization")) headers.set("authorization", authorization(who));
    if (init.json !== undefined) headers.set("content-type", "application/json");
    const url = path.startsWith("http") ? path : site().url + path;
    const response = await fetch(url, {
      redirect: "manual",
      ...init,
      headers,
      ...(init.json === undefined ? {} : { body: JSON.stringify(init.json) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    const body = isJson ? (JSON.parse(text) as Json) : {};
    return { status: response.status, headers: response.headers, text, body, results: (body.results as Json[] | undefined) ?? [] };
  };
}

export const searchPath = (cql: string, more = ""): string => `/rest/api/content/search?cql=${encodeURIComponent(cql)}${more}`;
