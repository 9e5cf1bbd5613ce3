import type { Clause } from "./clause.js";
import type { ToolQuestion } from "./conversation.js";
import type { Draft, Input, Intent, Memory, Sentence } from "./intent.js";
import type { LocalNow } from "./moments.js";

/** A question of the planner's own that waits for its answer. */
export interface Pending {
  readonly tool: string;
  readonly input: Input;
  readonly question: Sentence | "whichOfTwo";
  /** For a choice between two readings of a message: both. */
  readonly readings?: readonly [string, string];
  readonly said?: string;
}

/** What is to be done for a message: tools to call, and what to say besides. */
export interface Plan {
  readonly calls: readonly { readonly tool: string; readonly input: Input }[];
  readonly sentences: readonly Sentence[];
  readonly pending?: Pending;
}

/** What is known when a message comes. */
export interface Situation {
  readonly memory: Memory;
  readonly pending?: Pending;
  readonly question?: ToolQuestion;
  readonly now: LocalNow;
}

/** The grammar chosen for one request, and what it made of it. */
export interface Decision {
  readonly intent: Intent;
  readonly draft: Draft;
  readonly clause?: Clause;
}

/** All decisions of a message as one plan; of several questions the first is asked. */
export function planOf(decisions: readonly Decision[]): Plan {
  const calls = decisions.flatMap(({ intent, draft }) =>
    draft.kind === "call" ? [{ tool: intent.name, input: finished(intent.name, draft.input) }] : [],
  );
  const ask = decisions.find(({ draft }) => draft.kind === "ask");
  const sentences = decisions.flatMap(({ draft }) => (draft.kind === "say" ? [draft.sentence] : []));
  const pending = ask?.draft.kind === "ask" ? { tool: ask.intent.name, input: ask.draft.input, question: ask.draft.question } : undefined;
  return { calls, sentences: [...new Set([...sentences, ...(pending ? [pending.question] : [])])], pending };
}

/** The longest text a tool takes, by the input it goes into; a name longer than this is no name. */
const longest: Readonly<Record<string, number>> = { comment: 2000, pipeline: 100, stage: 100, owner: 100, system: 60, document: 300 };
const longestText: Readonly<Record<string, number>> = { "add-note": 4000, "create-task": 1000, "search-documents": 500 };

/** An input as the tool takes it: nothing left open, nothing longer than it may be. */
function finished(tool: string, input: Input): Input {
  return Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [
        key,
        typeof value === "string" ? value.slice(0, (key === "text" ? longestText[tool] : longest[key]) ?? 200) : value,
      ]),
  );
}
