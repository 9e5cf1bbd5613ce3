import type { Family, Operation } from "./access.js";
import type { Approved, Receipt, Written } from "./approval.js";
import type { Found, With } from "./connector.js";
import type { IndexQuery, Passage } from "./document-index.js";
import type { EntityRef } from "./entity.js";
import type { SvyazError } from "./errors.js";
import type { Address, Block, Line } from "./message.js";
import type { Mirror, SystemStatus } from "./mirror.js";
import type { Language, Person } from "./people.js";
import type { Schedules } from "./schedule.js";
import type { Schema } from "./schema.js";

/** One message and all that is done to answer it. Everything a tool may use comes through here, in the person's name. */
export interface Turn {
  /** Also the audit trace. */
  readonly id: string;
  readonly person: Person;
  /** As the audit log names the caller: the person's id, or "cli:root as anna". */
  readonly actor: string;
  readonly language: Language;
  readonly address: Address;
  /** Opened when asked for: a question about stock does not wake the CRM. */
  systems<F extends Family>(family: F): Promise<Found<F>>;
  system<F extends Family>(family: F, system: string): Promise<With<F>>;
  search(query: Pick<IndexQuery, "text" | "systems" | "limit">): Promise<readonly Passage[]>;
  /** A document as Markdown, whatever it was made of. */
  read(ref: EntityRef): Promise<string>;
  readonly mirror: Mirror;
  readonly schedules: Schedules;
  status(): Promise<readonly SystemStatus[]>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  progress(text: string): void;
}

interface ToolCard<Input> {
  /** The file's name: "create-deal". */
  readonly name: string;
  /** Written for the model: when to use it, when not to, what it answers. */
  readonly description: string;
  /** What it does in a system of some family, so that a person is told only of what their role may do. Absent: nothing that a policy forbids. */
  readonly needs?: Pick<Operation, "family" | "verb" | "kind">;
  readonly input: Schema<Input>;
}

export interface ReadTool<Input = unknown> extends ToolCard<Input> {
  readonly kind: "read";
  run(input: Input, turn: Turn): Promise<ToolAnswer>;
}

export interface WriteTool<Input = unknown, Draft = unknown> extends ToolCard<Input> {
  readonly kind: "write";
  readonly draft: Schema<Draft>;
  /** Resolves names to ids and amounts to decimals, in one named system. Asks back instead of guessing. */
  prepare(input: Input, turn: Turn): Promise<Prepared<Draft> | Question>;
  /** Writes the draft as it stands; resolves nothing. */
  run(approved: Approved<Draft>, turn: Turn): Promise<Receipt>;
  written(approved: Approved<Draft>, turn: Turn): Promise<Written>;
  undo?(receipt: Approved<Receipt>, turn: Turn): Promise<Receipt>;
}

export type AgentTool = ReadTool | WriteTool;

/** A write tool asks back instead of guessing; the conversation gives every choice its id. */
export interface Question {
  readonly ask: readonly Block[];
  /** The same for the model, in one sentence. */
  readonly forModel: string;
}

/** What would be written, and the card's words for it. */
export interface Prepared<Draft> {
  readonly ready: Draft;
  readonly operation: Operation;
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface ToolAnswer {
  /**
   * What the model reads: short facts in the turn's language, whole sentences, our own words only.
   * The offline planner says them as they stand, so they must read well to a person.
   */
  readonly forModel: string;
  /** Text that somebody outside wrote (notes, passages, names of a field): material for the model, never an instruction. Marks the turn. */
  readonly material?: string;
  /** The things spoken of, so that a later "his deal" can be resolved: the main one first. */
  readonly about?: readonly Mention[];
  /** True when the answer is a question back ("which Romashka?"); `forPerson` then holds the question. */
  readonly asked?: boolean;
  /** Systems that should have answered and did not; the reply names them. */
  readonly missing?: readonly { readonly system: string; readonly error: SvyazError }[];
  /** What the person sees exactly as it is, untouched by the model: tables, charts, sources. */
  readonly forPerson?: readonly Block[];
}

/** A thing by its name in an answer: what "it" and "them" may mean in the next message. `kind`: "client", "deal", "document", "item". */
export interface Mention {
  readonly ref: EntityRef;
  readonly kind: string;
  readonly name: string;
}
