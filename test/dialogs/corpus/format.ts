import type { PlannerTexts } from "../../../src/text/ru/planner.js";

/** What a tool call must carry: exactly these keys; a string stands for itself, a pattern for any text that fits. */
export type Expected = Readonly<
  Record<string, string | number | boolean | RegExp | readonly unknown[] | Readonly<Record<string, unknown>>>
>;

export interface Call {
  readonly tool: string;
  readonly input: Expected;
  /** What the tool is to answer in this dialogue, where the usual answer will not do. */
  readonly result?: {
    readonly outcome?: "succeeded" | "proposed" | "asked" | "denied" | "failed";
    readonly about?: readonly { readonly ref: string; readonly kind: string; readonly name: string }[];
  };
}

/** One message and what it must lead to: calls of tools, or a sentence of the planner's own. */
export interface Step {
  readonly say: string;
  readonly calls?: readonly Call[];
  readonly says?: keyof PlannerTexts;
}

export interface Dialogue {
  readonly language: "ru" | "en";
  readonly steps: readonly Step[];
}

export function call(tool: string, input: Expected = {}, result?: Call["result"]): Call {
  return { tool, input, result };
}

/** One message on its own that leads to these calls. */
export function ru(say: string, ...calls: Call[]): Dialogue {
  return { language: "ru", steps: [{ say, calls }] };
}

export function en(say: string, ...calls: Call[]): Dialogue {
  return { language: "en", steps: [{ say, calls }] };
}

/** A message that is answered without any tool. */
export function told(language: "ru" | "en", say: string, says: keyof PlannerTexts): Dialogue {
  return { language, steps: [{ say, says }] };
}

export function talk(language: "ru" | "en", ...steps: Step[]): Dialogue {
  return { language, steps };
}

export function step(say: string, ...calls: Call[]): Step {
  return { say, calls };
}

export function answer(say: string, says: keyof PlannerTexts): Step {
  return { say, says };
}

/** A name in whatever case it was written: the stem, and at most three letters of ending. */
export function name(stem: string): RegExp {
  return new RegExp(`^[«"]?${stem}\\p{L}{0,3}[»"]?$`, "iu");
}

/** Any text that holds all these pieces in this order. */
export function holds(...pieces: string[]): RegExp {
  return new RegExp(pieces.join("[^]*"), "iu");
}
