import type { Family } from "./access.js";
import type { AnalyticsConnector } from "./analytics.js";
import type { CrmConnector } from "./crm.js";
import type { DocumentConnector } from "./documents.js";
import type { ErpConnector } from "./erp.js";
import type { SvyazError } from "./errors.js";
import type { Log } from "./log.js";
import type { Person } from "./people.js";
import type { Schema } from "./schema.js";
import type { Survey } from "./survey.js";
import type { SyncSource } from "./sync.js";
import type { Secret, Secrets } from "./vault.js";
import type { WebhookSource } from "./webhook.js";

/**
 * One outside system, opened for one person (or for Svyaz itself, when nobody is asking).
 * What it can do is what it has: `connector.crm` is the whole capability check.
 */
export interface Connector {
  readonly crm?: CrmConnector;
  readonly erp?: ErpConnector;
  readonly documents?: DocumentConnector;
  readonly analytics?: AnalyticsConnector;
  readonly sync?: SyncSource;
  readonly webhook?: WebhookSource;
  /** Tells an admin what the system is and what the account may there. Reads alone, and as little as that takes. */
  survey?(signal: AbortSignal): Promise<Survey>;
  /** Cheapest call that proves address, credentials and rights. Throws the error an admin should read. */
  check(signal: AbortSignal): Promise<Checked | void>;
  close?(): Promise<void>;
}

/** What a check has found besides that all is well. */
export interface Checked {
  /** When the sign-in ends that Svyaz itself goes by, where it says so. */
  readonly expiresAt?: Date;
}

/** What a connector folder exports: everything the rest of Svyaz needs to know before opening it. */
export interface ConnectorDefinition<Settings = unknown> {
  /** Folder name and settings prefix; the default instance's `system`. */
  readonly id: string;
  readonly title: string;
  /** What it may be able to do, so that a question about stock opens no CRM. Absent: found out by opening it. */
  readonly families?: readonly Family[];
  /** It often stands in the company's own network: its host name may lead to a private address. */
  readonly privateNetwork?: boolean;
  /** Keys are written as they are in the environment, without the prefix: BASE_URL, TIME_ZONE. */
  readonly settings: Schema<Settings>;
  /** Every way in that the system has, best first. */
  readonly signIn: readonly SignIn<Settings>[];
  /** Secrets that sign nobody in and need not be set, such as that of a web hook's signature: name → where an admin finds it. */
  readonly secrets?: Readonly<Record<string, string>>;
  limits(settings: Settings): Limits;
  /** Host patterns a redirect may lead to besides the own host; followed without credentials, address checked. */
  readonly redirects?: readonly string[];
  /** The largest webhook body taken; 1 MB unless said. */
  readonly webhookBytes?: number;
  /** Names of an entity's `fields` and `keys` that the mirror stores encrypted. */
  readonly sensitive?: readonly string[];
  open(settings: Settings, context: ConnectorContext): Connector | Promise<Connector>;
}

/** The system's published limits, kept by `http` so that no connector has to remember them. People go before jobs. */
export interface Limits {
  readonly perSecond: number;
  readonly atOnce: number;
  readonly perDay?: number;
  /** What the vendor counts by, when that is not the instance: a portal, an account. */
  readonly account?: string;
}

/** `http` sends the token, or the first secret, as a bearer unless `headers` says otherwise. */
export type SignIn<Settings = unknown> =
  | { readonly kind: "none" }
  | {
      readonly kind: "secret";
      readonly names: readonly string[];
      /** Where an admin finds each of them, for `.env.example`. */
      readonly descriptions?: Readonly<Record<string, string>>;
      headers?(secrets: Readonly<Record<string, Secret>>): Readonly<Record<string, string>>;
    }
  | OAuth<Settings>;

/**
 * Authorization code flow; the app that an admin registers at the vendor is the secrets CLIENT_ID and CLIENT_SECRET.
 * The tokens are kept in the vault by the name "oauth", one set a person and one for everybody.
 */
export interface OAuth<Settings = unknown> {
  readonly kind: "oauth2";
  /** The fewest that its calls need; none where the vendor fixes them in the app. */
  readonly scopes: readonly string[];
  /** S256, where the vendor takes part in it. */
  readonly pkce: boolean;
  /** How token requests are written; as a form unless said. */
  readonly tokenRequests?: "form" | "json";
  /** Where an admin finds CLIENT_ID and CLIENT_SECRET, for `.env.example`. */
  readonly descriptions?: Readonly<Record<"CLIENT_ID" | "CLIENT_SECRET", string>>;
  /** With the parameters that only this vendor wants (`audience`, `mode`). */
  authorizeUrl(settings: Settings): string;
  /**
   * `callback` is what the vendor sent back with the code (amoCRM's `referer`, Bitrix24's host); empty for a refresh. The client's
   * secret goes there, so a host that is not the configured one is refused with RequestRefused.
   */
  tokenUrl(settings: Settings, callback: Readonly<Record<string, string>>): string;
  /** RFC 7009, where the vendor has it. */
  revokeUrl?(settings: Settings): string;
  /** Where calls with this token go, when that is not BASE_URL: Confluence's gateway. `signedIn` is empty during `afterSignIn`. */
  baseUrl?(settings: Settings, signedIn: Readonly<Record<string, string>>): string;
  /** Says of a refused token request that the grant itself is spent, where the vendor has other words for `invalid_grant`. */
  grantRefused?(status: number, body: string): boolean;
  /**
   * What must be found out once, and is kept beside the token: Confluence's site. `user` is the id of who has signed in there, as
   * principals name it: a token that somebody else signed in for is not kept.
   */
  afterSignIn?(settings: Settings, http: Http): Promise<Readonly<Record<string, string>>>;
}

/** Everything a connector may touch. It has no other way to the network, the clock or a secret. */
export interface ConnectorContext {
  /** The instance that it is; goes into every ref. */
  readonly system: string;
  readonly actingFor: Person | "svyaz";
  /** What `afterSignIn` found. */
  readonly signedIn: Readonly<Record<string, string>>;
  readonly http: Http;
  /** The same object for all who go by the same sign-in: what may be known in common is kept by it. */
  readonly secrets: Secrets;
  readonly now: () => Date;
  readonly log: Log;
  /** For systems reached by a driver and not by HTTP: the same limits, retries, metrics and audit. */
  call<T>(operation: string, run: (signal: AbortSignal) => Promise<T>, options?: { readonly repeatable?: boolean }): Promise<T>;
}

export interface Http {
  /** Turns a bad status into one of our errors and checks the body against `answer`, which sees `undefined` on 204. */
  request<T>(request: HttpRequest & { readonly answer: Schema<T> }): Promise<T>;
  /** The bare answer: bytes, streams, cookies, headers. Same limits, retries, metrics and audit. */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  /** Pairs where a key repeats (`filter[id][]`). A space is written %20. */
  readonly query?: Readonly<Record<string, string | number | undefined>> | readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?:
    | { readonly json: unknown }
    | { readonly form: readonly (readonly [string, string])[] }
    | { readonly multipart: readonly { readonly name: string; readonly fileName?: string; readonly value: string | Uint8Array }[] }
    | { readonly text: string; readonly mediaType: string };
  /** Does a second one do no harm? GET: yes; everything else: no, unless said. */
  readonly repeatable?: boolean;
  readonly timeoutMs?: number;
  /** The largest answer taken; 20 MB unless said. */
  readonly maxBytes?: number;
  /**
   * Reads the vendor's own words of a status from 400 on. An error returned is the call's end, never repeated;
   * for a write it also says "refused, nothing was written". Undefined leaves it to the general rule.
   */
  refusal?(status: number, body: string): SvyazError | undefined;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A connector behind the gate, and the name it goes by. */
export interface OpenSystem extends Connector {
  readonly system: string;
  readonly title: string;
}

/** A system that certainly has this ability: `With<"crm">`. */
export type With<F extends Family> = OpenSystem & Required<Pick<Connector, F>>;

export interface Found<F extends Family> {
  readonly ready: readonly With<F>[];
  /** "Connect yours first", "does not answer": the reply says what is missing; the others answer all the same. */
  readonly missing: readonly { readonly system: string; readonly error: SvyazError }[];
}

/** All configured systems. Nobody else opens a connector; one is opened when first asked for and closed when idle. */
export interface Systems {
  /** In the person's name: their own token where there is one, else the service account narrowed to them. */
  for<F extends Family>(person: Person, family: F, call: Call): Promise<Found<F>>;
  /** With Svyaz's own account: for synchronisation, web hooks and health checks, and what an admin has it do (`actor`, "cli:root"). */
  forSvyaz(system: string, by?: { readonly actor: string }): Promise<OpenSystem>;
  readonly configured: readonly { readonly system: string; readonly definition: ConnectorDefinition }[];
}

/** For whom and within what a call is made: ends in the audit rows and in time-outs. */
export interface Call {
  /** The turn's, the run's or the approval's id. */
  readonly trace: string;
  /** As the audit log names the caller; the person's id unless said ("cli:root as anna"). */
  readonly actor?: string;
  readonly signal?: AbortSignal;
}
