import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttp } from "../../../src/connectors/kit/http.js";
import type { HttpOptions } from "../../../src/connectors/kit/http.js";
import { createAccount } from "../../../src/connectors/kit/limits.js";
import type { Account } from "../../../src/connectors/kit/limits.js";
import { anchorNow, createFakeLog, createFakeMetrics } from "../harness.js";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A vendor that answers what the test says, and remembers what came. */
export async function startVendor(answer: (seen: Seen, response: ServerResponse, count: number) => void) {
  const requests: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const seen = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      requests.push(seen);
      answer(seen, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function json(response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

export const canary = "canary-token-81723";

/** The kit's `http` with a bearer token, quick pauses and a generous limit. */
export function openHttp(baseUrl: string, options: Partial<HttpOptions> & { readonly shared?: Account } = {}) {
  const metrics = createFakeMetrics();
  const log = createFakeLog();
  const account = options.shared ?? createAccount("paperbox", { perSecond: 1_000, atOnce: 50 }, { now: () => anchorNow });
  const exit = createHttp({
    system: "paperbox",
    baseUrl,
    signIn: async () => ({ headers: { authorization: `Bearer ${canary}` }, secrets: [canary] }),
    account,
    background: false,
    metrics,
    log,
    patience: { pauseMs: 2, budgetMs: 5_000 },
    ...options,
  });
  return { ...exit, metrics, log, account, end: () => (account.close(), exit.close()) };
}
