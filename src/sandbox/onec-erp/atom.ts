import type { Json } from "./shape.js";

const DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices";

/** What the platform answers when nobody asks for JSON: an Atom feed of a set. */
export function atomFeed(base: string, set: string, entries: readonly Json[], count?: number): string {
  const body = entries.map((entry) => atomEntryBody(set, entry)).join("");
  return `${HEAD}<feed ${NAMESPACES} xml:base="${base}"><title type="text">${set}</title>${body}${count === undefined ? "" : `<m:count>${count}</m:count>`}</feed>`;
}

export function atomEntry(base: string, set: string, entry: Json): string {
  return HEAD + atomEntryBody(set, entry).replace("<entry>", `<entry ${NAMESPACES} xml:base="${base}">`);
}

export function atomError(code: number, message: string): string {
  return `${HEAD}<m:error xmlns:m="${DATA}/metadata"><m:code>${code}</m:code><m:message>${escaped(message)}</m:message></m:error>`;
}

/** The service document of the same kind. */
export function atomService(base: string, sets: readonly string[]): string {
  const collections = sets.map((name) => `<collection href="${name}"><atom:title>${name}</atom:title></collection>`).join("");
  return `${HEAD}<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom" xml:base="${base}"><workspace><atom:title>Default</atom:title>${collections}</workspace></service>`;
}

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>\n`;
const NAMESPACES = `xmlns="http://www.w3.org/2005/Atom" xmlns:d="${DATA}" xmlns:m="${DATA}/metadata"`;

function atomEntryBody(set: string, entry: Json): string {
  const properties = Object.entries(entry)
    .filter(([name]) => !name.includes("@"))
    .map(([name, value]) => `<d:${name}>${xmlValue(value)}</d:${name}>`);
  return `<entry><category term="StandardODATA.${set}" scheme="${DATA}/scheme"/><content type="application/xml"><m:properties>${properties.join("")}</m:properties></content></entry>`;
}

function xmlValue(value: unknown): string {
  if (Array.isArray(value)) return value.map((row) => `<d:element>${xmlValue(row)}</d:element>`).join("");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, inner]) => `<d:${name}>${xmlValue(inner)}</d:${name}>`)
      .join("");
  }
  return value === null || value === undefined ? "" : escaped(`${value as string | number | boolean}`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
