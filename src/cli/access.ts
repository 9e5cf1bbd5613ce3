import { z } from "zod";
import type { App } from "../app.js";
import type { Family } from "../domain/access.js";
import { NotFound, RequestRefused, SvyazError } from "../domain/errors.js";
import { type Limits, lineFor, type PolicyLine, type WriteRule } from "../guard/policy.js";
import { errorSentence, texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

export const accessInputs = {
  "people.remove": z.object({ id: z.string() }),
  "people.suggest": z.object({ system: z.string().optional(), confirm: z.boolean() }),
  "access.check": z.object({}),
  "access.show": z.object({ person: z.string().optional(), json: z.boolean() }),
};

type Inputs = typeof accessInputs;

/** `svyaz people remove|suggest` and `svyaz access`. */
export const accessHandlers: {
  readonly [Name in keyof Inputs]: (app: App, args: z.infer<Inputs[Name]>, emit: Emit, user: string) => Promise<number>;
} = {
  async "people.remove"(app, { id }, emit, user) {
    const closed = await act(app, user, "person.removed", { person: id }, () => app.people.remove(id, app.now()));
    emit({ text: words(app).personRemoved(id, closed) });
    return 0;
  },

  async "people.suggest"(app, { system, confirm }, emit, user) {
    const all = app.systems.configured.map((one) => one.system);
    if (system && !all.includes(system))
      throw new NotFound(`${system} is not configured; there are: ${all.join(", ")}`, { system, operation: "people.suggest" });
    let failed = 0;
    for (const name of system ? [system] : all) {
      try {
        const pairs = await suggestions(app, name);
        if (!pairs) continue;
        if (pairs.length === 0) emit({ text: words(app).noSuggestions(name) });
        for (const { person, principal, called, email } of pairs) {
          if (confirm)
            await act(app, user, "person.linked", { person, principal, how: "e-mail, confirmed" }, () =>
              app.people.link(person, name, principal),
            );
          emit({ text: words(app).suggestion(person, principal, called, email) });
        }
        if (pairs.length > 0 && !confirm) emit({ text: words(app).confirmSuggestions(name) });
      } catch (error) {
        if (!(error instanceof SvyazError)) throw error;
        failed++;
        emit({ text: words(app).suggestFailed(name, `${errorSentence(error, app.settings.SVYAZ_LANGUAGE)} (${error.message})`) });
      }
    }
    return failed === 0 ? 0 : 1;
  },

  async "access.check"(app, _, emit) {
    await app.policy.check();
    emit({ text: words(app).policyFine(policyName(app)) });
    const lost = await rolesWithoutLine(app);
    if (lost.length > 0) emit({ text: words(app).rolesWithoutLine(lost.join(", ")) });
    return lost.length === 0 ? 0 : 1;
  },

  async "access.show"(app, { person: id, json }, emit) {
    const person = id === undefined ? undefined : await app.people.find(id);
    if (id !== undefined && !person)
      throw new NotFound(texts(app.settings.SVYAZ_LANGUAGE).cli.unknownPerson(id), { operation: "people.find" });
    const policy = app.policy.current();
    if (!json) emit({ text: app.policy.file === undefined ? words(app).policyStandard : words(app).policyFrom(app.policy.file) });
    for (const role of person?.roles ?? Object.keys(policy))
      for (const { system, family } of places(app)) {
        const line = lineFor(policy, role, system, family);
        if (json) emit({ json: { role, system, family, ...line } });
        else emit({ text: `${role.padEnd(12)} ${`${system} (${family})`.padEnd(28)} ${told(line, app)}` });
      }
    return 0;
  },
};

/** Throws unless the policy has all these roles: a misspelt one would give nothing, in silence. */
export function demandRoles(app: App, roles: readonly string[]): void {
  const known = Object.keys(app.policy.current());
  const unknown = roles.find((role) => !known.includes(role));
  if (unknown !== undefined) throw new RequestRefused(words(app).unknownRole(unknown, known), { operation: "people.role" });
}

/** What `svyaz doctor` says of the policy. */
export async function examinePolicy(app: App): Promise<string> {
  await app.policy.check();
  const lost = await rolesWithoutLine(app);
  return lost.length === 0 ? policyName(app) : `${policyName(app)}. ${words(app).rolesWithoutLine(lost.join(", "))}`;
}

function policyName(app: App): string {
  return app.policy.file ?? words(app).policyStandard;
}

async function rolesWithoutLine(app: App): Promise<readonly string[]> {
  const policy = app.policy.current();
  const active = (await app.people.list()).filter((one) => one.active);
  return active.flatMap(({ id, roles }) => roles.filter((role) => !Object.hasOwn(policy, role)).map((role) => `${id}: ${role}`));
}

interface Suggestion {
  readonly person: string;
  readonly principal: string;
  readonly called: string;
  readonly email: string;
}

/** Active users whose e-mail is one person's and no other user's, and who are not linked yet. Undefined where the system tells no e-mails. */
async function suggestions(app: App, system: string): Promise<readonly Suggestion[] | undefined> {
  const { crm } = await app.systems.forSvyaz(system);
  if (!crm) return undefined;
  const people = (await app.people.list()).filter(({ active }) => active);
  const found: Suggestion[] = [];
  const times = new Map<string, number>();
  for await (const { id, name, email, active } of crm.users()) {
    if (!email || !active) continue;
    const address = email.toLowerCase();
    times.set(address, (times.get(address) ?? 0) + 1);
    const principal = `${system}:user:${id}`;
    const person = people.find((one) => one.email?.toLowerCase() === address);
    if (!person || people.some(({ principals }) => principals.includes(principal))) continue;
    // Whoever is linked there already has a user, and a second one is for an admin to name.
    if (person.principals.some((one) => one.startsWith(`${system}:user:`))) continue;
    found.push({ person: person.id, principal, called: name, email: address });
  }
  return found.filter(({ email }) => times.get(email) === 1);
}

function places(app: App): readonly { readonly system: string; readonly family: Family | "svyaz" }[] {
  const configured = app.systems.configured.flatMap(({ system, definition }) =>
    (definition.families ?? (["crm", "erp", "documents", "analytics"] as const)).map((family) => ({ system, family })),
  );
  return [...configured, { system: "files", family: "documents" }, { system: "svyaz", family: "svyaz" }];
}

function told(line: PolicyLine | undefined, app: App): string {
  const { verbs, scopes, denied } = words(app);
  const scope = (one: string | undefined) => (one === undefined || one === "deny" ? denied : (scopes[one] ?? one));
  const write = (rule: WriteRule | "deny" | undefined) => (typeof rule === "object" ? toldRule(rule, app) : denied);
  const kinds = Object.entries(line?.kinds ?? {}).flatMap(([kind, rules]) =>
    (["create", "change"] as const).flatMap((verb) => (rules[verb] === undefined ? [] : [`${kind}: ${verbs[verb]} ${write(rules[verb])}`])),
  );
  return [
    `${verbs.read} ${scope(line?.read)}`,
    `${verbs.create} ${write(line?.create)}`,
    `${verbs.change} ${write(line?.change)}`,
    ...kinds,
  ].join(" · ");
}

function toldRule({ scope, approval, secondAbove, denyAbove }: WriteRule, app: App): string {
  const { scopes, needsSecond, secondAbove: second, denyAbove: deny } = words(app);
  return [
    scopes[scope] ?? scope,
    ...(approval === "second" ? [needsSecond] : []),
    ...(secondAbove ? [second(toldLimits(secondAbove))] : []),
    ...(denyAbove ? [deny(toldLimits(denyAbove))] : []),
  ].join(", ");
}

function toldLimits({ amount = [], discount }: Limits): string {
  return [...amount.map((one) => `${one.amount} ${one.currency}`), ...(discount === undefined ? [] : [`${discount} %`])].join(", ");
}

function act<T>(app: App, user: string, name: string, payload: Record<string, unknown>, run: () => Promise<T>): Promise<T> {
  return app.audit.during({ name, actor: `cli:${user}`, trace: crypto.randomUUID(), payload }, run);
}

function words(app: App) {
  return texts(app.settings.SVYAZ_LANGUAGE).access;
}
