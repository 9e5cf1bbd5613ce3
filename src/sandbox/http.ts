import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFaults, type Fault, type Faults, withoutField } from "./faults.js";
import { parseQuery, type QueryTree } from "./query.js";

const LARGEST_BODY = 32 * 1024 * 1024;
const OFFENCES_WITHIN_MS = 60_000;

/** A request as a sandbox system reads it. */
export interface SandboxRequest {
  readonly method: string;
  readonly url: URL;
  /** The path as it came, still percent-encoded. */
  readonly path: string;
  readonly query: QueryTree;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Undefined when the body is no JSON. */
  json(): unknown;
  form(): QueryTree;
}

/** `body` undefined sends none, text and bytes go as they are, anything else as JSON. */
export interface SandboxAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Handler = (request: SandboxRequest) => SandboxAnswer | Promise<SandboxAnswer>;

/** Thrown from any depth of a handler: the request ends with this answer. */
export class Refusal extends Error {
  constructor(readonly answer: SandboxAnswer) {
    super(`refused with ${answer.status}`);
    this.name = "Refusal";
  }
}

/** At most so many requests in any second (0.5: one in two seconds). */
export interface Rate {
  readonly perSecond: number;
  /** The vendor's answer over the limit. */
  refuse(): SandboxAnswer;
  /** After so many refusals within a minute everything is refused with `blocked()` until `unblock`; absent, never. */
  readonly blockAfter?: number;
  blocked?(): SandboxAnswer;
}

/** Lets a test in another process spoil requests and look into the store. Serves under `/__sandbox/`, past token, limit and faults. */
export interface Control {
  /** What `GET /__sandbox/store` answers. */
  dump(): unknown;
  /** `POST /__sandbox/<name>` with JSON: what people do in the vendor's own screens, where the API has no such call. */
  readonly commands?: Readonly<Record<string, (input: unknown) => unknown>>;
}

export interface Counters {
  readonly requests: number;
  /** Refused by the rate limit or the block that follows it. */
  readonly refusals: number;
  /** By "GET /api/v4/leads/#": numbers and uuids in paths are folded, so the map stays small. */
  readonly byRoute: Readonly<Record<string, number>>;
}

export interface SandboxServer {
  /** "http://127.0.0.1:41234" */
  readonly url: string;
  readonly faults: Faults;
  counters(): Counters;
  /** Lifts the block that repeated offences brought. */
  unblock(): void;
  /** Cuts what is open and waits until the port is free. */
  close(): Promise<void>;
}

/** Starts an HTTP server on loopback; `port` 0 or absent takes a free one. */
export async function startServer(options: {
  readonly port?: number;
  readonly handler: Handler;
  readonly rate?: Rate;
  readonly control?: Control;
}): Promise<SandboxServer> {
  const faults = createFaults();
  const limit = options.rate ? createLimit(options.rate) : undefined;
  const byRoute: Record<string, number> = {};
  let requests = 0;

  const counters = (): Counters => ({ requests, refusals: limit?.refusals() ?? 0, byRoute: { ...byRoute } });
  const unblock = () => limit?.unblock();

  const server = createServer((incoming, response) => {
    void answerTo(incoming, response).catch(() => response.destroy());
  });

  async function answerTo(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(incoming);
    if (!request) return send(response, { status: 413 });
    if (options.control && request.path.startsWith("/__sandbox/")) {
      return send(response, await controlled(request, options.control, { faults, counters, unblock }));
    }
    requests++;
    const route = `${request.method} ${request.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "#")}`;
    byRoute[route] = (byRoute[route] ?? 0) + 1;

    const refused = limit?.refusalNow();
    if (refused) return send(response, refused);
    await spoil(faults.take(request.method, request.path), () => carryOut(options.handler, request), response);
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    counters,
    unblock,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A route's pattern has `{name}` for one step of the path; the first route that fits is taken. */
export interface Route<Context> {
  readonly method: string;
  readonly pattern: string;
  readonly run: (
    request: SandboxRequest,
    params: Readonly<Record<string, string>>,
    context: Context,
  ) => SandboxAnswer | Promise<SandboxAnswer>;
}

/** Finds the route of a request; says "method" where the path is known by other methods only. */
export function createRouter<Context>(routes: readonly Route<Context>[]) {
  const compiled = routes.map((route) => ({
    route,
    names: [...route.pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ""),
    test: patternOf(route.pattern),
  }));
  return (request: SandboxRequest): ((context: Context) => SandboxAnswer | Promise<SandboxAnswer>) | "path" | "method" => {
    let known = false;
    for (const { route, names, test } of compiled) {
      const found = test.exec(request.path);
      if (!found) continue;
      known = true;
      if (route.method !== request.method) continue;
      const params = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? "")]));
      return (context) => route.run(request, params, context);
    }
    return known ? "method" : "path";
  };
}

function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/\{\w+\}/g, "([^/]+)")}/?$`);
}

async function read(incoming: IncomingMessage): Promise<SandboxRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  if (size > LARGEST_BODY) return undefined;
  const body = Buffer.concat(chunks);
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  return {
    method: incoming.method ?? "GET",
    url,
    path: url.pathname,
    query: parseQuery(url.searchParams),
    headers: incoming.headers,
    body,
    json: () => {
      try {
        return JSON.parse(body.toString("utf8")) as unknown;
      } catch {
        return undefined;
      }
    },
    form: () => parseQuery(new URLSearchParams(body.toString("utf8"))),
  };
}

async function carryOut(handler: Handler, request: SandboxRequest): Promise<SandboxAnswer> {
  try {
    return await handler(request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return { status: 500, headers: { "content-type": "text/plain; charset=utf-8" }, body: `sandbox: ${String(error)}` };
  }
}

async function spoil(fault: Fault | undefined, carriedOut: () => Promise<SandboxAnswer>, response: ServerResponse): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(response, await carriedOut());
    case "delay":
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return send(response, await carriedOut());
    case "hang":
      if (fault.takesEffect) await carriedOut();
      return;
    case "status":
      if (fault.takesEffect) await carriedOut();
      return send(response, fault);
    case "cut":
      if (fault.takesEffect) await carriedOut();
      response.destroy();
      return;
    case "drop-field": {
      const answer = await carriedOut();
      return send(response, { ...answer, body: withoutField(answer.body, fault.field) });
    }
    case "nonsense":
      await carriedOut();
      return send(response, { status: 200, body: fault.body ?? { nonsense: [null, 42, "?"] } });
  }
}

function send(response: ServerResponse, { status, headers = {}, body }: SandboxAnswer): void {
  response.statusCode = status;
  const isText = typeof body === "string";
  if (body !== undefined) response.setHeader("content-type", isText ? "text/html; charset=utf-8" : "application/json; charset=utf-8");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Bytes: with a text as body Node would write the headers as UTF-8, and a Cyrillic Location twice encoded.
  response.end(body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(isText ? body : JSON.stringify(body)));
}

function createLimit(rate: Rate) {
  const capacity = Math.max(1, Math.floor(rate.perSecond));
  const windowMs = (capacity / rate.perSecond) * 1_000;
  let passed: number[] = [];
  let refusals = 0;
  let offences: number[] = [];
  let blocked = false;
  return {
    refusals: () => refusals,
    unblock: () => {
      offences = [];
      blocked = false;
    },
    refusalNow: (): SandboxAnswer | undefined => {
      if (blocked && rate.blocked) {
        refusals++;
        return rate.blocked();
      }
      const now = performance.now();
      passed = passed.filter((at) => now - at < windowMs);
      if (passed.length < capacity) {
        passed.push(now);
        return undefined;
      }
      refusals++;
      offences = [...offences.filter((at) => now - at < OFFENCES_WITHIN_MS), now];
      blocked = rate.blockAfter !== undefined && offences.length >= rate.blockAfter;
      return rate.refuse();
    },
  };
}

async function controlled(
  request: SandboxRequest,
  control: Control,
  server: { readonly faults: Faults; counters(): Counters; unblock(): void },
): Promise<SandboxAnswer> {
  const name = request.path.slice("/__sandbox/".length);
  switch (`${request.method} ${name}`) {
    case "GET store":
      return { status: 200, body: control.dump() };
    case "GET counters":
      return { status: 200, body: server.counters() };
    case "GET faults":
      return { status: 200, body: server.faults.pending() };
    case "POST faults":
      server.faults.add(request.json() as Fault);
      return { status: 204 };
    case "DELETE faults":
      server.faults.clear();
      return { status: 204 };
    case "POST unblock":
      server.unblock();
      return { status: 204 };
  }
  const command = request.method === "POST" ? control.commands?.[name] : undefined;
  return command ? { status: 200, body: (await command(request.json())) ?? null } : { status: 404 };
}
