import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { createPlanner } from "../../src/agent/planner/index.js";
import { planner as en } from "../../src/text/en/planner.js";
import { planner as ru } from "../../src/text/ru/planner.js";
import type { Call, Dialogue, Step } from "./corpus/format.js";

export const toolNames = [
  "find-client",
  "client-history",
  "list-deals",
  "show-deal",
  "list-tasks",
  "create-lead",
  "create-deal",
  "move-deal",
  "add-note",
  "create-task",
  "sales-report",
  "stock-report",
  "search-documents",
  "read-document",
  "integration-status",
  "schedule-report",
  "subscribe",
  "list-schedules",
  "cancel-schedule",
] as const;

const writes = /^(create|move|add|schedule|cancel)-|^subscribe$/;

/** A client that every tool finds, unless the dialogue says otherwise. */
const someone = { ref: "amocrm:company:17", kind: "client", name: "Somebody" };

export interface Miss {
  readonly say: string;
  readonly expected: string;
  readonly got: string;
}

/** Goes through a dialogue with the planner and made-up tools; tells the first step that went wrong. */
export async function play(dialogue: Dialogue): Promise<Miss | undefined> {
  const words = dialogue.language === "ru" ? ru : en;
  const model = createPlanner({ now: () => new Date("2026-11-20T09:00:00.000Z"), timeZone: "Europe/Moscow", language: dialogue.language });
  const bound = model.bindTools?.(toolNames.map((name) => ({ name, description: name, schema: {} })));
  if (!bound) throw new Error("the planner takes no tools");
  const messages: BaseMessage[] = [];
  for (const step of dialogue.steps) {
    messages.push(new HumanMessage(step.say));
    const reply = (await bound.invoke(messages)) as AIMessage;
    const miss = compare(step, reply, words);
    if (miss) return { say: dialogue.steps.map(({ say }) => say).join(" → "), ...miss };
    messages.push(reply);
    if (!reply.tool_calls?.length) continue;
    for (const [index, call] of reply.tool_calls.entries())
      messages.push(new ToolMessage({ tool_call_id: call.id ?? "", content: envelope(step.calls?.[index], call.name) }));
    messages.push(await bound.invoke(messages));
  }
  return undefined;
}

function envelope(call: Call | undefined, tool: string): string {
  const about = tool === "find-client" || tool === "client-history" ? [someone] : [];
  return JSON.stringify({
    tool,
    outcome: call?.result?.outcome ?? (writes.test(tool) ? "proposed" : "succeeded"),
    facts: `${tool} answered.`,
    about: call?.result?.about ?? about,
  });
}

function compare(step: Step, reply: AIMessage, words: typeof ru): Omit<Miss, "say"> | undefined {
  const calls = (reply.tool_calls ?? []).map(({ name, args }) => ({ tool: name, input: args as Record<string, unknown> }));
  const got = calls.length > 0 ? calls.map(({ tool, input }) => `${tool} ${JSON.stringify(input)}`).join(" + ") : reply.text;
  if (step.says) {
    const sentence = words[step.says];
    return typeof sentence === "string" && calls.length === 0 && reply.text.includes(sentence)
      ? undefined
      : { expected: `says ${step.says}`, got };
  }
  const wanted = step.calls ?? [];
  const right =
    wanted.length === calls.length &&
    wanted.every((call, index) => call.tool === calls[index]?.tool && fits(unsaid(call.input), unsaid(calls[index]?.input ?? {})));
  return right ? undefined : { expected: wanted.map(({ tool, input }) => `${tool} ${print(input)}`).join(" + "), got };
}

/** Without what goes without saying: revenue is the measure, rubles are the currency. */
function unsaid(input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).filter(([key, value]) => !(key === "measure" && value === "revenue") && !(key === "currency" && value === "RUB")),
  );
}

function fits(expected: unknown, got: unknown): boolean {
  if (expected instanceof RegExp) return typeof got === "string" && expected.test(got);
  if (Array.isArray(expected))
    return Array.isArray(got) && got.length === expected.length && expected.every((one, index) => fits(one, got[index]));
  if (typeof expected !== "object" || expected === null) return expected === got;
  if (typeof got !== "object" || got === null) return false;
  const keys = new Set([...Object.keys(expected), ...Object.keys(got)]);
  return [...keys].every((key) => fits((expected as Record<string, unknown>)[key], (got as Record<string, unknown>)[key]));
}

function print(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (inner instanceof RegExp ? String(inner) : inner));
}
