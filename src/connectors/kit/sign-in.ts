import { z } from "zod";
import type { Http, OAuth } from "../../domain/connector.js";
import { NotFound, RequestRefused, SettingsInvalid, SignInNeeded } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { Metrics } from "../../domain/metrics.js";
import type { SignInOwner, SignInProvider, SignIns } from "../../domain/sign-in.js";
import type { Secret, Vault } from "../../domain/vault.js";
import type { Patience } from "./attempts.js";
import { forEverybody } from "./call-context.js";
import { type Instance, variableOf } from "./define.js";
import { createHttp } from "./http.js";
import type { SignedIn } from "./http.js";
import { createAccount } from "./limits.js";
import { createOAuthClient, GrantRefused } from "./oauth.js";

export interface TokensOptions {
  readonly instances: readonly Instance[];
  readonly vault: Vault;
  readonly signIns: SignIns;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  readonly patience?: Partial<Patience>;
  readonly timeoutMs?: number;
}

/** What is known of a sign-in without its tokens. */
export interface Kept {
  /** What `afterSignIn` found. */
  readonly found: Readonly<Record<string, string>>;
  readonly lost: boolean;
}

export interface Tokens extends SignInProvider {
  /** Undefined where the owner has never signed in. */
  kept(owner: SignInOwner): Promise<Kept | undefined>;
  /** A token good for another minute, fetched first where it must be. Throws SignInNeeded at once when the vendor takes it no more. */
  proof(owner: SignInOwner): Promise<SignedIn>;
  close(): void;
}

const secretName = "oauth";
/** A token that ends sooner may end on its way. */
const aheadMs = 60_000;
/** Besides the calls themselves; a vendor that counts them together is asked for a token rarely. */
const limits = { perSecond: 5, atOnce: 4 };
/** A vendor that does not take the app is asked again after so long, or as soon as its id or secret is another one. */
const appPauseMs = 60_000;

const Live = z.object({
  access: z.string(),
  refresh: z.string().optional(),
  /** Milliseconds since 1970. */
  expiresAt: z.number().optional(),
  redirectUri: z.string(),
  found: z.record(z.string(), z.string()),
});
type Live = z.infer<typeof Live>;
const Stored = z.union([Live, z.object({ lost: z.literal(true) })]);

/**
 * The tokens of OAuth sign-ins: one JSON secret an owner. `Secrets.update` lets one caller of all processes refresh; the new pair
 * is stored before anybody uses it, and the old one stays when no answer came, because the vendor may not have taken it.
 */
export function createTokens(options: TokensOptions): Tokens {
  const { instances, vault, signIns, now } = options;
  const account = createAccount("sign-in", limits, { now });
  const refreshing = new Map<string, Promise<Live>>();
  const refusedApps = new Map<string, { readonly app: string; readonly until: number; readonly error: SettingsInvalid }>();

  function wayOf(system: string): { readonly instance: Instance; readonly way: OAuth } {
    const instance = instances.find((one) => one.system === system);
    if (!instance) throw new NotFound(`there is no system ${system}`, { system, operation: "sign-in" });
    const way = instance.definition.signIn.find((one) => one.kind === "oauth2");
    if (!way) throw new RequestRefused(`${system}: people do not sign in to it by themselves`, { system, operation: "sign-in" });
    return { instance, way };
  }

  async function app(system: string): Promise<{ readonly clientId: string; readonly clientSecret: string } | undefined> {
    const secrets = vault.of({ system });
    const [id, secret] = await Promise.all([secrets.get("CLIENT_ID"), secrets.get("CLIENT_SECRET")]);
    return id && secret ? { clientId: id.reveal(), clientSecret: secret.reveal() } : undefined;
  }

  async function client(system: string) {
    const { instance, way } = wayOf(system);
    const registered = await app(system);
    if (!registered) {
      throw new RequestRefused(`${system}: set CLIENT_ID and CLIENT_SECRET of the app first`, { system, operation: "sign-in" });
    }
    const appNow = `${registered.clientId} ${registered.clientSecret}`;
    const oauth = createOAuthClient({
      system,
      settings: instance.settings,
      way,
      ...registered,
      reach: (address, secrets, act) => reach(instance, address, { headers: {}, secrets }, act),
    });
    return { instance, way, oauth, appNow };
  }

  async function reach<T>(instance: Instance, baseUrl: string, signedIn: SignedIn, act: (http: Http) => Promise<T>): Promise<T> {
    const { http, close } = createHttp({
      system: instance.system,
      baseUrl,
      signIn: async () => signedIn,
      account,
      background: false,
      privateNetwork: instance.definition.privateNetwork,
      metrics: options.metrics,
      log: options.log,
      patience: options.patience,
      timeoutMs: options.timeoutMs,
    });
    try {
      return await act(http);
    } finally {
      await close();
    }
  }

  /** Throws SignInNeeded; a loss that a crash kept quiet is told now. */
  async function demand(owner: SignInOwner, secret: Secret | undefined): Promise<Live> {
    const stored = read(secret);
    if (stored && "access" in stored) return stored;
    if (stored) await signIns.lost(owner);
    throw needed(owner);
  }

  /** `stale` is the token that is no good; when another one is stored by now, somebody has been here already. */
  function renew(owner: SignInOwner, stale: string): Promise<Live> {
    const key = `${owner.system} ${owner.person ?? ""}`;
    const running = refreshing.get(key);
    if (running) return running;
    const work = forEverybody(() => refresh(owner, stale)).finally(() => refreshing.delete(key));
    refreshing.set(key, work);
    return work;
  }

  async function refresh(owner: SignInOwner, stale: string): Promise<Live> {
    const stored = await vault.of(owner).update(secretName, async (current) => {
      const held = read(current);
      if (!current || !held) throw needed(owner);
      if (!("access" in held) || held.access !== stale) return current;
      if (held.refresh === undefined) return sealed({ lost: true });
      try {
        const grant = await refreshed(owner.system, held.refresh, held.redirectUri);
        return sealed({ ...held, ...timed(grant), refresh: grant.refresh ?? held.refresh });
      } catch (error) {
        if (!(error instanceof GrantRefused)) throw error;
        options.log.warn("a sign-in is over: the vendor takes its token no more", { ...owner, error });
        return sealed({ lost: true });
      }
    });
    return demand(owner, stored);
  }

  /** The app's secret is one for all people: when the vendor does not take it, it is not sent again for each of them. */
  async function refreshed(system: string, token: string, redirectUri: string) {
    const { oauth, appNow } = await client(system);
    const refused = refusedApps.get(system);
    if (refused?.app === appNow && now().getTime() < refused.until) throw refused.error;
    try {
      const grant = await oauth.refresh(token, redirectUri);
      refusedApps.delete(system);
      await signIns.appTaken(system);
      return grant;
    } catch (error) {
      if (!(error instanceof SettingsInvalid)) throw error;
      refusedApps.set(system, { app: appNow, until: now().getTime() + appPauseMs, error });
      await signIns.appRefused(system, [variableOf(system, "CLIENT_ID"), variableOf(system, "CLIENT_SECRET")]);
      throw error;
    }
  }

  function timed({ access, expiresIn }: { readonly access: string; readonly expiresIn?: number }) {
    return { access, expiresAt: expiresIn === undefined ? undefined : now().getTime() + expiresIn * 1_000 };
  }

  return {
    async offers(system) {
      const instance = instances.find((one) => one.system === system);
      return instance?.definition.signIn.some(({ kind }) => kind === "oauth2") === true && (await app(system)) !== undefined;
    },

    async begin(system, request) {
      const { oauth } = await client(system);
      return oauth.authorizeUrl(request);
    },

    async complete(owner, callback, { accept, ...request }) {
      const { instance, way, oauth } = await client(owner.system);
      const grant = await oauth.exchange(callback, request);
      let found: Readonly<Record<string, string>> = {};
      try {
        const address = way.baseUrl?.(instance.settings, {}) ?? (instance.settings as { readonly BASE_URL: string }).BASE_URL;
        const bearer = { headers: { authorization: `Bearer ${grant.access}` }, secrets: [grant.access] };
        if (way.afterSignIn)
          found = await reach(instance, address, bearer, async (http) => way.afterSignIn?.(instance.settings, http) ?? {});
        await accept(found["user"]);
      } catch (error) {
        await oauth.revoke(grant.refresh ?? grant.access).catch(() => false);
        throw error;
      }
      const tokens = { ...timed(grant), refresh: grant.refresh, redirectUri: request.redirectUri, found };
      await vault.of(owner).update(secretName, async () => sealed(tokens));
      await signIns.connected(owner);
    },

    async disconnect(owner) {
      const secrets = vault.of(owner);
      const secret = await secrets.get(secretName);
      if (!secret) return { erased: false, revoked: false };
      const held = read(secret);
      // Erased first: what the vendor does not answer must not keep the token here.
      await secrets.remove(secretName);
      await signIns.forgotten(owner);
      if (!held || !("access" in held)) return { erased: true, revoked: false };
      const { oauth } = await client(owner.system);
      const revoked = await oauth.revoke(held.refresh ?? held.access).catch((error: unknown) => {
        options.log.warn("a token was erased here and could not be revoked at the vendor", { ...owner, error });
        return false;
      });
      return { erased: true, revoked };
    },

    async kept(owner) {
      const secret = await vault.of(owner).get(secretName);
      const stored = secret && read(secret);
      if (!stored) return undefined;
      return "access" in stored ? { found: stored.found, lost: false } : { found: {}, lost: true };
    },

    async proof(owner) {
      let live = await demand(owner, await vault.of(owner).get(secretName));
      if (live.expiresAt !== undefined && live.expiresAt - now().getTime() < aheadMs) live = await renew(owner, live.access);
      const { access } = live;
      return { headers: { authorization: `Bearer ${access}` }, secrets: [access], renew: () => renew(owner, access) };
    },

    close: () => account.close(),
  };
}

function read(secret: Secret | undefined): z.infer<typeof Stored> | undefined {
  if (!secret) return undefined;
  try {
    return Stored.safeParse(JSON.parse(secret.reveal())).data;
  } catch {
    return undefined;
  }
}

/** A closure shows nothing when it is printed; the vault wraps it again. */
function sealed(stored: z.infer<typeof Stored>): Secret {
  const text = JSON.stringify(stored);
  return { reveal: () => text };
}

function needed({ system, person }: SignInOwner): SignInNeeded {
  const who = person === undefined ? "Svyaz" : person;
  return new SignInNeeded(`${system}: ${who} must sign in again: svyaz connect ${system}`, { system, operation: "sign-in" }, true);
}
