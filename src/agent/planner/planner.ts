import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel, type BindToolsInput } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { Language } from "../../domain/people.js";
import { planner as english } from "../../text/en/planner.js";
import { planner as russian, type PlannerTexts } from "../../text/ru/planner.js";
import { type Exchange, readExchanges, remember } from "./conversation.js";
import { localNow } from "./moments.js";
import type { Pending, Plan } from "./decision.js";
import { byName } from "./grammar.js";
import { planFor } from "./plan.js";

export interface PlannerContext {
  readonly now: () => Date;
  /** The person's own; decides what "today" is. */
  readonly timeZone: string;
  /** The language of the answer; requests are understood in both. */
  readonly language: Language;
  /** Tools that are withheld because nothing is written in pilot mode. */
  readonly withheld?: readonly string[];
  /** Tools that this person's roles do not allow; asked for when they want to know what can be done. */
  readonly beyond?: () => Promise<ReadonlySet<string>>;
}

/**
 * A chat model that chooses tools by rules, for when no model key is set. It keeps no state: what was spoken of,
 * and which question waits for an answer, is read from the messages each time. Calls bound tools alone; never throws.
 */
export function createPlanner(context: PlannerContext): BaseChatModel {
  return new Planner(context, []);
}

class Planner extends BaseChatModel {
  readonly #context: PlannerContext;
  readonly #words: PlannerTexts;
  readonly #tools: readonly string[];

  constructor(context: PlannerContext, tools: readonly string[]) {
    super({});
    this.#context = context;
    this.#words = context.language === "ru" ? russian : english;
    this.#tools = tools;
  }

  _llmType(): string {
    return "svyaz-planner";
  }

  override bindTools(tools: BindToolsInput[]): Planner {
    return new Planner(this.#context, tools.map(nameOf));
  }

  override async _generate(messages: BaseMessage[], options: this["ParsedCallOptions"]): Promise<ChatResult> {
    options.signal?.throwIfAborted();
    const message = await this.#respond(messages);
    return { generations: [{ text: message.text, message }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const message = await this.#respond(messages);
    for (const [index, call] of (message.tool_calls ?? []).entries())
      yield new ChatGenerationChunk({
        text: "",
        message: new AIMessageChunk({
          content: "",
          tool_call_chunks: [{ type: "tool_call_chunk", index, id: call.id, name: call.name, args: JSON.stringify(call.args) }],
        }),
      });
    for (const piece of message.text.split(/(?<=\s)(?=\S)/)) {
      yield new ChatGenerationChunk({ text: piece, message: new AIMessageChunk({ content: piece }) });
      await manager?.handleLLMNewToken(piece);
    }
  }

  async #respond(messages: readonly BaseMessage[]): Promise<AIMessage> {
    const exchanges = readExchanges(messages);
    const current = exchanges.at(-1);
    const words = this.#words;
    if (!current) return new AIMessage(words.hello);
    const plan = this.#plan(current.said, exchanges.slice(0, -1));
    const said = await this.#sentences(plan);
    if (current.calls.some(({ answer }) => answer)) return new AIMessage([...factsOf(current), ...said].join("\n\n"));
    const calls = plan.calls.filter(({ tool }) => this.#tools.includes(tool));
    if (calls.length === 0) return new AIMessage(said.join("\n\n"));
    return new AIMessage({
      content: "",
      tool_calls: calls.map(({ tool, input }, index) => ({
        type: "tool_call",
        id: `planned-${messages.length}-${index + 1}`,
        name: tool,
        args: { ...input },
      })),
    });
  }

  /** Goes through the earlier exchanges to know what was spoken of, and plans for this message. */
  #plan(said: string, past: readonly Exchange[]): Plan {
    const now = localNow(this.#context.now(), this.#context.timeZone);
    let pending: Pending | undefined;
    // A question of ours is not stored anywhere: it follows from the message that it was asked about.
    for (const [index, exchange] of past.entries()) {
      const asked = this.#questionIn(exchange.answered);
      const plan = asked ? planFor(exchange.said, { ...remember(past.slice(0, index)), pending, now }) : undefined;
      pending = plan?.pending && exchange.answered.includes(this.#question(plan.pending)) ? plan.pending : undefined;
    }
    return planFor(said, { ...remember(past), pending, now });
  }

  #questionIn(text: string): boolean {
    const words = this.#words;
    const marker = words.whichOfTwo("\n", "\n").split("\n")[0] ?? "";
    return (
      text !== "" &&
      (text.includes(marker) ||
        Object.entries(words).some(([key, value]) => key.startsWith("ask") && typeof value === "string" && text.includes(value)))
    );
  }

  #question(pending: Pending): string {
    const words = this.#words;
    if (pending.question !== "whichOfTwo") return words[pending.question];
    const [first = "", second = ""] = (pending.readings ?? []).map((tool) => words.abilities[tool] ?? tool);
    return words.whichOfTwo(first, second);
  }

  /** What is said besides the tools' own facts: questions, refusals, and which tools are missing. */
  async #sentences(plan: Plan): Promise<string[]> {
    const words = this.#words;
    const missing = plan.calls
      .filter(({ tool }) => !this.#tools.includes(tool))
      .map(({ tool }) => (this.#context.withheld?.includes(tool) ? words.withheld : words.notAvailable)(words.abilities[tool] ?? tool));
    const help = plan.sentences.includes("helpIntro") ? await this.#help() : "";
    const own = plan.sentences.map((sentence) => (sentence === "helpIntro" ? help : words[sentence]));
    const which = plan.pending?.question === "whichOfTwo" ? [this.#question(plan.pending)] : [];
    return [...own, ...which, ...new Set(missing)];
  }

  async #help(): Promise<string> {
    const words = this.#words;
    const beyond = await this.#context.beyond?.();
    const able = Object.entries(words.abilities).filter(([tool]) => this.#tools.includes(tool) && !beyond?.has(tool));
    const writes = able.some(([tool]) => byName(tool)?.kind === "write");
    const end = (this.#context.withheld?.length ?? 0) > 0 ? words.helpPilot : writes ? words.helpEnd : undefined;
    return [words.helpIntro, ...able.map(([, ability]) => `- ${ability}`), ...(end === undefined ? [] : ["", end])].join("\n");
  }
}

/**
 * Facts as they stand. What was proposed or asked is said by its blocks; a report that only tells what was not found asks nothing,
 * and is said.
 */
function factsOf({ calls }: Exchange): string[] {
  return calls.flatMap(({ tool, answer }) => {
    if (!answer || answer.facts === "" || answer.outcome === "proposed") return [];
    const inBlocks = answer.outcome === "asked" && (answer.facts.includes("?") || byName(tool)?.kind === "write");
    return inBlocks ? [] : [answer.facts];
  });
}

function nameOf(tool: BindToolsInput): string {
  if ("name" in tool && typeof tool.name === "string") return tool.name;
  const described: unknown = "function" in tool ? tool.function : undefined;
  return typeof described === "object" && described !== null && "name" in described && typeof described.name === "string"
    ? described.name
    : "";
}
