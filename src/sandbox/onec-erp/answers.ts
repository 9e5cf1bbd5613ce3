import type { SandboxAnswer } from "../http.js";
import { atomEntry, atomError, atomFeed } from "./atom.js";
import type { Options } from "./options.js";
import type { Refusal } from "./refusal.js";
import type { Json } from "./shape.js";

const JSON_TYPE = "application/json;charset=utf-8";
const ATOM_TYPE = "application/atom+xml;charset=utf-8";

/** A list: JSON with the count as a string, or an Atom feed. */
export function listAnswer(base: string, set: string, rows: readonly Json[], options: Options, count?: number): SandboxAnswer {
  if (options.format === "atom") return atom(200, atomFeed(base, set, rows, count));
  const head: Json = options.detail === "none" ? {} : { "odata.metadata": `${base}$metadata#${set}` };
  if (count !== undefined) head["odata.count"] = String(count);
  return json(200, { ...head, value: rows });
}

/** One entity, as it was read or as it stands after a write. */
export function entityAnswer(base: string, set: string, row: Json, options: Options, created?: string): SandboxAnswer {
  const status = created === undefined ? 200 : 201;
  const answer =
    options.format === "atom"
      ? atom(status, atomEntry(base, set, row))
      : json(status, { ...(options.detail === "none" ? {} : { "odata.metadata": `${base}$metadata#${set}/@Element` }), ...row });
  if (created === undefined) return answer;
  // The platform writes Cyrillic into the header as it is; Node takes only bytes, one a character.
  return { ...answer, headers: { ...answer.headers, location: Buffer.from(base + created, "utf8").toString("latin1") } };
}

/** The count alone, with the byte order mark that the platform puts before it. */
export function countAnswer(count: number): SandboxAnswer {
  return { status: 200, headers: { "content-type": "text/plain;charset=utf-8", dataserviceversion: "3.0" }, body: `\uFEFF${count}` };
}

export function refusalAnswer({ status, code, message }: Refusal, format: Options["format"]): SandboxAnswer {
  if (format === "atom") return { status, headers: { "content-type": "application/xml;charset=utf-8" }, body: atomError(code, message) };
  return json(status, { "odata.error": { code: String(code), message: { lang: "ru", value: message } } });
}

/** What the web server in front of 1C says, and 1C itself never sees. */
export function webServerAnswer(status: number, title: string, headers: Readonly<Record<string, string>> = {}): SandboxAnswer {
  const body = `<!DOCTYPE html><html><head><title>${status} - ${title}</title></head><body><h2>${status} - ${title}</h2></body></html>`;
  return { status, headers: { "content-type": "text/html", ...headers }, body };
}

export function json(status: number, body: unknown): SandboxAnswer {
  return { status, headers: { "content-type": JSON_TYPE, dataserviceversion: "3.0" }, body };
}

function atom(status: number, body: string): SandboxAnswer {
  return { status, headers: { "content-type": ATOM_TYPE, dataserviceversion: "3.0" }, body };
}
