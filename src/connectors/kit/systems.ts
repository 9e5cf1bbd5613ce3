import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Access, Family } from "../../domain/access.js";
import type { Approvals } from "../../domain/approval.js";
import type { AuditLog } from "../../domain/audit.js";
import type { Call, Connector, Found, OpenSystem, SignIn, Systems, With } from "../../domain/connector.js";
import { NotFound, SignInNeeded, SvyazError, SystemUnavailable } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { Metrics } from "../../domain/metrics.js";
import type { Person } from "../../domain/people.js";
import type { SignInOwner, SignInProvider, SignIns } from "../../domain/sign-in.js";
import type { Secret, Secrets, Vault } from "../../domain/vault.js";
import type { Patience } from "./attempts.js";
import { namesOf, variableOf } from "./define.js";
import type { Instance } from "./define.js";
import { createGate } from "./gate.js";
import type { Gate } from "./gate.js";
import { guardCrm } from "./gate-crm.js";
import { guardAnalytics, guardDocuments, guardErp, guardSurvey, guardSync, guardWebhook } from "./gate-others.js";
import { createHttp } from "./http.js";
import type { SignedIn } from "./http.js";
import { createAccount } from "./limits.js";
import type { Account, Sharing } from "./limits.js";
import { createTokens } from "./sign-in.js";

export interface SystemsOptions {
  readonly instances: readonly Instance[];
  readonly vault: Vault;
  readonly signIns: SignIns;
  readonly access: Pick<Access, "decide">;
  readonly approvals: Pick<Approvals, "holds">;
  readonly audit: AuditLog;
  /** Pilot mode: the gate refuses every change. */
  readonly readOnly?: boolean;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  /** How several processes keep the accounts' rates together; absent: this one is alone. */
  readonly shared?: Sharing;
  /** How long a connector nobody uses stays open, milliseconds; ten minutes unless said. */
  readonly idleMs?: number;
  /** Other pauses and time-outs than `http` has by itself (tests). */
  readonly patience?: Partial<Patience>;
  readonly timeoutMs?: number;
}

/** One way in, with all that it needs at hand. */
interface Entrance {
  readonly signIn: SignIn;
  readonly secrets: Secrets;
  readonly owner: SignInOwner;
  /** What `afterSignIn` found. */
  readonly found: Readonly<Record<string, string>>;
}

interface Opened {
  readonly connector: Connector;
  readonly ownSignIn: boolean;
  busy: number;
  usedAt: number;
}

/** What somebody no longer waits for may end by itself so long when the service stops. */
const closeMs = 3_000;
const families = ["crm", "erp", "documents", "analytics"] as const;

/**
 * Opens connectors, one a person and system, and hands them out behind the gate only. Limiters belong to the
 * vendor's account and outlive connectors, so many persons together keep within it.
 */
export function createSystems(options: SystemsOptions): Systems & { readonly signIn: SignInProvider; close(): Promise<void> } {
  const { instances, vault, idleMs = 600_000 } = options;
  const tokens = createTokens(options);
  const accounts = new Map<string, Account>();
  const opened = new Map<string, Promise<Opened>>();
  const secrets = new Map<string, Secrets>();
  const exits = new Set<() => Promise<void>>();
  /** Calls under way, with their audit rows. */
  const running = new Set<Promise<void>>();
  /** What opening has shown a system to be able to, where its definition does not say. */
  const shown = new Map<string, readonly Family[]>();
  const sweep = setInterval(() => void closeIdle(), Math.min(idleMs, 60_000)).unref();

  function secretsOf(system: string, person?: string): Secrets {
    const key = `${system} ${person ?? ""}`;
    const known = secrets.get(key) ?? vault.of({ system, person });
    secrets.set(key, known);
    return known;
  }

  async function connect(instance: Instance, who: Person | "svyaz"): Promise<Opened> {
    const { system } = instance;
    const own = who === "svyaz" ? undefined : await wayIn(instance, { system, person: who.id });
    const ownSignIn = own !== undefined && own.signIn.kind !== "none";
    const way = ownSignIn ? own : await wayIn(instance, { system });
    if (!way) throw notSignedIn(instance, await tokens.offers(system));
    // Rights hang on the person, hours and words on their settings, the address on where they signed in: a changed one gets a new connector.
    const reader = who === "svyaz" ? "" : `${who.id} ${who.timeZone} ${who.language} ${ownSignIn}`;
    const key = `${system} ${reader} ${way.signIn.kind} ${JSON.stringify(way.found)}`;
    let entry = opened.get(key);
    if (!entry) {
      entry = open(instance, who, way, ownSignIn);
      opened.set(key, entry);
      entry.catch(() => opened.delete(key));
    }
    const found = await entry;
    found.usedAt = performance.now();
    return found;
  }

  async function open(instance: Instance, who: Person | "svyaz", way: Entrance, ownSignIn: boolean): Promise<Opened> {
    const { system, definition, settings } = instance;
    const log = options.log.with({ system });
    const { signIn, secrets, owner, found } = way;
    const own = signIn.kind === "oauth2" ? signIn.baseUrl?.(settings, found) : undefined;
    const address = own ?? (settings as { readonly BASE_URL?: unknown } | undefined)?.BASE_URL;
    const exit = createHttp({
      system,
      baseUrl: typeof address === "string" ? address : undefined,
      signIn: () => (signIn.kind === "oauth2" ? tokens.proof(owner) : signedIn(signIn, secrets, instance)),
      account: accountOf(instance),
      background: who === "svyaz",
      redirects: definition.redirects,
      privateNetwork: definition.privateNetwork,
      metrics: options.metrics,
      log,
      patience: options.patience,
      timeoutMs: options.timeoutMs,
    });
    exits.add(exit.close);
    const context = { system, actingFor: who, signedIn: found, http: exit.http, secrets, now: options.now, log, call: exit.call };
    const connector = await definition.open(settings, context);
    return { connector, ownSignIn, busy: 0, usedAt: performance.now() };
  }

  /** The best way in of those whose secrets are all there. A sign-in that the vendor has ended is not passed over in silence. */
  async function wayIn({ system, definition }: Instance, owner: SignInOwner): Promise<Entrance | undefined> {
    const held = secretsOf(system, owner.person);
    for (const signIn of definition.signIn) {
      const way = { signIn, secrets: held, owner, found: {} };
      if (signIn.kind === "none") return way;
      if (signIn.kind === "oauth2") {
        const kept = await tokens.kept(owner);
        if (kept?.lost) await tokens.proof(owner);
        if (kept) return { ...way, found: kept.found };
        continue;
      }
      const values = await Promise.all(signIn.names.map((name) => held.get(name)));
      if (values.every((secret) => secret !== undefined)) return way;
    }
    return undefined;
  }

  function accountOf({ system, definition, settings }: Instance): Account {
    const limits = definition.limits(settings);
    const key = `${definition.id} ${limits.account ?? system}`;
    const known = accounts.get(key) ?? createAccount(system, limits, { now: options.now, account: key, shared: options.shared });
    accounts.set(key, known);
    return known;
  }

  function guard(instance: Instance, found: Opened, who: Person | "svyaz", call: Call): OpenSystem {
    const { system, definition } = instance;
    const { connector, ownSignIn } = found;
    const gate: Gate = createGate({ ...options, system, who, ownSignIn, call, hold });
    const { crm, erp, documents, analytics, sync, webhook } = connector;
    return {
      system,
      title: definition.title,
      ...(crm && { crm: guardCrm(crm, gate) }),
      ...(erp && { erp: guardErp(erp, gate) }),
      ...(documents && { documents: guardDocuments(documents, gate, system) }),
      ...(analytics && { analytics: guardAnalytics(analytics, gate) }),
      ...(who === "svyaz" && sync && { sync: guardSync(sync, gate) }),
      ...(who === "svyaz" && connector.survey && { survey: guardSurvey(connector.survey.bind(connector), gate) }),
      ...(who === "svyaz" && webhook && { webhook: guardWebhook(webhook, gate) }),
      check: (signal) => gate.carry(() => connector.check(signal)),
    };

    async function hold<T>(act: () => Promise<T>): Promise<T> {
      found.busy += 1;
      const work = act();
      const ended = work.then(
        () => undefined,
        () => undefined,
      );
      running.add(ended);
      try {
        return await work;
      } finally {
        running.delete(ended);
        found.busy -= 1;
        found.usedAt = performance.now();
      }
    }
  }

  async function closeIdle(): Promise<void> {
    for (const [key, entry] of opened) {
      const found = await entry.catch(() => undefined);
      if (!found || found.busy > 0 || performance.now() - found.usedAt < idleMs) continue;
      opened.delete(key);
      // Its http stays usable for whoever still holds it; unused sockets close by themselves.
      await found.connector
        .close?.()
        .catch((error: unknown) => options.log.warn("closing a connector failed", { key, error: String(error) }));
    }
  }

  return {
    configured: instances.map(({ system, definition }) => ({ system, definition })),
    signIn: tokens,

    async for<F extends Family>(person: Person, family: F, call: Call): Promise<Found<F>> {
      const ready: With<F>[] = [];
      const missing: { system: string; error: SvyazError }[] = [];
      const fitting = instances.filter(({ system, definition }) => (definition.families ?? shown.get(system))?.includes(family) ?? true);
      const found = await Promise.allSettled(fitting.map((instance) => connect(instance, person)));
      found.forEach((result, index) => {
        const instance = fitting[index] as Instance;
        if (result.status === "rejected") return missing.push({ system: instance.system, error: ours(result.reason, instance.system) });
        shown.set(
          instance.system,
          families.filter((one) => result.value.connector[one] !== undefined),
        );
        if (result.value.connector[family] === undefined) return undefined;
        return ready.push(guard(instance, result.value, person, call) as With<F>);
      });
      return { ready, missing };
    },

    async forSvyaz(system, by) {
      const instance = instances.find((one) => one.system === system);
      if (!instance) throw new NotFound(`there is no system ${system}`, { system });
      return guard(instance, await connect(instance, "svyaz"), "svyaz", { trace: randomUUID(), actor: by?.actor });
    },

    async close() {
      clearInterval(sweep);
      await Promise.race([Promise.all(running), delay(closeMs, undefined, { ref: false })]);
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.allSettled(all.map(async (result) => (result.status === "fulfilled" ? result.value.connector.close?.() : undefined)));
      await Promise.allSettled([...exits].map((exit) => exit()));
      for (const account of accounts.values()) account.close();
      tokens.close();
    },
  };
}

/** Asked for before each attempt, so a changed secret holds at once. */
async function signedIn(way: SignIn, secrets: Secrets, instance: Instance): Promise<SignedIn> {
  if (way.kind !== "secret") return { headers: {}, secrets: [] };
  const found: Record<string, Secret> = {};
  for (const name of way.names) {
    const secret = await secrets.get(name);
    if (!secret) throw notSignedIn(instance, false);
    found[name] = secret;
  }
  const first = way.names[0];
  const headers = way.headers?.(found) ?? (first === undefined ? {} : { authorization: `Bearer ${found[first]?.reveal()}` });
  const values = [...Object.values(found).map((secret) => secret.reveal()), ...Object.values(headers)];
  return { headers, secrets: values };
}

/** `offered`: the one who asked can sign in by themselves. */
function notSignedIn({ system, definition }: Instance, offered: boolean): SignInNeeded {
  const names = definition.signIn.flatMap((way) => (way.kind === "secret" ? namesOf(way).map((name) => variableOf(system, name)) : []));
  const ways = [names.length === 0 ? "" : `set ${names.join(" and ")}`, offered ? `sign in: svyaz connect ${system}` : ""].filter(Boolean);
  return new SignInNeeded(`${system}: nobody has signed in${ways.length === 0 ? "" : `: ${ways.join(", or ")}`}`, { system }, offered);
}

function ours(error: unknown, system: string): SvyazError {
  return error instanceof SvyazError ? error : new SystemUnavailable(`${system}: could not be opened`, { system, cause: error });
}
