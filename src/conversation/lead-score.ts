import type { DealFacts } from "../domain/deal-facts.js";

/** Why a lead got points: what was looked at, what was found, and how many points of how many. */
export type Reason =
  | { readonly about: "similar"; readonly share?: number; readonly count: number; readonly points: number; readonly of: number }
  | { readonly about: "amount"; readonly ratio?: number; readonly points: number; readonly of: number }
  | { readonly about: "client"; readonly won: number; readonly lost: number; readonly points: number; readonly of: number }
  | {
      readonly about: "contact";
      readonly missing: readonly ("phone" | "email" | "client")[];
      readonly points: number;
      readonly of: number;
    };

/** What to do next: the first that fits. */
export type NextStep = "find-contact" | "call-today" | "recall-last" | "qualify";

export interface LeadScore {
  /** 0 to 100. */
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly next: NextStep;
}

const of = { similar: 40, amount: 20, client: 25, contact: 15 } as const;
/** What nothing is known about counts half. */
const unknown = 0.5;
/** From here on a lead should not wait. */
const hot = 60;

/**
 * An explainable score of a new lead: how often deals like it were won (40), its amount against the median of won ones (20), what
 * its client did before (25), and whether they can be reached (15). Weights are ours and the same for all companies.
 */
export function scoreLead({ amount, contact, past, similar }: DealFacts): LeadScore {
  const closed = similar.won.count + similar.lost.count;
  const share = closed > 0 ? similar.won.count / closed : undefined;
  const median = similar.won.medianAmount;
  const ratio = amount !== undefined && median ? Number(amount) / median : undefined;
  const before = past.won + past.lost;
  const missing = (["phone", "email", "client"] as const).filter((one) =>
    one === "client" ? contact.client === undefined : !contact[one],
  );
  const reasons: readonly Reason[] = [
    { about: "similar", share, count: closed, of: of.similar, points: Math.round(of.similar * (share ?? unknown)) },
    { about: "amount", ratio, of: of.amount, points: Math.round(of.amount * (ratio === undefined ? unknown : Math.min(1, ratio))) },
    {
      about: "client",
      won: past.won,
      lost: past.lost,
      of: of.client,
      points: Math.round(of.client * (before === 0 ? unknown : past.won / before)),
    },
    { about: "contact", missing, of: of.contact, points: of.contact - 5 * missing.length },
  ];
  const score = reasons.reduce((sum, { points }) => sum + points, 0);
  return { score, reasons, next: nextOf(score, missing, past.won) };
}

function nextOf(score: number, missing: readonly string[], won: number): NextStep {
  if (missing.includes("phone") && missing.includes("email")) return "find-contact";
  if (won > 0) return "recall-last";
  return score >= hot ? "call-today" : "qualify";
}
