import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkParameters, methods } from "./methods.js";
import { People } from "./people.js";
import { Refusal } from "./refusal.js";
import { type Parameters, readParameters } from "./request.js";
import { UpdateQueue } from "./updates.js";
import { type Seen, World } from "./world.js";

export type { Seen } from "./world.js";

export interface Call {
  readonly method: string;
  readonly fields: Parameters["fields"];
  /** Milliseconds on a clock that only runs forward. */
  readonly at: number;
}

/** How the next calls of a method go wrong. */
export type Trouble =
  | { readonly kind: "refuse"; readonly code: number; readonly description: string; readonly parameters?: Refusal["parameters"] }
  /** The connection breaks before anything was done, or after it was done and before it was said. */
  | { readonly kind: "cut"; readonly done: boolean }
  | { readonly kind: "html"; readonly status: number };

/**
 * A Bot API server for tests, written from Telegram's documentation: it refuses what Telegram refuses and shows what a person
 * would see. It knows one bot.
 */
export interface FakeTelegram {
  readonly apiRoot: string;
  readonly token: string;
  readonly me: World["me"];
  readonly people: People;
  readonly calls: readonly Call[];
  /** What the bot shows in a chat now, in order. */
  seen(chat: number): readonly Seen[];
  commands(language?: string): readonly string[];
  /** Updates that would come again after a crash. */
  unconfirmed(): readonly number[];
  /** Whether a pressed button still shows the waiting look. */
  spinning(query: string): boolean;
  webhookStatuses(): readonly number[];
  /** A raw update, whatever is in it. */
  push(kind: string, content: unknown): number;
  trouble(method: string, trouble: Trouble, times?: number): void;
  close(): Promise<void>;
}

export async function startFakeTelegram(): Promise<FakeTelegram> {
  const token = "4000000000:AAF-fake_token_of_the_test_server_35";
  const world = new World();
  const queue = new UpdateQueue();
  const calls: Call[] = [];
  const troubles = new Map<string, Trouble[]>();

  const answer = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

  const perform = async (method: string, { fields, uploads }: Parameters, response: ServerResponse): Promise<unknown> => {
    if (method === "getUpdates") return queue.getUpdates(fields, response);
    if (method === "setWebhook") return queue.setWebhook(fields);
    if (method === "deleteWebhook") return queue.deleteWebhook();
    const known = methods[method];
    if (!known) throw new Refusal(404, "Not Found: method not found");
    checkParameters(method, fields);
    return known(fields, uploads, world);
  };

  const server = createServer((request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const path = decodeURIComponent(request.url ?? "/");
    if (path.startsWith(`/file/bot${token}/`)) {
      const file = [...world.files.values()].find((one) => path.endsWith(`/${one.path}`));
      return file ? response.end(file.bytes) : response.writeHead(404).end();
    }
    const method = /^\/bot([^/]+)\/(\w+)$/.exec(path)?.[2] ?? "";
    try {
      if (!path.startsWith(`/bot${token}/`)) throw new Refusal(401, "Unauthorized");
      const parameters = await readParameters(request);
      calls.push({ method, fields: parameters.fields, at: performance.now() });
      const trouble = troubles.get(method)?.shift();
      if (trouble?.kind === "refuse") throw new Refusal(trouble.code, trouble.description, trouble.parameters);
      if (trouble?.kind === "html")
        return response.writeHead(trouble.status, { "content-type": "text/html" }).end("<html>Bad gateway</html>");
      if (trouble?.kind === "cut" && !trouble.done) return request.socket.destroy();
      const result = await perform(method, parameters, response);
      if (trouble?.kind === "cut") return request.socket.destroy();
      return answer(response, 200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, description, parameters } = error;
      return answer(response, code, { ok: false, error_code: code, description, parameters });
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    me: world.me,
    people: new People(world, queue),
    calls,
    seen: (chat) => world.seen(chat),
    commands: (language = "") => (world.commands.get(language) ?? []).map(({ command }) => command),
    unconfirmed: () => queue.waiting.map(({ update_id: id }) => id),
    spinning: (query) => world.spinning.has(query),
    webhookStatuses: () => queue.statuses,
    push: (kind, content) => queue.add(kind, content),
    trouble(method, trouble, times = 1) {
      troubles.set(method, [...(troubles.get(method) ?? []), ...Array.from({ length: times }, () => trouble)]);
    },
    async close() {
      queue.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
