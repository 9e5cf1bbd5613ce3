import { randomUUID } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isMap, isNode, LineCounter, parseDocument, type Document, type Node, type Pair } from "yaml";
import { z } from "zod";
import type { Family } from "../domain/access.js";
import type { Alerts } from "../domain/alert.js";
import { SettingsInvalid } from "../domain/errors.js";
import type { AuditEvent } from "../domain/audit.js";
import type { Log } from "../domain/log.js";
import type { Language } from "../domain/people.js";
import { texts } from "../text/texts.js";
import { type Policy, type PolicyLine, standardPolicy } from "./policy.js";

/** Where the policy is looked for unless SVYAZ_ACCESS says otherwise. */
export const standardPolicyFile = "access.yaml";

const families = ["crm", "erp", "documents", "analytics", "svyaz"] as const satisfies readonly (Family | "svyaz")[];
const kinds = ["lead", "contact", "deal", "note", "task", "plan"] as const;
const largestFile = 1_000_000;
const alertKey = "access-policy";

const Scope = z.enum(["own", "department", "all"]);
const money = /^(\d{1,15}(?:\.\d{1,2})?) ([A-Z]{3})$/;
const Amount = z
  .string()
  .regex(money, 'an amount and its currency: "500000 RUB"')
  .transform((text) => {
    const [, amount = "0", currency = ""] = money.exec(text) ?? [];
    return { amount, currency };
  });
const Limits = z
  .strictObject({
    amount: z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(Amount).min(1)).optional(),
    discount: z.number("a number of per cent").min(0).max(100).transform(String).optional(),
  })
  .refine((limits) => Object.keys(limits).length > 0, "an amount, a discount or both");
/** "own" is short for { scope: own }. */
const shortRule = (value: unknown) => (typeof value === "string" && value !== "deny" ? { scope: value } : value);
const Rule = z.preprocess(
  shortRule,
  z.union(
    [
      z.literal("deny"),
      z
        .strictObject({
          scope: Scope,
          approval: z.enum(["ask", "second"]).default("ask"),
          second_above: Limits.optional(),
          deny_above: Limits.optional(),
        })
        .transform(({ scope, approval, second_above: secondAbove, deny_above: denyAbove }) => ({
          scope,
          approval,
          secondAbove,
          denyAbove,
        })),
    ],
    "own, department, all, deny, or { scope, approval, second_above, deny_above }",
  ),
);
const writes = { create: Rule.optional(), change: Rule.optional() };
const Line = z.strictObject({
  read: z.enum(["own", "department", "all", "deny"]).optional(),
  ...writes,
  kinds: z.partialRecord(z.enum(kinds), z.strictObject(writes)).optional(),
});
const File = z.strictObject({
  roles: z.record(
    z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "a role's name: a-z, 0-9, dash"),
    z.record(z.string(), Line, 'places (crm, amocrm, "*" …) with what the role may do there'),
  ),
});

interface Trouble {
  readonly path: readonly PropertyKey[];
  readonly what: string;
}

/**
 * A policy out of YAML, whole or not at all: every problem is told at once, each with its line. `systems` are the configured ones;
 * a place that is none of them, no connector's name and no family is a problem, because a misspelt line would deny in silence.
 */
export function parsePolicy(text: string, file: string, systems: readonly string[]): Policy {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, version: "1.2" });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const refuse = (problems: readonly { readonly line: number; readonly what: string }[]) => {
    const lines = problems.toSorted((a, b) => a.line - b.line).map(({ line, what }) => `  ${file}:${line}: ${what}`);
    return new SettingsInvalid(`The access policy ${file} has ${problems.length} problem(s):\n${lines.join("\n")}`, {
      operation: "access.read",
    });
  };
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    line: lineAt(pos[0]),
    what: message.split("\n", 1)[0] ?? "",
  }));
  if (broken.length > 0) throw refuse(broken);
  const parsed = File.safeParse(toPlain(document, refuse));
  const troubles = parsed.success ? contradictions(parsed.data.roles, systems) : parsed.error.issues.flatMap(troublesOf);
  if (troubles.length > 0 || !parsed.success)
    throw refuse(troubles.map(({ path, what }) => ({ line: lineAt(offsetOf(document, path)), what: `${path.join(".")}: ${what}` })));
  return parsed.data.roles;
}

/** An alias that multiplies itself is refused by the parser; its complaint names no line. */
function toPlain(document: Document, refuse: (problems: readonly { line: number; what: string }[]) => SettingsInvalid): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw refuse([{ line: 1, what: error instanceof Error ? error.message : String(error) }]);
  }
}

/** A union's own complaint says nothing of where inside: that of its fitting branch does. */
function troublesOf(issue: z.core.$ZodIssue): Trouble[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...issue.path, key], what: "there is no such setting" }));
  if (issue.code === "invalid_union") {
    const inner = issue.errors.find((branch) => branch.some(({ path, code }) => path.length > 0 || code === "unrecognized_keys"));
    if (inner) return inner.flatMap((one) => troublesOf({ ...one, path: [...issue.path, ...one.path] }));
  }
  if (issue.code === "invalid_key") return [{ path: issue.path, what: issue.issues[0]?.message ?? issue.message }];
  return [{ path: issue.path, what: issue.message }];
}

/** What is well formed and still means nothing. */
function contradictions(roles: Policy, systems: readonly string[]): Trouble[] {
  const folders = systems.map((system) => system.split(".", 1)[0] ?? system);
  const places = [...new Set<string>([...families, "*", "files", ...systems, ...folders])];
  return Object.entries(roles).flatMap(([role, lines]) =>
    Object.entries(lines).flatMap(([place, line]) =>
      places.includes(place)
        ? nonsense(place, line).map(({ path, what }) => ({ path: ["roles", role, place, ...path], what }))
        : [{ path: ["roles", role, place], what: `no such system is configured; there are: ${places.join(", ")}` }],
    ),
  );
}

function nonsense(place: string, line: PolicyLine): Trouble[] {
  const troubles: Trouble[] = [];
  const readOnly = place === "documents" || place === "analytics" || place === "files";
  if (readOnly)
    for (const verb of ["create", "change", "kinds"] as const)
      if (line[verb] !== undefined) troubles.push({ path: [verb], what: `${place} is only read` });
  if ((place === "documents" || place === "files") && line.read !== undefined && line.read !== "deny" && line.read !== "all")
    troubles.push({ path: ["read"], what: "documents have readers of their own and belong to nobody: all or deny" });
  if (place === "svyaz") {
    if (line.kinds !== undefined) troubles.push({ path: ["kinds"], what: "Svyaz's own things have no kinds" });
    for (const verb of ["read", "create", "change"] as const) {
      const rule = line[verb];
      const scope = typeof rule === "object" ? rule.scope : rule;
      if (scope === "department") troubles.push({ path: [verb], what: "Svyaz's own things belong to a person: own or all" });
      if (typeof rule === "object" && (rule.approval === "second" || rule.secondAbove || rule.denyAbove))
        troubles.push({ path: [verb], what: "Svyaz's own things need no second person and have no limits" });
    }
  }
  return troubles;
}

/** Where the innermost thing on the way stands that is there; a key's own place, not its value's. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair: Pair | undefined = node.items.find(({ key }) => String(key) === String(step));
    if (!pair) break;
    offset = startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

/** The policy in force. */
export interface PolicyStore {
  current(): Policy;
  /** The file it was read from; absent for the standard policy. */
  readonly file: string | undefined;
  /** Reads the file as it is now and throws what is wrong with it; the policy in force stays. */
  check(): Promise<void>;
  /** Looks whether the file has changed and takes it over when it is whole; a broken one leaves the last good policy in force. */
  refresh(alerts: Alerts): Promise<void>;
}

/**
 * Reads the policy file, which must be there when `required`; without one the standard policy holds. Throws SettingsInvalid at the
 * start. Once a file was in force, its disappearance does not bring the standard policy back: that one might allow more.
 */
export async function openPolicy({
  file,
  required,
  systems,
  note,
  language,
  log,
}: {
  readonly file: string;
  readonly required: boolean;
  readonly systems: readonly string[];
  /** Told that other rules hold from now on. */
  readonly note: (event: AuditEvent) => Promise<void>;
  /** The admins'. */
  readonly language: Language;
  readonly log: Log;
}): Promise<PolicyStore> {
  let policy = standardPolicy;
  let seen: string | undefined;
  let troubled = false;

  const read = async () => parsePolicy(await readFile(file, "utf8"), file, systems);

  async function markNow(): Promise<string | undefined> {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && !required && seen === undefined) return undefined;
      throw new SettingsInvalid(`${file}: the access policy cannot be read (${error.code})`, { operation: "access.read", cause: error });
    });
    if (found && found.size > largestFile) throw new SettingsInvalid(`${file}: the access policy is larger than ${largestFile} bytes`);
    return found && `${found.mtimeMs} ${found.size} ${found.ino}`;
  }

  /** True when a policy was read anew. */
  async function look(): Promise<boolean> {
    const mark = await markNow();
    if (mark === undefined || mark === seen) return false;
    policy = await read();
    seen = mark;
    return true;
  }

  await look();
  return {
    current: () => policy,
    get file() {
      return seen === undefined ? undefined : file;
    },
    async check() {
      if ((await markNow()) !== undefined) await read();
    },
    async refresh(alerts) {
      try {
        const changed = await look();
        if (changed) {
          log.info("the access policy was read anew", { file });
          await note({ name: "access.reloaded", actor: "svyaz", trace: randomUUID(), payload: { file, mark: seen ?? null } });
        }
        if (troubled) await alerts.resolve(alertKey);
        troubled = false;
      } catch (error) {
        if (!(error instanceof SettingsInvalid)) throw error;
        // Told once, not every time the clock comes round.
        if (!troubled)
          await alerts.raise({
            key: alertKey,
            level: "critical",
            title: texts(language).alerts.policyTitle(file),
            text: error.message,
          });
        troubled = true;
      }
    },
  };
}
