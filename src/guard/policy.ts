import type { Family, Operation, Ruling } from "../domain/access.js";
import type { Role } from "../domain/people.js";

type Verb = Operation["verb"];
type Line = Partial<Record<Family | "svyaz", Partial<Record<Verb, Ruling>>>>;

const read = (scope: Ruling["scope"]): Ruling => ({ effect: "allow", scope });
const ask = (scope: Ruling["scope"]): Ruling => ({ effect: "ask", scope });
const writes = (scope: Ruling["scope"]) => ({ create: ask(scope), change: ask(scope) });
const own: Partial<Record<Verb, Ruling>> = { read: read("own"), create: read("own"), change: read("own") };

/**
 * Out of the box: staff read documents, sales also their own clients and deals, managers their department's and the figures,
 * admins everything; every write asks. What no line allows is denied.
 */
export const standardPolicy: Readonly<Record<Role, Line>> = {
  staff: { documents: { read: read("all") }, svyaz: own },
  sales: { documents: { read: read("all") }, crm: { read: read("own"), ...writes("own") }, svyaz: own },
  manager: {
    documents: { read: read("all") },
    crm: { read: read("department"), ...writes("department") },
    erp: { read: read("all"), ...writes("all") },
    analytics: { read: read("all") },
    svyaz: own,
  },
  admin: {
    documents: { read: read("all") },
    crm: { read: read("all"), ...writes("all") },
    erp: { read: read("all"), ...writes("all") },
    analytics: { read: read("all") },
    svyaz: { read: read("all"), create: read("all"), change: read("all") },
  },
};

const effects = ["deny", "second", "ask", "allow"] as const;
const scopes = ["own", "department", "all"] as const;

/** The most that any of a person's roles allows: the freest effect, then the widest scope. A pure function of roles and operation. */
export function rule(roles: readonly Role[], operation: Operation, policy: Readonly<Record<Role, Line>> = standardPolicy): Ruling {
  let best: Ruling = { effect: "deny", scope: "own" };
  for (const role of roles) {
    const ruling = policy[role]?.[operation.family]?.[operation.verb];
    if (ruling && weight(ruling) > weight(best)) best = ruling;
  }
  return best;
}

function weight(ruling: Ruling): number {
  return effects.indexOf(ruling.effect) * 10 + scopes.indexOf(ruling.scope);
}
