import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { Deliveries, type Delivery } from "./deliveries.js";
import { methods } from "./methods.js";
import { People } from "./people.js";
import { Refusal } from "./refusal.js";
import { type Seen, World } from "./world.js";

export type { Delivery } from "./deliveries.js";
export type { Seen } from "./world.js";

export interface Call {
  readonly method: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Milliseconds on a clock that only runs forward. */
  readonly at: number;
}

/** How the next calls of a method go wrong. */
export type Trouble =
  | { readonly kind: "refuse"; readonly error: string; readonly extra?: Readonly<Record<string, unknown>> }
  | { readonly kind: "limit"; readonly retryAfter?: number }
  /** The connection breaks before anything was done, or after it was done and before it was said. */
  | { readonly kind: "cut"; readonly done: boolean }
  | { readonly kind: "html"; readonly status: number }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "answer"; readonly body: unknown };

/**
 * Slack for tests, written from its documentation: the Web API over HTTP with strict Block Kit, Socket Mode with
 * acknowledgements and repetitions, signed HTTP events, and what each person would see. It knows one app in one workspace.
 */
export interface FakeSlack {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly world: World;
  readonly people: People;
  readonly calls: readonly Call[];
  readonly deliveries: readonly Delivery[];
  /** What the app shows in a channel now, threads included, in order; ephemeral messages only to `by`. */
  seen(channel: string, by?: string): readonly Seen[];
  sign: Deliveries["sign"];
  /** HTTP mode: checks the address by its challenge as Slack does, and sends everything there. */
  deliverTo(url: string): Promise<void>;
  readonly connections: number;
  disconnect(how: "asked" | "cut"): void;
  trouble(method: string, trouble: Trouble, times?: number): void;
  /** Whoever was handed the bot's token outside of the Web API and the file host. */
  readonly strangersTold: readonly string[];
  close(): Promise<void>;
}

export interface FakeSlackOptions {
  readonly ackMs?: number;
  readonly retriesMs?: readonly number[];
  readonly now?: () => Date;
}

export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const { ackMs = 3000, retriesMs = [0, 60, 120], now = () => new Date("2026-11-20T09:00:00.000Z") } = options;
  const botToken = "xoxb-000000000000-fake-token-of-the-test-server";
  const appToken = "xapp-1-A0SVYAZAPP-fake-token-of-the-test-server";
  const signingSecret = "0123456789abcdef0123456789abcdef";
  const world = new World(now);
  const deliveries = new Deliveries({ ackMs, retriesMs, signingSecret, now });
  const calls: Call[] = [];
  const troubles = new Map<string, Trouble[]>();
  const tickets = new Set<string>();
  const strangersTold: string[] = [];
  let host = "";

  const server = createServer((request, response) => void handle(request, response));
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const ticket = new URL(request.url ?? "/", host).searchParams.get("ticket") ?? "";
    // A ticket opens one connection.
    if (!tickets.delete(ticket)) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (opened) => deliveries.connect(opened));
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const { pathname: path } = new URL(request.url ?? "/", "http://slack.example");
    const body = await bodyOf(request);
    if (path.startsWith("/upload/v1/")) return upload(path, body, request, response);
    if (path.startsWith("/files-pri/")) return download(path, request, response);
    const method = path.replace(/^\/api\//, "");
    const fields = fieldsOf(body, request.headers["content-type"] ?? "");
    calls.push({ method, fields, at: performance.now() });
    const trouble = troubles.get(method)?.shift();
    try {
      if (trouble?.kind === "cut" && !trouble.done) return request.socket.destroy();
      if (trouble?.kind === "html")
        return response.writeHead(trouble.status, { "content-type": "text/html" }).end("<html>Bad gateway</html>");
      if (trouble?.kind === "limit") {
        const wait: Record<string, string> = trouble.retryAfter === undefined ? {} : { "retry-after": String(trouble.retryAfter) };
        return answer(response, 429, { ok: false, error: "ratelimited" }, wait);
      }
      if (trouble?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, trouble.ms));
      if (trouble?.kind === "answer") return answer(response, 200, trouble.body);
      if (trouble?.kind === "refuse") throw new Refusal(trouble.error, trouble.extra);
      const result = perform(method, fields, request.headers.authorization ?? "");
      if (trouble?.kind === "cut") return request.socket.destroy();
      return answer(response, 200, { ok: true, ...result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return answer(response, 200, { ok: false, error: error.code, ...error.extra });
    }
  };

  const answer = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
    response
      .writeHead(status, { "content-type": "application/json; charset=utf-8", "x-oauth-scopes": world.scopes.join(","), ...headers })
      .end(JSON.stringify(body));
  };

  const perform = (method: string, fields: Call["fields"], authorization: string) => {
    const token = authorization.replace(/^Bearer /, "");
    if (token === "") throw new Refusal("not_authed");
    if (method === "apps.connections.open") {
      if (token !== appToken) throw new Refusal(token === botToken ? "not_allowed_token_type" : "invalid_auth");
      const ticket = world.nextId("ticket");
      tickets.add(ticket);
      return { url: `${host.replace("http", "ws")}/link/?ticket=${ticket}&app_id=A0SVYAZAPP` };
    }
    const known = methods[method];
    if (!known) throw new Refusal("unknown_method");
    if (token !== botToken) throw new Refusal("invalid_auth");
    if (known.scope && !world.scopes.includes(known.scope)) {
      throw new Refusal("missing_scope", { needed: known.scope, provided: world.scopes.join(",") });
    }
    const unknown = Object.keys(fields).filter((name) => !known.fields.includes(name));
    if (unknown.length > 0) throw new Refusal("invalid_arguments", { response_metadata: { messages: [`unknown ${unknown.join(", ")}`] } });
    return known.perform(fields, world, host);
  };

  const upload = (path: string, body: Buffer, request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization) strangersTold.push(path);
    const file = world.files.get(path.slice("/upload/v1/".length));
    const trouble = troubles.get("upload")?.shift();
    if (trouble) return request.socket.destroy();
    if (!file || body.length !== file.claims) return response.writeHead(400).end();
    file.bytes = new Uint8Array(body);
    file.uploaded = true;
    return response.writeHead(200, { "content-type": "text/plain" }).end(`OK - ${body.length}`);
  };

  const download = (path: string, request: IncomingMessage, response: ServerResponse) => {
    const file = world.files.get(path.split("/")[2] ?? "");
    // Without the right the service shows its sign-in page, and calls that a success.
    if (request.headers.authorization !== `Bearer ${botToken}` || !world.scopes.includes("files:read")) {
      return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!DOCTYPE html><title>Sign in</title>");
    }
    if (!file || file.deleted) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": file.mimetype }).end(file.bytes);
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    apiUrl: `${host}/api/`,
    botToken,
    appToken,
    signingSecret,
    world,
    people: new People(world, deliveries, () => host),
    calls,
    deliveries: deliveries.all,
    strangersTold,
    seen: (channel, by) => world.seen(channel, by),
    sign: (...given) => deliveries.sign(...given),
    async deliverTo(url) {
      const body = JSON.stringify({
        type: "url_verification",
        token: "legacy",
        challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
      });
      const headers = { "content-type": "application/json", ...deliveries.sign(body) };
      const text = await fetch(url, { method: "POST", headers, body }).then((response) => response.text());
      if (!text.includes("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"))
        throw new Error(`the challenge was not answered: ${text}`);
      deliveries.deliverTo(url);
    },
    get connections() {
      return deliveries.connections;
    },
    disconnect: (how) => deliveries.disconnect(how),
    trouble(method, trouble, times = 1) {
      troubles.set(method, [...(troubles.get(method) ?? []), ...Array.from({ length: times }, () => trouble)]);
    },
    async close() {
      await deliveries.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Arguments come as a form whose objects are JSON, or as JSON altogether. */
function fieldsOf(body: Buffer, type: string): Readonly<Record<string, unknown>> {
  const text = body.toString("utf8");
  if (text === "") return {};
  if (type.startsWith("application/json")) return JSON.parse(text) as Record<string, unknown>;
  return Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [name, asValue(name, value)]));
}

const structured = new Set(["blocks", "files", "metadata", "loading_messages"]);
const flags = new Set(["unfurl_links", "unfurl_media", "link_names", "mrkdwn", "return_im"]);

function asValue(name: string, value: string): unknown {
  if (flags.has(name)) return value === "true";
  return structured.has(name) ? (JSON.parse(value) as unknown) : value;
}
