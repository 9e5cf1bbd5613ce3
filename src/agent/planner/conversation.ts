import { type BaseMessage, isAIMessage, isHumanMessage, isToolMessage } from "@langchain/core/messages";
import { z } from "zod";
import { findContacts } from "./contacts.js";
import type { Input, Memory } from "./intent.js";

/** What a tool answers to a model: the envelope of `agent/toolset.ts`. */
const Envelope = z.object({
  outcome: z.enum(["succeeded", "proposed", "asked", "denied", "failed"]),
  facts: z.string(),
  about: z.array(z.object({ ref: z.string(), kind: z.string(), name: z.string() })).optional(),
});

export type Envelope = z.infer<typeof Envelope>;

/** One call of a tool and what came of it. */
export interface PastCall {
  readonly tool: string;
  readonly input: Input;
  readonly answer?: Envelope;
}

/** One message of the person and everything up to the next. */
export interface Exchange {
  readonly said: string;
  readonly calls: readonly PastCall[];
  readonly answered: string;
}

/** Cuts a list of messages into exchanges; the last one is the one to answer. */
export function readExchanges(messages: readonly BaseMessage[]): Exchange[] {
  const exchanges: { said: string; calls: { id: string; tool: string; input: Input; answer?: Envelope }[]; answered: string }[] = [];
  for (const message of messages) {
    const current = exchanges.at(-1);
    if (isHumanMessage(message)) exchanges.push({ said: ownWords(message.text), calls: [], answered: "" });
    else if (!current) continue;
    else if (isAIMessage(message)) {
      for (const call of message.tool_calls ?? []) current.calls.push({ id: call.id ?? "", tool: call.name, input: call.args });
      current.answered = [current.answered, message.text].filter(Boolean).join("\n");
    } else if (isToolMessage(message)) {
      const call = current.calls.find(({ id, answer }) => id === message.tool_call_id && !answer);
      if (call) call.answer = readEnvelope(message.text);
    }
  }
  return exchanges;
}

/** The person's own words, without what they quoted: `agent/messages.ts` puts somebody else's text behind them as JSON. */
function ownWords(text: string): string {
  const quoted = text.lastIndexOf('\n\n{"note":"quoted');
  return quoted < 0 ? text : text.slice(0, quoted);
}

/** A result that is no envelope is taken for what it says: an error of the frame around the tools, or plain facts. */
function readEnvelope(content: string): Envelope {
  try {
    const parsed = Envelope.safeParse(JSON.parse(content));
    if (parsed.success) return parsed.data;
  } catch {
    // Not JSON: plain words.
  }
  return { outcome: "succeeded", facts: content };
}

/** A question of a tool that the next message may answer. */
export interface ToolQuestion {
  readonly tool: string;
  readonly input: Input;
  readonly choices: readonly { readonly ref: string; readonly kind: string; readonly name: string }[];
}

/** What the exchanges so far leave in mind. */
export function remember(exchanges: readonly Exchange[]): { readonly memory: Memory; readonly question?: ToolQuestion } {
  let memory: Memory = { documents: [] };
  let question: ToolQuestion | undefined;
  for (const { said, calls } of exchanges) {
    question = undefined;
    const deal = findContacts(said).find(({ kind }) => kind === "deal")?.value;
    if (deal) memory = { ...memory, deal };
    for (const call of calls) {
      const asked = call.answer?.outcome === "asked";
      if (asked) question = { tool: call.tool, input: call.input, choices: call.answer?.about ?? [] };
      const spoken = spokenOf(call, asked);
      // Opening the second of a list leaves the list in mind.
      const listed = spoken.documents?.every((document) => memory.documents.includes(document)) ?? true;
      memory = {
        ...memory,
        ...spoken,
        documents: listed ? memory.documents : (spoken.documents ?? []),
        last: { tool: call.tool, input: call.input },
      };
    }
  }
  return { memory, question };
}

function spokenOf({ tool, input, answer }: PastCall, asked: boolean): Partial<Memory> {
  const about = asked ? [] : (answer?.about ?? []);
  const of = (kind: string) => about.filter((mention) => mention.kind === kind).map(({ ref }) => ref);
  const [clients, deals, documents, items] = [of("client"), of("deal"), of("document"), of("item")];
  const said = (key: string) => (typeof input[key] === "string" ? input[key] : undefined);
  const where = Array.isArray(input.where) ? (input.where as readonly { readonly split?: string; readonly text?: string }[]) : [];
  const filter = (...splits: string[]) => where.find(({ split }) => splits.includes(split ?? ""))?.text;
  // Several found by one name: the name stays, and the next tool asks which.
  const client =
    (clients.length === 1 || tool !== "find-client" ? clients[0] : undefined) ??
    said("client") ??
    (tool === "find-client" ? said("text") : undefined) ??
    filter("customer");
  const deal = (deals.length === 1 ? deals[0] : undefined) ?? said("deal");
  const item =
    said("item") ?? filter("item", "item-group") ?? (items.length === 1 ? about.find(({ kind }) => kind === "item")?.name : undefined);
  const clientName = about.find(({ ref }) => ref === client)?.name ?? client;
  return {
    ...(client ? { client, clientName } : {}),
    ...(deal ? { deal } : tool === "list-deals" ? { deal: undefined } : {}),
    ...(item ? { item } : {}),
    ...(documents.length > 0 ? { documents } : said("document") ? { documents: [said("document") ?? ""] } : {}),
  };
}
