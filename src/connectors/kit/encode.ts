import { FormData } from "undici";
import type { HttpRequest } from "../../domain/connector.js";

/** A space is %20: some vendors take "+" for a plus. "$" stays, because OData names begin with it. */
export function encodeQuery(query: HttpRequest["query"]): string {
  const pairs = Array.isArray(query) ? (query as readonly (readonly [string, string])[]) : Object.entries(query ?? {});
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key).replaceAll("%24", "$")}=${encodeURIComponent(String(value))}`)
    .join("&");
}

/** The body as it travels, and its media type; a form with files names its own. */
export function encodeBody(body: HttpRequest["body"]): { body?: string | FormData; mediaType?: string } {
  if (body === undefined) return {};
  if ("json" in body) return { body: JSON.stringify(body.json), mediaType: "application/json" };
  if ("form" in body) return { body: encodeQuery(body.form), mediaType: "application/x-www-form-urlencoded" };
  if ("text" in body) return { body: body.text, mediaType: body.mediaType };
  const form = new FormData();
  for (const { name, fileName, value } of body.multipart) {
    if (typeof value === "string") form.append(name, value);
    else form.append(name, new Blob([new Uint8Array(value)]), fileName);
  }
  return { body: form };
}
