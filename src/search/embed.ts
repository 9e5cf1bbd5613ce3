import type { OpenAIEmbeddings } from "@langchain/openai";
import { AnswerUnexpected } from "../domain/errors.js";

/** Texts → vectors, by one model; its name stands beside every stored vector. */
export interface Embedder {
  readonly model: string;
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

/** An OpenAI-compatible embedding endpoint. Rejects what is not one vector a text, all of one length. */
export function createEmbedder({
  apiKey,
  baseUrl,
  model,
  conceal,
}: {
  readonly apiKey?: string;
  readonly baseUrl?: string;
  readonly model: string;
  /** What takes personal data out of a text before it goes to somebody else's server. */
  readonly conceal?: (text: string) => Promise<string>;
}): Embedder {
  let opened: Promise<OpenAIEmbeddings> | undefined;
  const open = async () =>
    new (await import("@langchain/openai")).OpenAIEmbeddings({
      model,
      apiKey: apiKey ?? "none",
      batchSize: 64,
      maxRetries: 2,
      timeout: 30_000,
      // Servers other than the vendor's know plain numbers only.
      encodingFormat: "float",
      configuration: baseUrl ? { baseURL: baseUrl } : undefined,
    });
  return {
    model,
    async embed(texts) {
      opened ??= open();
      const vectors = await (await opened).embedDocuments(conceal ? await Promise.all(texts.map(conceal)) : [...texts]);
      const size = vectors[0]?.length ?? 0;
      if (
        vectors.length !== texts.length ||
        size === 0 ||
        vectors.some((vector) => vector.length !== size || vector.some((value) => !Number.isFinite(value)))
      ) {
        throw new AnswerUnexpected(`the embedding endpoint gave ${vectors.length} vectors for ${texts.length} texts`, {
          system: model,
          operation: "embed",
        });
      }
      return vectors;
    },
  };
}
