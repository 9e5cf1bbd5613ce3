import type { EntityRef } from "./entity.js";
import type { Decimal } from "./numbers.js";

/** Closed deals that ended one way. */
export interface Outcome {
  readonly count: number;
  readonly medianAmount?: number;
  /** From creation to close. */
  readonly medianDays?: number;
  /** The reason most often given. */
  readonly reason?: string;
}

/** What the mirror knows of one deal and around it, as far as one person may see it. */
export interface DealFacts {
  readonly ref: EntityRef;
  readonly title: string;
  readonly url?: string;
  /** The name of the responsible person there. */
  readonly owner?: string;
  readonly amount?: Decimal;
  readonly currency?: string;
  readonly pipeline?: string;
  readonly stage?: string;
  readonly state: "open" | "won" | "lost";
  readonly createdAt: Date;
  readonly closedAt?: Date;
  readonly lossReason?: string;
  /** As the system has it, where it has one. */
  readonly discount?: string;
  readonly contact: { readonly client?: string; readonly company: boolean; readonly phone: boolean; readonly email: boolean };
  /** The same client's other deals. */
  readonly past: {
    readonly open: number;
    readonly won: number;
    readonly lost: number;
    readonly wonAmount?: Decimal;
    readonly lastAt?: Date;
  };
  /** Closed deals of the same pipeline; `bySize`: of about this amount. */
  readonly similar: {
    readonly bySize: boolean;
    readonly won: Outcome;
    readonly lost: Outcome;
    readonly examples: readonly { readonly title: string; readonly state: "won" | "lost" }[];
  };
}
