import type { Family, Operation, Ruling, WrittenKind } from "../domain/access.js";
import type { Money } from "../domain/numbers.js";
import type { Role } from "../domain/people.js";

export type Scope = Ruling["scope"];

/** What a write may carry before it is too much: an amount for each currency, a discount in per cent. */
export interface Limits {
  readonly amount?: readonly Money[];
  readonly discount?: string;
}

export interface WriteRule {
  readonly scope: Scope;
  readonly approval: "ask" | "second";
  /** Beyond it a second person's yes is asked for; beyond the other nothing is written. */
  readonly secondAbove?: Limits;
  readonly denyAbove?: Limits;
}

export interface WriteRules {
  readonly create?: WriteRule | "deny";
  readonly change?: WriteRule | "deny";
}

/** What one role may do in one place. What it does not name is denied. */
export interface PolicyLine extends WriteRules {
  readonly read?: Scope | "deny";
  /** A kind's own rule counts before the general one. */
  readonly kinds?: Readonly<Partial<Record<WrittenKind, WriteRules>>>;
}

/** A place: a system ("onec-erp.moscow"), all instances of a connector ("onec-erp"), a family ("crm", "svyaz") or "*". */
export type Policy = Readonly<Record<Role, Readonly<Record<string, PolicyLine>>>>;

const asks = (scope: Scope): WriteRule => ({ scope, approval: "ask" });
const line = (scope: Scope): PolicyLine => ({ read: scope, create: asks(scope), change: asks(scope) });

/**
 * Out of the box: staff read documents, sales also their own clients and deals, managers their department's and the figures,
 * admins everything; every write asks. What no line allows is denied.
 */
export const standardPolicy: Policy = {
  staff: { documents: { read: "all" }, svyaz: line("own") },
  sales: { documents: { read: "all" }, crm: line("own"), svyaz: line("own") },
  manager: { documents: { read: "all" }, crm: line("department"), erp: line("all"), analytics: { read: "all" }, svyaz: line("own") },
  admin: { documents: { read: "all" }, crm: line("all"), erp: line("all"), analytics: { read: "all" }, svyaz: line("all") },
};

const effects = ["deny", "second", "ask", "allow"] as const;
const scopes = ["own", "department", "all"] as const;
const denied: Ruling = { effect: "deny", scope: "own" };

/** The most that any of a person's roles allows: the freest effect, then the widest scope. A pure function of roles and operation. */
export function rule(roles: readonly Role[], operation: Operation, policy: Policy = standardPolicy): Ruling {
  return roles.map((role) => ruleOf(role, operation, policy)).reduce((best, one) => (weight(one) > weight(best) ? one : best), denied);
}

/** Of a role's lines the most exact one that names the system counts, and it alone. */
export function lineFor(policy: Policy, role: Role, system: string, family: Family | "svyaz"): PolicyLine | undefined {
  const places = Object.hasOwn(policy, role) ? policy[role] : undefined;
  const folder = system.split(".", 1)[0] ?? system;
  const place = places && [system, folder, family, "*"].find((name) => Object.hasOwn(places, name));
  return place === undefined ? undefined : places?.[place];
}

function ruleOf(role: Role, operation: Operation, policy: Policy): Ruling {
  const { system, family, verb, kind } = operation;
  const found = lineFor(policy, role, system, family);
  if (!found) return denied;
  if (verb === "read") return allowed(found.read);
  const own = kind === undefined ? undefined : found.kinds?.[kind]?.[verb];
  const write = own ?? found[verb];
  if (write === undefined || write === "deny") return denied;
  // What is Svyaz's own reaches no other system.
  if (family === "svyaz") return allowed(write.scope);
  if (exceeds(operation, write.denyAbove)) return denied;
  return { effect: exceeds(operation, write.secondAbove) ? "second" : write.approval, scope: write.scope };
}

function allowed(scope: Scope | "deny" | undefined): Ruling {
  return scope === undefined || scope === "deny" ? denied : { effect: "allow", scope };
}

/** An amount in a currency that the limit does not name cannot be compared, so it counts as too much. */
function exceeds({ amount, discount }: Operation, limits: Limits | undefined): boolean {
  if (!limits) return false;
  const most = amount && limits.amount?.find(({ currency }) => currency === amount.currency);
  const tooMuch = amount !== undefined && limits.amount !== undefined && (most === undefined || !within(amount.amount, most.amount));
  return tooMuch || (discount !== undefined && limits.discount !== undefined && !within(discount, limits.discount));
}

/** Compared as numbers: a limit is no sum, and a double is exact to the kopeck up to 90 trillion. What is no number is not within. */
function within(value: string, most: string): boolean {
  return Number(value) <= Number(most);
}

function weight(ruling: Ruling): number {
  return effects.indexOf(ruling.effect) * 10 + scopes.indexOf(ruling.scope);
}
