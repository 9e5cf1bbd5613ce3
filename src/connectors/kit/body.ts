import { z } from "zod";
import type { HttpAnswer } from "../../domain/connector.js";

/** All of an answer's body as text. */
export async function readText(answer: Pick<HttpAnswer, "body">): Promise<string> {
  return new TextDecoder().decode(await readBytes(answer));
}

/** All of an answer's body. */
export async function readBytes(answer: Pick<HttpAnswer, "body">): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** An empty body is `undefined`, so that a schema decides whether nothing is an answer. */
export function parseJson(body: string, otherwise: () => Error): unknown {
  if (body.trim() === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw otherwise();
  }
}

/** Which parts of an answer are missing or of another kind; zod's words name paths and types, never values. */
export function issuesOf(error: z.ZodError): string {
  const issues = error.issues.slice(0, 3).map((issue) => `${z.core.toDotPath(issue.path) || "the answer"}: ${issue.message}`);
  return `${issues.join("; ")}${error.issues.length > 3 ? `; and ${error.issues.length - 3} more` : ""}`;
}
