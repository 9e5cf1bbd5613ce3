import { AIMessage, type BaseMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import type { Database } from "../../platform/database.js";
import { createKnownNames } from "./known-names.js";
import type { KnownNames } from "./names.js";
import { isOutside } from "./outside.js";
import { createPlaceholders } from "./placeholders.js";

/** Told to the model once a turn, so that it hands the words on as they are. */
const rule =
  "Words like PERSON_1, PHONE_2 or EMAIL_1b stand for real names, numbers and addresses, which you do not see. The same number is the " +
  "same person or value; letters behind it tell spellings apart. Write them exactly as they are, uninflected, in answers and as arguments " +
  "of tools: whoever reads gets the real values. Never ask for them and never invent new ones.";

/** One turn of a conversation with an outside model: what goes out is concealed, what comes back is revealed. */
export interface MaskedTurn {
  conceal(messages: readonly BaseMessage[]): BaseMessage[];
  reveal(message: AIMessage): AIMessage;
}

export interface Masking {
  begin(): Promise<MaskedTurn>;
  /** For texts that go out and do not come back (embeddings): without numbers, which would tell documents apart by who is met first. */
  readonly conceal: (text: string) => Promise<string>;
}

/**
 * Keeps personal data from an outside model: phones, e-mails, passports, SNILS, INN, bank cards and names become words that stand for
 * them within one turn. It works on whole messages at the last moment before the request, so no part of a prompt can go round it;
 * refs, links, amounts, dates and numbers of documents stay. Results of tools that speak only of `openSystems` go out as they are.
 */
export function createMasking(parts: {
  readonly knownNames: () => Promise<KnownNames>;
  /** The systems of refs: "amocrm", "files". */
  readonly systems: () => readonly string[];
  readonly openSystems: readonly string[];
}): Masking {
  return {
    async begin() {
      const placeholders = createPlaceholders(await parts.knownNames(), parts.systems());
      return {
        conceal: (messages) => messages.map((message) => concealed(message, placeholders.conceal, parts.openSystems)),
        reveal: (message) => rewritten(message, placeholders.reveal),
      };
    },

    async conceal(text) {
      const placeholders = createPlaceholders(await parts.knownNames(), parts.systems());
      return placeholders.conceal(text).replaceAll(/\b(PHONE|EMAIL|PASSPORT|SNILS|INN|CARD|PERSON)_\d+[a-z]{0,2}/g, "$1");
    },
  };
}

/** The masking that the settings ask for; nothing where personal data may go to the model: an admin said so, or the model is our own. */
export function openMasking(parts: {
  readonly mode: "auto" | "on" | "off";
  readonly baseUrl?: string;
  readonly openSystems?: readonly string[];
  readonly systems: () => readonly string[];
  readonly database: Database;
  readonly now: () => Date;
}): Masking | undefined {
  if (parts.mode === "off" || (parts.mode === "auto" && !isOutside(parts.baseUrl))) return undefined;
  return createMasking({
    knownNames: createKnownNames(parts),
    // "files" and "svyaz" are refs, too, and no connectors.
    systems: () => [...parts.systems(), "files", "svyaz"],
    openSystems: parts.openSystems ?? [],
  });
}

type Rewrite = (text: string) => string;

function concealed(message: BaseMessage, conceal: Rewrite, openSystems: readonly string[]): BaseMessage {
  if (message instanceof SystemMessage) return new SystemMessage(`${conceal(message.text)}\n\n${rule}`);
  if (message instanceof HumanMessage) return new HumanMessage({ content: deep(message.content, conceal) });
  if (message instanceof AIMessage) return rewritten(message, conceal);
  if (message instanceof ToolMessage) {
    const content = concealedEnvelope(message.text, conceal, openSystems);
    return new ToolMessage({ content, tool_call_id: message.tool_call_id, name: message.name });
  }
  throw new Error(`a message of the kind ${message.type} has no way to the model`);
}

/** A tool's result is JSON of our own making: its texts are rewritten one by one, its refs stay. */
function concealedEnvelope(content: string, conceal: Rewrite, openSystems: readonly string[]): string {
  let envelope: unknown;
  try {
    envelope = JSON.parse(content);
  } catch {
    return conceal(content);
  }
  if (typeof envelope !== "object" || envelope === null) return conceal(content);
  const about = "about" in envelope && Array.isArray(envelope.about) ? (envelope.about as readonly { readonly ref?: unknown }[]) : [];
  const systems = about.map(({ ref }) => String(ref).split(":")[0] ?? "");
  if (systems.length > 0 && systems.every((system) => openSystems.includes(system))) return content;
  return JSON.stringify(deep(envelope, conceal, new Set(["ref", "tool", "outcome", "kind", "note"])));
}

/** The same message with other words: in its text, in the arguments of its calls. The vendor's raw copy of the calls is left behind. */
function rewritten(message: AIMessage, rewrite: Rewrite): AIMessage {
  const { tool_calls: _raw, ...extra } = message.additional_kwargs;
  return new AIMessage({
    id: message.id,
    name: message.name,
    content: deep(message.content, rewrite, blockWords),
    tool_calls: message.tool_calls?.map((call) => ({ ...call, args: deep(call.args, rewrite) })),
    invalid_tool_calls: message.invalid_tool_calls?.map((call) => ({ ...call, args: call.args && rewrite(call.args), error: undefined })),
    usage_metadata: message.usage_metadata,
    response_metadata: message.response_metadata,
    additional_kwargs: deep(extra, rewrite),
  });
}

/** What a content block calls itself; no text of a person. */
const blockWords: ReadonlySet<string> = new Set(["type", "id", "name", "mime_type", "encrypted_content"]);

function deep<T>(value: T, rewrite: Rewrite, keep: ReadonlySet<string> = new Set()): T {
  const inner = (part: unknown): unknown => {
    if (typeof part === "string") return rewrite(part);
    // A phone or an INN that a model wrote as a number.
    if (typeof part === "number" && Number.isSafeInteger(part) && part >= 1e9)
      return rewrite(String(part)) === String(part) ? part : rewrite(String(part));
    if (Array.isArray(part)) return part.map(inner);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, keep.has(key) ? each : inner(each)]));
  };
  return inner(value) as T;
}
