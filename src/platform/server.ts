import { randomUUID } from "node:crypto";
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import { AccessDenied, NotFound, RequestRefused, SvyazError, SystemUnavailable, TooManyRequests } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { WebhookRequest } from "../domain/webhook.js";

/** A request as it came: the body untouched, since signatures are made over it; header names in lower case. */
export interface RawRequest extends WebhookRequest {
  /** What stood in the place of `:name` in the route's path. */
  readonly params: Readonly<Record<string, string>>;
}

export interface RawResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes as it is; anything else that is not bytes goes as JSON. */
  readonly body?: unknown;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** "/webhooks/:system" */
  readonly path: string;
  /** A longer body is refused with 413; 1 MB unless given. */
  readonly bodyBytes?: number;
  /** What it throws is answered with a status and an id for the log, and nothing else. */
  readonly handler: (request: RawRequest) => Promise<RawResponse>;
}

export interface Server {
  /** Before `start`. */
  route(route: Route): void;
  /** Resolves to the address, "http://127.0.0.1:8787". */
  start(): Promise<string>;
  /** Takes no more, and waits for the answers under way, but not for ever. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly log: Log;
  readonly host?: string;
  /** 0 picks a free one. */
  readonly port?: number;
  /** Why it cannot work now; empty when it can. */
  readonly ready: () => Promise<readonly string[]>;
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** How long a client may take to send its headers, and the whole request. */
  readonly headersMs?: number;
  readonly requestMs?: number;
}

const defaultBodyBytes = 1_000_000;
const idleMs = 5_000;
const readyMs = 5_000;
const stopMs = 10_000;

/** The one HTTP server: /health, /ready, /metrics, and the routes that others add. */
export function createServer(options: ServerOptions): Server {
  const { log, host = "127.0.0.1", port = 0, ready, metrics, headersMs = 10_000, requestMs = 30_000 } = options;
  const app = Fastify({
    logger: false,
    bodyLimit: defaultBodyBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    forceCloseConnections: "idle",
    genReqId: () => randomUUID(),
    http: { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: Math.min(1_000, headersMs) },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.addHook("onSend", async (_request, reply) => {
    void reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store").header("referrer-policy", "no-referrer");
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: "not-found" }));
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const { status, code } = statusOf(error);
    // Without the query, where sign-in codes and tokens are.
    const path = request.url.split("?", 1)[0];
    log[status >= 500 ? "error" : "info"](`${request.method} ${path} was answered with ${status}`, { request: request.id, error });
    if (error instanceof TooManyRequests && error.retryAfterMs !== undefined) {
      void reply.header("retry-after", Math.ceil(error.retryAfterMs / 1000).toString());
    }
    return reply.code(status).send({ error: code, request: request.id });
  });

  app.get("/health", async () => ({ status: "alive" }));
  app.get("/ready", async (_request, reply) => {
    const reasons = await readiness(ready);
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });
  app.get("/metrics", async (_request, reply) => reply.type("text/plain; version=0.0.4; charset=utf-8").send(await metrics()));

  return {
    route({ method, path, bodyBytes = defaultBodyBytes, handler }) {
      app.route({
        method,
        url: path,
        bodyLimit: bodyBytes,
        handler: async (request, reply) => answer(reply, await handler(toRaw(request))),
      });
    },
    start: () => app.listen({ host, port }),
    async stop() {
      // A connection kept alive becomes idle after the close began, and would hold it up.
      const idle = setInterval(() => app.server.closeIdleConnections(), 50);
      const impatience = setTimeout(() => app.server.closeAllConnections(), stopMs);
      await app.close();
      clearInterval(idle);
      clearTimeout(impatience);
    },
  };
}

function toRaw(request: FastifyRequest): RawRequest {
  const [path = "/", query = ""] = request.url.split(/\?(.*)/s);
  return {
    method: request.method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")])),
    params: request.params as Record<string, string>,
    body: (request.body as Buffer | undefined) ?? new Uint8Array(),
    receivedAt: new Date(),
  };
}

function answer(reply: FastifyReply, { status, headers = {}, body }: RawResponse): FastifyReply {
  void reply.code(status).headers(headers);
  if (body === undefined) return reply.send();
  const plain = typeof body === "string" || body instanceof Uint8Array;
  return plain ? reply.send(body) : reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
}

/** A client learns the kind of its mistake; what went wrong inside stays inside. */
function statusOf(error: FastifyError | Error): { readonly status: number; readonly code: string } {
  if (error instanceof RequestRefused) return { status: 400, code: error.code };
  if (error instanceof AccessDenied) return { status: 403, code: error.code };
  if (error instanceof NotFound) return { status: 404, code: error.code };
  if (error instanceof TooManyRequests) return { status: 429, code: error.code };
  if (error instanceof SystemUnavailable) return { status: 503, code: error.code };
  const status = "statusCode" in error && !(error instanceof SvyazError) ? error.statusCode : undefined;
  if (status === 413) return { status, code: "body-too-large" };
  if (status !== undefined && status >= 400 && status < 500) return { status, code: "request-refused" };
  return { status: 500, code: "internal" };
}

async function readiness(ready: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([`the check took longer than ${readyMs / 1000} s`]), readyMs);
  });
  try {
    return await Promise.race([ready(), late]);
  } catch {
    return ["the check failed"];
  } finally {
    clearTimeout(timer);
  }
}
