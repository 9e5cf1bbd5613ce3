import { type AmocrmSandbox, startAmocrm } from "../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../src/sandbox/company.js";

export const TOKEN = "sandbox-token";
export const NOW = new Date("2026-11-20T09:00:00.000Z");
export const company = createCompany({ anchor: "2026-11-20" });

/** An answer of the API; `body` is undefined where there was none. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Tests read the vendor's JSON as it comes, to see its shape and not ours.
  readonly body: Json;
}

export type Json = { readonly [name: string]: Json } & readonly Json[] & (string | number | boolean | null);

/** A running account and a way to call it. */
export interface Account {
  readonly amo: AmocrmSandbox;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  remove(path: string, body?: unknown): Promise<Answer>;
}

/** Starts an account whose limit is out of the way unless a test names one. */
export async function openAccount(options: Partial<Parameters<typeof startAmocrm>[0]> = {}): Promise<Account> {
  const amo = await startAmocrm({ company, token: TOKEN, perSecond: 100_000, now: () => NOW, ...options });
  const call = callerOf(() => amo.url);
  return {
    amo,
    get: (path, headers) => call("GET", path, undefined, headers),
    post: (path, body, headers) => call("POST", path, body, headers),
    patch: (path, body, headers) => call("PATCH", path, body, headers),
    remove: (path, body) => call("DELETE", path, body),
  };
}

export function callerOf(url: () => string) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await fetch(path.startsWith("http") ? path : `${url()}/api/v4${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, headers: answer.headers, text, body: (isJson ? JSON.parse(text) : undefined) as Json };
  };
}

/** `[["FieldMissing", "text"], …]` of a 400. */
export function flawsOf(answer: Answer): [code: unknown, path: unknown][] {
  return (answer.body["validation-errors"] ?? []).flatMap((item) =>
    (item["errors"] ?? []).map((flaw): [unknown, unknown] => [flaw["code"], flaw["path"]]),
  );
}
