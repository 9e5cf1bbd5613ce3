import type { BaseChatModel } from "@langchain/core/language_models/chat_models";

export interface ModelSettings {
  readonly apiKey?: string;
  readonly baseUrl?: string;
  readonly model: string;
  /** One model call's time limit, milliseconds. */
  readonly timeoutMs: number;
}

/** The chat model behind any OpenAI-compatible server. A call is tried twice; the turn's own limit stands above. */
export async function createModel({ apiKey, baseUrl, model, timeoutMs }: ModelSettings): Promise<BaseChatModel> {
  // Loaded only where a model is set: it is a third of a start without one.
  const { ChatOpenAI } = await import("@langchain/openai");
  return new ChatOpenAI({
    model,
    // Local servers want no key, the client insists on one.
    apiKey: apiKey ?? "none",
    timeout: timeoutMs,
    maxRetries: 1,
    configuration: baseUrl ? { baseURL: baseUrl } : undefined,
  });
}
