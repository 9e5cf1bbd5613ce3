import type { Block } from "./message.js";
import type { Mention, Turn } from "./tool.js";

/** What became of one tool call, for `--json`, for the history and for the person when the model dies. */
export type CallOutcome = "succeeded" | "proposed" | "asked" | "denied" | "failed";

export interface ToolCallRecord {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly outcome: CallOutcome;
  /** The facts the model read; cut when kept. */
  readonly facts: string;
  readonly about?: readonly Mention[];
  /** Text from outside came with it. */
  readonly outside?: boolean;
}

/** One message and its answer, as the history keeps them. */
export interface Exchange {
  readonly asked: string;
  readonly calls: readonly ToolCallRecord[];
  readonly answered: string;
  readonly at: Date;
}

export interface Answer {
  /** The model's words, plain Markdown; empty when the blocks say it all. */
  readonly text: string;
  /** What the tools have for the person, in order of the calls. */
  readonly blocks: readonly Block[];
  readonly calls: readonly ToolCallRecord[];
  /** Systems that did not answer, in sentences for the person. */
  readonly missing: readonly string[];
  /** Systems that the person has yet to sign in to; the question goes on by itself when they have. */
  readonly signIns: readonly string[];
  /** The message asks for nothing of its own: it changes what the one before it asked for ("make it 25k"), or takes it back ("no"). */
  readonly toLast?: "corrects" | "refuses";
  readonly tokens: { readonly input: number; readonly output: number };
  /** Why the answer is shorter than it should be: the person is told. */
  readonly cut?: "model-unavailable" | "model-nonsense" | "too-many-steps" | "out-of-time" | "budget-spent" | "stopped" | "planner-instead";
}

/** The agent as the conversation knows it: one method. Never throws for a model's or a tool's failure. */
export interface Assistant {
  answer(request: {
    readonly turn: Turn;
    readonly text: string;
    /** Somebody else's words, forwarded or replied to. */
    readonly quoted?: string;
    readonly history: readonly Exchange[];
    /** Told of each call as it ends, before the next step. */
    readonly onCall?: (call: ToolCallRecord) => void;
  }): Promise<Answer>;
}
