import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the model says to one request: words, tool calls, or one of the ways in which a server fails. */
export type Say =
  | {
      readonly text?: string;
      readonly calls?: readonly { readonly name: string; readonly args: unknown; readonly rawArguments?: string }[];
      readonly delayMs?: number;
    }
  | { readonly status: number; readonly body?: string }
  | { readonly hang: true }
  | { readonly cut: true };

export interface ChatRequest {
  readonly messages: readonly {
    readonly role: string;
    readonly content: unknown;
    readonly tool_call_id?: string;
    readonly tool_calls?: unknown;
  }[];
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: unknown } }[];
}

export interface FakeOpenAi {
  readonly url: string;
  /** Every chat request as it came over the wire. */
  readonly requests: ChatRequest[];
  /** Every raw body, chat or embeddings. */
  readonly bodies: string[];
  close(): Promise<void>;
}

/**
 * A local server that speaks the OpenAI API as its public reference describes chat completions and embeddings: bearer key,
 * tool calls with JSON text as arguments, usage. `answer` plays the model.
 */
export async function startOpenAi(
  answer: (request: ChatRequest, turn: number) => Say,
  options: { readonly key?: string; readonly dimensions?: number } = {},
): Promise<FakeOpenAi> {
  const { key = "test-key", dimensions = 256 } = options;
  const requests: ChatRequest[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    bodies.push(body);
    if (request.headers.authorization !== `Bearer ${key}`)
      return json(response, 401, {
        error: { message: "Incorrect API key provided", type: "invalid_request_error", code: "invalid_api_key" },
      });
    if (request.url === "/v1/embeddings") return embeddings(response, JSON.parse(body) as { input: string | string[]; model: string });
    if (request.url !== "/v1/chat/completions")
      return json(response, 404, { error: { message: "Unknown request URL", type: "invalid_request_error" } });
    const chat = JSON.parse(body) as ChatRequest & { readonly model: string; readonly stream?: boolean };
    requests.push(chat);
    const say = answer(chat, requests.length);
    if ("hang" in say) return;
    if ("cut" in say) return void request.socket.destroy();
    if ("status" in say) {
      response.writeHead(say.status, { "content-type": "text/html" }).end(say.body ?? "<html>error</html>");
      return;
    }
    if (say.delayMs) await new Promise((resolve) => setTimeout(resolve, say.delayMs));
    const message = {
      role: "assistant",
      content: say.text ?? null,
      ...(say.calls && {
        tool_calls: say.calls.map(({ name, args, rawArguments }, index) => ({
          id: `call_${requests.length}_${index}`,
          type: "function",
          function: { name, arguments: rawArguments ?? JSON.stringify(args) },
        })),
      }),
    };
    const finish = say.calls ? "tool_calls" : "stop";
    const usage = { prompt_tokens: Math.ceil(body.length / 4), completion_tokens: 20, total_tokens: Math.ceil(body.length / 4) + 20 };
    const head = { id: `chatcmpl-${requests.length}`, created: 1_790_000_000, model: chat.model };
    if (!chat.stream)
      return json(response, 200, {
        ...head,
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: finish, logprobs: null }],
        usage,
      });
    response.writeHead(200, { "content-type": "text/event-stream" });
    const delta = { ...message, tool_calls: message.tool_calls?.map((call, index) => ({ index, ...call })) };
    for (const chunk of [
      { delta, finish_reason: null },
      { delta: {}, finish_reason: finish },
    ]) {
      response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, ...chunk }] })}\n\n`);
    }
    response.end(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage })}\n\ndata: [DONE]\n\n`);
  }

  /** A stand-in for meaning: words hashed into places, so that texts that share words (or a listed synonym) are near. */
  function embeddings(response: ServerResponse, { input, model }: { input: string | string[]; model: string }): void {
    const data = [input].flat().map((text, index) => ({ object: "embedding", index, embedding: hashed(text, dimensions) }));
    json(response, 200, { object: "list", data, model, usage: { prompt_tokens: 1, total_tokens: 1 } });
  }
}

const synonyms: Readonly<Record<string, string>> = {
  отпуск: "отдых",
  каникулы: "отдых",
  vacation: "отдых",
  holiday: "отдых",
  leave: "отдых",
};

function hashed(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0.001);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []) {
    const known = Object.keys(synonyms).find((one) => word.startsWith(one.slice(0, 6)));
    const place =
      createHash("md5")
        .update(known ? (synonyms[known] ?? word) : word.slice(0, 6))
        .digest()
        .readUInt32LE(0) % dimensions;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
