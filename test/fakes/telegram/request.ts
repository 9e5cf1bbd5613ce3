import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.js";

export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Parameters {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly uploads: ReadonlyMap<string, Upload>;
}

/** Reads a call's parameters from JSON or from multipart/form-data, as the Bot API takes them. */
export async function readParameters(request: IncomingMessage): Promise<Parameters> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const type = request.headers["content-type"] ?? "";
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type)?.[1];
  if (boundary) return readMultipart(body, boundary);
  if (body.length === 0) return { fields: {}, uploads: new Map() };
  try {
    return { fields: JSON.parse(body.toString("utf8")) as Record<string, unknown>, uploads: new Map() };
  } catch {
    throw new Refusal(400, "Bad Request: can't parse JSON object");
  }
}

function readMultipart(body: Buffer, boundary: string): Parameters {
  const fields: Record<string, unknown> = {};
  const uploads = new Map<string, Upload>();
  const delimiter = Buffer.from(`--${boundary}`);
  let at = body.indexOf(delimiter) + delimiter.length;
  while (body.subarray(at, at + 2).toString() === "\r\n") {
    const headEnd = body.indexOf("\r\n\r\n", at);
    const end = body.indexOf(Buffer.from(`\r\n--${boundary}`), headEnd);
    if (headEnd === -1 || end === -1) throw new Refusal(400, "Bad Request: can't parse multipart form data");
    const head = body.subarray(at + 2, headEnd).toString("utf8");
    const content = body.subarray(headEnd + 4, end);
    const name = /name="([^"]+)"/.exec(head)?.[1];
    const file = /;\s?filename=(?:"([^"]*)"|([^;\r\n]*))/.exec(head);
    if (!name) throw new Refusal(400, "Bad Request: a part without a name");
    if (file) uploads.set(name, { name: file[1] ?? file[2] ?? "", bytes: new Uint8Array(content) });
    else fields[name] = asValue(content.toString("utf8"));
    at = end + 2 + delimiter.length;
  }
  if (body.subarray(at, at + 2).toString() !== "--") throw new Refusal(400, "Bad Request: unterminated multipart form data");
  return { fields, uploads };
}

/** Objects, numbers and flags travel as JSON inside of form fields. */
function asValue(text: string): unknown {
  if (!/^(?:[{[]|-?\d+$|true$|false$)/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
