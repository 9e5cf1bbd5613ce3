import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { ToolMessage } from "@langchain/core/messages";
import { createAgent, createMiddleware, tool } from "langchain";
import { z } from "zod";
import type { Answer, Assistant } from "../domain/assistant.js";
import type { Budgets } from "../domain/budget.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { Turn } from "../domain/tool.js";
import type { MaskedTurn, Masking } from "./masking/masking.js";
import { toMessages } from "./messages.js";
import { answersLast, wishesToWrite } from "./planner/index.js";
import { agentPrompt } from "./prompt.js";
import type { ToolRun, Toolset } from "./toolset.js";

export interface TurnLimits {
  /** Model calls, tool calls and tokens (in and out) of one turn. */
  readonly steps: number;
  readonly calls: number;
  readonly tokens: number;
}

export interface AssistantParts {
  readonly toolset: Toolset;
  /** Absent where no key is set: the planner answers. */
  readonly model?: BaseChatModel;
  readonly planner: (turn: Turn) => BaseChatModel;
  /** Absent where the model is our own: it reads everything as it is. The planner always does. */
  readonly masking?: Masking;
  readonly systems: () => readonly string[];
  /** Pilot mode: no write tool is offered, and the model is told why. */
  readonly readOnly?: boolean;
  readonly limits: TurnLimits;
  readonly budgets: Pick<Budgets, "take">;
  readonly metrics: Metrics;
  readonly log: Log;
}

type Cut = NonNullable<Answer["cut"]>;

/** Thrown by our own hooks to leave the agent's loop. */
class TurnCut extends Error {
  constructor(readonly cut: Cut) {
    super(cut);
  }
}

/**
 * The agent: LangChain's loop around a model and our toolset. The hooks count steps and tokens outside the model's reach,
 * and every tool call goes to the toolset: LangChain itself never runs one.
 */
export function createAssistant(parts: AssistantParts): Assistant {
  const { toolset, model, planner, masking, systems, readOnly = false, limits, budgets, metrics, log } = parts;
  const attempt = async (
    chat: BaseChatModel,
    request: Parameters<Assistant["answer"]>[0],
    run: ToolRun,
  ): Promise<{ text: string; cut?: Cut; tokens: { input: number; output: number } }> => {
    const { turn } = request;
    const tokens = { input: 0, output: 0 };
    let steps = 0;
    let masked: MaskedTurn | undefined;
    const hooks = createMiddleware({
      name: "svyaz",
      wrapModelCall: async (call, next) => {
        turn.signal.throwIfAborted();
        if (++steps > limits.steps || tokens.input + tokens.output > limits.tokens) throw new TurnCut("too-many-steps");
        if (await budgets.take(turn, {})) throw new TurnCut("budget-spent");
        if (chat === model) masked ??= await masking?.begin();
        const names = new Set(run.offered().map(({ name }) => name));
        const tools = call.tools.filter((one) => names.has(String(one["name"])));
        const answer = await next({ ...call, tools, messages: masked?.conceal(call.messages) ?? call.messages });
        const message = masked?.reveal(answer) ?? answer;
        const usage = message.usage_metadata;
        tokens.input += usage?.input_tokens ?? 0;
        tokens.output += usage?.output_tokens ?? 0;
        if (usage) await budgets.take(turn, { tokens: { input: usage.input_tokens, output: usage.output_tokens } });
        return message;
      },
      wrapToolCall: async ({ toolCall }) => {
        if (await budgets.take(turn, { calls: 1 })) throw new TurnCut("budget-spent");
        const id = toolCall.id ?? `call-${run.calls.length + 1}`;
        const content = await run.execute({ id, name: toolCall.name, input: toolCall.args });
        return new ToolMessage({ tool_call_id: id, name: toolCall.name, content });
      },
    });
    const agent = createAgent({ model: chat, tools: run.offered().map(declare), middleware: [hooks] });
    const messages = toMessages({
      prompt: agentPrompt(turn, systems(), readOnly),
      history: request.history,
      text: request.text,
      quoted: request.quoted,
    });
    try {
      const result = await agent.invoke({ messages }, { recursionLimit: limits.steps * 4 + 10, signal: turn.signal });
      const last = result.messages.at(-1);
      const text = last ? last.text.trim() : "";
      return { text, tokens, cut: text === "" && run.blocks.length === 0 ? "model-nonsense" : undefined };
    } catch (error) {
      return { text: "", tokens, cut: reason(error, turn) };
    } finally {
      metrics.count("svyaz_model_tokens_total", { direction: "in" }, tokens.input);
      metrics.count("svyaz_model_tokens_total", { direction: "out" }, tokens.output);
    }
  };

  const reason = (error: unknown, turn: Turn): Cut => {
    if (turn.signal.aborted) return (turn.signal.reason as Error | undefined)?.name === "TimeoutError" ? "out-of-time" : "stopped";
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof TurnCut) return cause.cut;
    if (error instanceof Error && error.name === "GraphRecursionError") return "too-many-steps";
    log.warn("the model failed", { trace: turn.id, error });
    metrics.count("svyaz_model_failures_total");
    return "model-unavailable";
  };

  return {
    async answer(request) {
      const { turn } = request;
      const mayWrite = wishesToWrite(request.text, request.history.at(-1)?.asked);
      const toLast = answersLast(request.text);
      const begin = (readsAlone: boolean) =>
        toolset.begin(turn, { mostCalls: limits.calls, readOnly: readsAlone, asked: request.text, mayWrite, onCall: request.onCall });
      const run = begin(readOnly);
      const chat = model ?? planner(turn);
      const first = await attempt(chat, request, run);
      if (first.cut !== "model-unavailable" || !model || run.calls.length > 0) return { ...first, ...collected(run), toLast };
      // Nothing was done yet: the planner may answer, reads only, and the person is told.
      const instead = begin(true);
      const second = await attempt(planner(turn), request, instead);
      return {
        ...second,
        ...collected(instead),
        toLast,
        cut: instead.calls.some(({ outcome }) => outcome === "succeeded" || outcome === "asked") ? "planner-instead" : "model-unavailable",
      };
    },
  };
}

function collected({ calls, blocks, missing, signIns }: ToolRun): Pick<Answer, "calls" | "blocks" | "missing" | "signIns"> {
  return { calls, blocks, missing, signIns: [...signIns] };
}

/** What the model is told of a tool; it is run by the toolset alone. */
function declare({ name, description, input }: Toolset["tools"][number]) {
  const never = (): never => {
    throw new Error(`${name} is run by the toolset`);
  };
  return tool(never, { name, description, schema: z.toJSONSchema(input, { io: "input" }) });
}
