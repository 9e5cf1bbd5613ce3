import { z } from "zod";
import type { Approvals } from "../domain/approval.js";
import type { CallOutcome, ToolCallRecord } from "../domain/assistant.js";
import type { AuditLog } from "../domain/audit.js";
import { AccessDenied, SignInNeeded, SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Block, Line } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { AgentTool, Mention, ToolAnswer, Turn } from "../domain/tool.js";
import { errorSentence, texts } from "../text/texts.js";
import { seal } from "./envelope.js";

/** More cards than this in one answer help nobody, and a model gone wild no further. */
const mostCards = 5;

export interface ToolsetParts {
  readonly tools: readonly AgentTool[];
  readonly approvals: Approvals;
  readonly audit: AuditLog;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How people call a system: "amoCRM" for "amocrm". */
  readonly titleOf: (system: string) => string;
}

/** What the calls of one turn have brought so far. */
export interface ToolRun {
  readonly calls: ToolCallRecord[];
  readonly blocks: Block[];
  readonly missing: string[];
  /** Systems that the person has yet to sign in to. */
  readonly signIns: ReadonlySet<string>;
  /** The tools that may still be called: writes go when outside text came in and the person asked for no write. */
  offered(): readonly AgentTool[];
  /** Runs one call and returns the envelope that the model reads. Rejects only when the turn was aborted. */
  execute(call: { readonly id: string; readonly name: string; readonly input: unknown }): Promise<string>;
}

/**
 * The one place where a model's wish becomes an act: input checked against a closed schema, an audit row around it,
 * reads run, writes turned into cards. A tool's failure is told to the model as a kind, to the person as a sentence.
 */
export function createToolset({ tools, approvals, audit, metrics, log, titleOf }: ToolsetParts) {
  return {
    tools,
    begin(
      turn: Turn,
      options: {
        readonly mostCalls: number;
        readonly readOnly?: boolean;
        readonly asked: string;
        /** The person's own words ask for something to be written. */
        readonly mayWrite: boolean;
        readonly onCall?: (call: ToolCallRecord) => void;
      },
    ): ToolRun {
      const calls: ToolCallRecord[] = [];
      const blocks: Block[] = [];
      const missing: string[] = [];
      const signIns = new Set<string>();
      const wanting = (error: unknown) => {
        if (error instanceof SignInNeeded && error.connectable && error.system) signIns.add(error.system);
      };
      const outside: { text: string; ref: Mention["ref"] | undefined }[] = [];
      let cards = 0;
      let begun = 0;

      const offered = () =>
        tools.filter(({ kind }) => kind === "read" || (!options.readOnly && (options.mayWrite || outside.length === 0)));

      const settle = (
        call: { id: string; name: string; input: unknown },
        outcome: CallOutcome,
        answer: Partial<ToolAnswer> & { forModel: string },
      ): string => {
        const record: ToolCallRecord = { ...call, outcome, facts: answer.forModel, about: answer.about, outside: Boolean(answer.material) };
        calls.push(record);
        blocks.push(...(answer.forPerson ?? []));
        for (const { system, error } of answer.missing ?? []) {
          wanting(error);
          note(missing, texts(turn.language).conversation.missing(titleOf(system), errorSentence(error, turn.language)));
        }
        if (answer.material) outside.push({ text: answer.material, ref: answer.about?.[0]?.ref });
        metrics.count("svyaz_tool_calls_total", { tool: call.name, outcome });
        options.onCall?.(record);
        return seal({ tool: call.name, outcome, facts: answer.forModel, about: answer.about, material: answer.material });
      };

      const act = async (tool: AgentTool, input: unknown): Promise<{ outcome: CallOutcome; answer: ToolAnswer }> => {
        if (tool.kind === "read") {
          const answer = await tool.run(input, turn);
          return { outcome: answer.asked ? "asked" : "succeeded", answer };
        }
        const prepared = await tool.prepare(input, turn);
        if ("ask" in prepared) return { outcome: "asked", answer: { forModel: prepared.forModel, forPerson: prepared.ask } };
        const lines = prepared.lines.map((line) => markOutside(line, outside, options.asked));
        const card = await approvals.propose({
          tool: tool.name,
          operation: prepared.operation,
          draft: prepared.ready,
          askedBy: turn.person,
          language: turn.language,
          address: turn.address,
          title: prepared.title,
          lines,
          trace: turn.id,
          actor: turn.actor,
        });
        cards++;
        return {
          outcome: "proposed",
          answer: { forModel: `${prepared.title}: waits for the person's button; nothing is written yet.`, forPerson: [card] },
        };
      };

      return {
        calls,
        blocks,
        missing,
        signIns,
        offered,
        async execute(call) {
          const tool = tools.find(({ name }) => name === call.name);
          if (++begun > options.mostCalls)
            return settle(call, "failed", { forModel: "No more tool calls in this turn: answer with what there is." });
          if (!tool || (options.readOnly && tool.kind === "write")) return settle(call, "failed", { forModel: "There is no such tool." });
          if (!offered().includes(tool)) {
            await audit.note({ name: "tool.refused", actor: turn.actor, trace: turn.id, payload: { tool: tool.name } }, "denied");
            return settle(call, "denied", { forModel: "The person asked for nothing to be written." });
          }
          if (tool.kind === "write" && cards >= mostCards) return settle(call, "failed", { forModel: "No more cards in this turn." });
          const input = tool.input.safeParse(call.input);
          if (!input.success) return settle(call, "failed", { forModel: `Wrong input: ${z.prettifyError(input.error)}` });
          try {
            const { outcome, answer } = await audit.during(
              { name: "tool.called", actor: turn.actor, trace: turn.id, payload: { tool: tool.name, kind: tool.kind } },
              () => act(tool, input.data),
            );
            return settle(call, outcome, answer);
          } catch (error) {
            turn.signal.throwIfAborted();
            if (!(error instanceof SvyazError)) log.error("a tool failed", { tool: tool.name, trace: turn.id, error });
            wanting(error);
            const sentence = errorSentence(error, turn.language);
            const system = error instanceof SvyazError && error.system ? `${titleOf(error.system)}: ` : "";
            return settle(call, error instanceof AccessDenied ? "denied" : "failed", { forModel: `${system}${sentence}` });
          }
        },
      };
    },
  };
}

export type Toolset = ReturnType<typeof createToolset>;

/** A value on a card that stood in outside text and not in the person's own words is marked with where it came from. */
function markOutside(line: Line, outside: readonly { text: string; ref: Mention["ref"] | undefined }[], asked: string): Line {
  if (line.outside || line.value.length < 4 || asked.includes(line.value)) return line;
  const source = outside.find(({ text }) => text.includes(line.value));
  return source?.ref ? { ...line, outside: source.ref } : line;
}

function note(sentences: string[], sentence: string): void {
  if (!sentences.includes(sentence)) sentences.push(sentence);
}
