import type { Access, Operation, Ruling } from "../../src/domain/access.js";
import type { Approvals, Approved } from "../../src/domain/approval.js";
import type { ConnectorDefinition } from "../../src/domain/connector.js";
import type { Log } from "../../src/domain/log.js";
import type { Metrics } from "../../src/domain/metrics.js";
import type { Person } from "../../src/domain/people.js";
import type { SignInOwner, SignIns } from "../../src/domain/sign-in.js";
import type { Secret, Vault } from "../../src/domain/vault.js";
import { readInstances, variableOf } from "../../src/connectors/kit/define.js";
import { createSystems } from "../../src/connectors/kit/systems.js";
import type { SystemsOptions } from "../../src/connectors/kit/systems.js";
import { createFakeAudit } from "../fakes/audit.js";

export const anchorNow = new Date("2026-11-20T09:00:00.000Z");

/** A person who exists in the test alone. */
export function person(id: string, principals: readonly string[] = []): Person {
  return { id, name: id, language: "ru", timeZone: "Europe/Moscow", roles: ["sales"], principals };
}

/** Lets everybody do what the test's ruling says; tests change it as they go. A read is allowed or denied. */
export function createFakeAccess() {
  const access: Pick<Access, "decide"> & { ruling: Ruling; asked: Operation[] } = {
    ruling: { effect: "ask", scope: "all" },
    asked: [],
    async decide(_person, operation) {
      access.asked.push(operation);
      const { effect, scope } = access.ruling;
      return { effect: operation.verb === "read" && effect !== "deny" ? "allow" : effect, scope };
    },
  };
  return access;
}

/** Holds what the test agreed to; a press is a line in a test. */
export function createFakeApprovals(): Pick<Approvals, "holds"> & { readonly agreed: Set<string> } {
  const agreed = new Set<string>();
  return { agreed, holds: async (approved) => agreed.has(approved.approval) };
}

export function secret(value: string): Secret {
  return { reveal: () => value };
}

export function createFakeVault(values: Record<string, string>): Vault {
  return {
    of: ({ system, person: owner }) => ({
      get: async (name) => {
        const value = values[`${variableOf(system, name)}${owner === undefined ? "" : `@${owner}`}`];
        return value === undefined ? undefined : secret(value);
      },
      update: () => Promise.reject(new Error("not for this test")),
      remove: async () => undefined,
    }),
    rotate: async () => ({ rewritten: 0 }),
  };
}

/** Remembers what was said of sign-ins, in order. */
export function createFakeSignIns(): SignIns & { readonly said: string[] } {
  const said: string[] = [];
  const say = (what: string) => async (owner: SignInOwner) => void said.push(`${what} ${owner.system}:${owner.person ?? ""}`);
  return {
    said,
    connected: say("connected"),
    lost: say("lost"),
    forgotten: say("forgotten"),
    appRefused: async (system) => void said.push(`app refused ${system}`),
    // Said with every renewal.
    appTaken: async () => undefined,
    state: async () => undefined,
    toReconnect: async () => [],
  };
}

export function createFakeMetrics(): Metrics & { readonly lines: { name: string; labels: Record<string, string> }[] } {
  const lines: { name: string; labels: Record<string, string> }[] = [];
  const keep = (name: string, labels = {}) => void lines.push({ name, labels });
  return { lines, count: keep, set: (name, _value, labels) => keep(name, labels), observe: (name, _value, labels) => keep(name, labels) };
}

export function createFakeLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (message: string, details?: unknown) => void lines.push(`${message} ${JSON.stringify(details)}`);
  const log: Log & { lines: string[] } = { lines, debug: write, info: write, warn: write, error: write, with: () => log };
  return log;
}

/** The real gate over the real connectors, with everything around it made of plain objects. */
export function openHarness(
  definitions: readonly ConnectorDefinition[],
  environment: Record<string, string>,
  options: Partial<SystemsOptions> & { readonly now?: () => Date } = {},
) {
  const access = createFakeAccess();
  const approvals = createFakeApprovals();
  const audit = createFakeAudit();
  const metrics = createFakeMetrics();
  const log = createFakeLog();
  const { instances, problems } = readInstances(definitions, environment);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const systems = createSystems({
    instances,
    vault: createFakeVault(environment),
    signIns: createFakeSignIns(),
    access,
    approvals,
    audit,
    metrics,
    log,
    now: () => anchorNow,
    patience: { pauseMs: 5, budgetMs: 20_000 },
    ...options,
  });
  let count = 0;

  /** A card that was shown, agreed to by its asker, and is being written. */
  function agree<Draft>(
    system: string,
    draft: Draft,
    by: Person,
    more: Partial<Pick<Approved<Draft>, "approval" | "agreedBy">> = {},
  ): Approved<Draft> {
    count += 1;
    const approval = more.approval ?? `approval-${Date.now().toString(36)}-${count}`;
    approvals.agreed.add(approval);
    const askedAt = (options.now ?? (() => anchorNow))();
    return { approval, system, draft, askedBy: by, agreedBy: [by], askedAt, ...more } as unknown as Approved<Draft>;
  }

  return { systems, access, approvals, audit, metrics, log, agree };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
