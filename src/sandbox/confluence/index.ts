import type { Company } from "../company.js";
import type { Faults } from "../faults.js";
import {
  type Control,
  type Counters,
  createRouter,
  type Rate,
  type Route,
  type SandboxAnswer,
  type SandboxRequest,
  startServer,
} from "../http.js";
import type { RegisteredApp } from "../grants.js";
import { openJournal } from "../journal.js";
import type { Library, Viewers } from "../library.js";
import type { Account, Edition } from "./identities.js";
import { type Media, startMedia } from "./media.js";
import { type ConfluenceOAuth, createOAuth } from "./oauth.js";
import { html, refuse, refuseV2 } from "./refusals.js";
import type { Call, Site } from "./site.js";
import { createStore, type Entry, type Store } from "./store.js";
import { V1_READS, visibleAttachment } from "./v1-reads.js";
import { V1_WRITES } from "./v1-writes.js";
import { V2 } from "./v2.js";

export { SERVICE_ACCOUNT } from "./identities.js";
export type { Store as ConfluenceStore } from "./store.js";

const CONTEXTS: Readonly<Record<Edition, string>> = { cloud: "/wiki", "data-center": "/confluence" };
const VERSION = "10.2.10";

export interface ConfluenceOptions {
  readonly company: Company;
  readonly library: Library;
  readonly edition: Edition;
  /** Where changes are kept; without a folder they last as long as the server. */
  readonly dir?: string;
  readonly port?: number;
  /** Token by employee id; `SERVICE_ACCOUNT` ("svyaz") is the administrator who sees everything. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Cloud: the app that people sign in through. */
  readonly app?: RegisteredApp;
  /** Opens `/__sandbox/` for tests in other processes. */
  readonly control?: boolean;
  readonly now: () => Date;
  /** Over it: 429 with `Retry-After`. */
  readonly perSecond?: number;
}

export interface ConfluenceServer {
  /** With the context: "http://127.0.0.1:41234/wiki". */
  readonly url: string;
  readonly store: Store;
  readonly faults: Faults;
  /** Codes and tokens, where people may sign in. */
  readonly oauth?: ConfluenceOAuth;
  counters(): Counters;
  close(): Promise<void>;
}

/**
 * Starts a Confluence site. Cloud answers v1 and v2 below `/wiki` to Basic e-mail:token, and through the gateway to a person's bearer token;
 * Data Center answers v1 below `/confluence` to a bearer personal access token.
 */
export async function startConfluence(options: ConfluenceOptions): Promise<ConfluenceServer> {
  const { company, library, edition, now } = options;
  const context = CONTEXTS[edition];
  const journal = await openJournal<Entry>(options.dir, `confluence-${edition}`);
  const store = createStore(company, library, journal, now);
  const media: Media | undefined = edition === "cloud" ? await startMedia(store.attachments) : undefined;
  const site: Site = { edition, store, timeZone: company.timeZone, now, context, mediaUrl: (attachment) => media?.urlOf(attachment) ?? "" };
  const credentials = credentialsOf(edition, store, options.tokens);
  const oauth =
    options.app && edition === "cloud"
      ? await createOAuth({ identities: store.identities, app: options.app, dir: options.dir, now })
      : undefined;
  const route = createRouter(
    [...V1_READS, ...V1_WRITES, ...(edition === "cloud" ? V2 : DATA_CENTER_ONLY)].map((one) => below(context, one)),
  );
  const download = createRouter(DOWNLOADS.map((one) => below(context, one)));

  const handler = async (came: SandboxRequest): Promise<SandboxAnswer> => {
    const signingIn = await oauth?.answer(came, `http://${came.headers.host ?? ""}`);
    if (signingIn) return signingIn;
    // A person's token works at the gateway alone, and the gateway takes nothing else.
    const gateway = oauth?.gateway(came);
    const request = gateway ? { ...came, path: gateway.path } : came;
    if (!request.path.startsWith(`${context}/`)) return html(404, "Page Not Found");
    const given = request.headers.authorization;
    const account = gateway ? gateway.account : given === undefined ? undefined : credentials.get(given);
    if (!account) return stranger(request, edition, context, given !== undefined || gateway !== undefined);
    const call: Call = { site, account, base: `http://${request.headers.host ?? ""}${context}` };
    const found = route(request);
    if (typeof found === "function") return await found(call);
    const file = download(request);
    if (typeof file === "function") return await file(call);
    if (found === "method") return { status: 405, headers: { allow: "GET" } };
    throw request.path.startsWith(`${context}/api/v2/`) ? refuseV2(404, "Not Found") : refuse(404, `null for uri: ${request.path}`);
  };

  const server = await startServer({
    port: options.port,
    handler,
    ...(options.perSecond === undefined ? {} : { rate: rateOf(edition, options.perSecond, now) }),
    ...(options.control ? { control: controlOf(store) } : {}),
  });
  return {
    url: `${server.url}${context}`,
    store,
    faults: server.faults,
    oauth,
    counters: () => server.counters(),
    close: async () => {
      await server.close();
      await media?.close();
      await oauth?.grants.close();
      await store.close();
    },
  };
}

const DATA_CENTER_ONLY: readonly Route<Call>[] = [
  { method: "GET", pattern: "/rest/api/server-information", run: () => ({ status: 200, body: { version: VERSION, buildNumber: "9109" } }) },
];

/** Bytes: Cloud sends to the media host, Data Center has them itself. */
const DOWNLOADS: readonly Route<Call>[] = [
  {
    method: "GET",
    pattern: "/rest/api/content/{page}/child/attachment/{id}/download",
    run: (_request, { page = "", id = "" }, call) => {
      const attachment = call.site.store.attachments.get(id.startsWith("att") ? id : `att${id}`);
      if (!attachment || attachment.pageId !== page) throw refuse(404, "No attachment found");
      visibleAttachment(call, attachment);
      if (call.site.edition !== "cloud") throw refuse(404, "null for uri: download");
      return { status: 302, headers: { location: call.site.mediaUrl(attachment) } };
    },
  },
  {
    method: "GET",
    pattern: "/download/attachments/{page}/{name}",
    run: (_request, { page = "", name = "" }, call): SandboxAnswer => {
      const attachment = [...call.site.store.attachments.values()].find((one) => one.pageId === page && one.name === name);
      if (!attachment) throw refuse(404, "No attachment found");
      visibleAttachment(call, attachment);
      if (call.site.edition === "cloud") return { status: 302, headers: { location: call.site.mediaUrl(attachment) } };
      return { status: 200, headers: { "content-type": attachment.mediaType }, body: Buffer.from(attachment.content, "base64") };
    },
  },
];

function below(context: string, route: Route<Call>): Route<Call> {
  return { ...route, pattern: context + route.pattern };
}

function credentialsOf(edition: Edition, { identities }: Store, tokens: Readonly<Record<string, string>>): ReadonlyMap<string, Account> {
  return new Map(
    Object.entries(tokens).map(([id, token]) => {
      const account = identities.byId(id);
      const basic = Buffer.from(`${account.email}:${token}`, "utf8").toString("base64");
      return [edition === "cloud" ? `Basic ${basic}` : `Bearer ${token}`, account];
    }),
  );
}

/** Nobody signed in is a visitor, of whom `user/current` makes no error; a wrong credential is one. */
function stranger(request: SandboxRequest, edition: Edition, context: string, tried: boolean): SandboxAnswer {
  if (!tried && request.path === `${context}/rest/api/user/current`) {
    return {
      status: 200,
      body: { type: "anonymous", displayName: "Anonymous", profilePicture: { path: "/images/icons/profilepics/anonymous.svg" } },
    };
  }
  if (edition === "data-center") return html(401, "Unauthorized (401)", { "www-authenticate": "Bearer" });
  if (!request.path.startsWith(`${context}/api/v2/`)) return { status: 401, body: { code: 401, message: "Unauthorized" } };
  return { status: 401, body: { errors: [{ status: 401, code: "UNAUTHORIZED", title: "Unauthorized", detail: null }] } };
}

function rateOf(edition: Edition, perSecond: number, now: () => Date): Rate {
  return {
    perSecond,
    refuse: () => {
      const headers = { "retry-after": "1", "x-ratelimit-limit": String(perSecond), "x-ratelimit-remaining": "0" };
      if (edition === "data-center") {
        const fill = { "x-ratelimit-fillrate": String(perSecond), "x-ratelimit-interval-seconds": "1" };
        return { status: 429, headers: { ...headers, ...fill, "content-type": "text/plain" }, body: "Rate limit exceeded" };
      }
      const reset = new Date(now().getTime() + 1_000).toISOString();
      return { status: 429, headers: { ...headers, "x-ratelimit-reset": reset }, body: { code: 429, message: "Rate limit exceeded" } };
    },
  };
}

/** What people do in the browser, for tests that run in another process. */
function controlOf(store: Store): Control {
  interface Command {
    readonly id: string;
    readonly title?: string;
    readonly body?: string;
    readonly viewers?: Viewers;
    readonly parentId?: string;
    readonly members?: readonly string[];
  }
  // The change itself is made before the call returns; only its way to the disk is still ahead.
  const command = (run: (input: Command) => Promise<void>) => (input: unknown) => void run(input as Command);
  return {
    dump: () => ({ changes: store.changes }),
    commands: {
      edit: command(({ id, title, body }) => store.edit(id, { title, body })),
      trash: command(({ id }) => store.trash(id)),
      restrict: command(({ id, viewers }) => store.restrict(id, viewers)),
      move: command(({ id, parentId = "" }) => store.move(id, parentId)),
      admit: command(({ id, viewers = { users: [], groups: [] } }) => store.admit(id, viewers)),
      members: command(({ id, members = [] }) => store.setMembers(id, members)),
    },
  };
}
