import type { Day } from "../../domain/numbers.js";

/** The invented company as every sandbox system knows it. The systems add what is theirs (goods, orders, pages). */
export interface Company {
  readonly seed: string;
  /** The day of first seeding. Everything that happened, happened before it; open tasks may be due after it. */
  readonly anchor: Day;
  readonly name: string;
  /** Part of the addresses and the account names of the systems. */
  readonly domain: string;
  readonly timeZone: "Europe/Moscow";
  readonly departments: readonly Department[];
  readonly employees: readonly Employee[];
  readonly clients: readonly CompanyClient[];
  readonly pipelines: readonly CompanyPipeline[];
  /** 2,000, by number. */
  readonly deals: readonly CompanyDeal[];
  /** Oldest first. */
  readonly interactions: readonly CompanyInteraction[];
  /** What the company sells: wholesale of lighting and electrics. */
  readonly productGroups: readonly string[];
  readonly segments: readonly string[];
  readonly regions: readonly string[];
  readonly sources: readonly string[];
  readonly lossReasons: readonly string[];
}

export interface Department {
  readonly key: "management" | "wholesale" | "projects" | "office";
  readonly name: string;
  /** Id of the employee. */
  readonly headId: string;
}

export interface Employee {
  /** "admin", "anna", "boris", "vera" and others; the person of the same name in Svyaz. */
  readonly id: string;
  /** "Анна Ковалёва". */
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly department: Department["key"];
  readonly role: "staff" | "sales" | "manager" | "admin";
}

export interface CompanyClient {
  /** "romashka", "client-017". */
  readonly key: string;
  /** "ООО «Ромашка»"; a person's full name where `kind` is person. */
  readonly name: string;
  /** "Ромашка". */
  readonly shortName: string;
  readonly kind: "company" | "person";
  /** With a right check digit, and of the tax region 00, which does not exist. */
  readonly inn?: string;
  /** "+7 900 000-12-34". */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly region: string;
  readonly segment: string;
  /** Id of the employee. */
  readonly managerId: string;
  readonly contacts: readonly CompanyContact[];
  readonly since: Day;
}

export interface CompanyContact {
  readonly key: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly position: string;
}

export interface CompanyPipeline {
  readonly key: "sales" | "repeat";
  readonly name: string;
  /** The open ones in order; "won" and "lost" come after them in every pipeline. */
  readonly stages: readonly { readonly key: string; readonly name: string }[];
}

export interface CompanyDeal {
  /** 1 to 2,000, mostly in the order of creation. */
  readonly number: number;
  readonly title: string;
  readonly clientKey: string;
  /** Absent where the client is a person. */
  readonly contactKey?: string;
  /** Whole roubles. */
  readonly amount: number;
  readonly pipeline: CompanyPipeline["key"];
  /** A key of the pipeline's stages, or "won" or "lost". */
  readonly stage: string;
  readonly outcome: "open" | "won" | "lost";
  /** The stage a lost deal was lost from is the last but one move. */
  readonly lossReason?: string;
  readonly ownerId: string;
  readonly createdAt: Date;
  /** Every change of stage, oldest first; the last one is `stage`. Empty while the deal is where it began. */
  readonly moves: readonly { readonly stage: string; readonly at: Date }[];
  readonly closedAt?: Date;
  readonly source: string;
  /** Hours from the request to the first answer. */
  readonly responseHours: number;
  readonly discountPercent: number;
}

interface InteractionBase {
  readonly clientKey: string;
  readonly contactKey?: string;
  readonly dealNumber?: number;
  readonly employeeId: string;
  readonly at: Date;
  readonly text: string;
}

/** What happened with a client. */
export type CompanyInteraction =
  | (InteractionBase & { readonly kind: "call"; readonly direction: "in" | "out"; readonly durationSeconds: number })
  | (InteractionBase & { readonly kind: "message"; readonly direction: "in" | "out" })
  | (InteractionBase & { readonly kind: "note" })
  | (InteractionBase & { readonly kind: "task"; readonly meeting: boolean; readonly dueAt: Date; readonly done: boolean });
