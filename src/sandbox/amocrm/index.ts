import type { Company } from "../company.js";
import type { Faults } from "../faults.js";
import { type Counters, createRouter, type Rate, type SandboxAnswer, type SandboxRequest, startServer } from "../http.js";
import type { Grants, RegisteredApp } from "../grants.js";
import { openJournal } from "../journal.js";
import { type AmoUser, createAccount, ENTITY_TYPES, type EntityType } from "./account.js";
import { type Call, forbidden, idOf, missing, problem } from "./answers.js";
import { createChanges } from "./changes.js";
import { DIRECTORY_ROUTES } from "./directory.js";
import { ENTITY_ROUTES } from "./entities.js";
import { createHooks } from "./hooks.js";
import { createOAuth } from "./oauth.js";
import { LINK_ROUTES } from "./links.js";
import { NOTE_ROUTES } from "./notes.js";
import { createSeed } from "./seed.js";
import { type Change, createStore, type Store } from "./store.js";
import { TASK_ROUTES } from "./tasks.js";
import { UNSORTED_ROUTES } from "./unsorted.js";
import { WEBHOOK_ROUTES } from "./webhooks.js";

export interface AmocrmSandbox {
  /** The account's address, without `/api/v4`. */
  readonly url: string;
  readonly store: Store;
  readonly faults: Faults;
  /** Codes and tokens, where people may sign in. */
  readonly grants?: Grants;
  counters(): Counters;
  /** What a person does in the vendor's screens: the API has no deletion. Puts the thing into the bin, with event and web hook. */
  remove(type: EntityType, id: number): Promise<void>;
  /** Takes it out of the bin. */
  restore(type: EntityType, id: number): Promise<void>;
  /** Resolves when every web hook under way was delivered or given up. */
  hooksSettled(): Promise<void>;
  close(): Promise<void>;
}

/**
 * An amoCRM account of the invented company: API v4 with a long-lived admin token, or with a user's own by OAuth, as the vendor documents it.
 * It keeps its changes in `<dir>/amocrm.jsonl`; without a folder they die with the server.
 */
export async function startAmocrm(options: {
  readonly company: Company;
  readonly dir?: string;
  readonly port?: number;
  readonly token: string;
  /** The integration that people sign in through. */
  readonly app?: RegisteredApp;
  /** Requests a second before 429; the vendor's limit is 7. */
  readonly perSecond?: number;
  /** Refusals within a minute before everything is answered with the 403 page, until the server is started again. */
  readonly blockAfter?: number;
  /** Serves `/__sandbox/` for tests in another process. */
  readonly control?: boolean;
  readonly now?: () => Date;
}): Promise<AmocrmSandbox> {
  const { company, token, now = () => new Date() } = options;
  const account = createAccount(company);
  const journal = await openJournal<readonly Change[]>(options.dir, "amocrm");
  const store = createStore(createSeed(company, account), journal);
  const seconds = () => Math.floor(now().getTime() / 1_000);
  let base = "";
  const hooks = createHooks({ store, account, base: () => base });
  const changes = createChanges({ store, account, hooks, now: seconds });
  const route = createRouter<Call>(ROUTES);
  const oauth = options.app && (await createOAuth({ account, app: options.app, dir: options.dir, now, host: () => new URL(base).host }));

  async function handle(request: SandboxRequest): Promise<SandboxAnswer> {
    const signingIn = await oauth?.answer(request);
    if (signingIn) return signingIn;
    const own = oauth?.userOf(request.headers.authorization);
    if (!own && request.headers.authorization !== `Bearer ${token}`) return problem(401, "Unauthorized", "Unauthorized");
    const run = route(request);
    if (run === "path") return problem(404, "Not Found", "Not Found");
    if (run === "method") return problem(405, "Method Not Allowed", "Method Not Allowed");
    const call: Call = { account, store, changes, caller: callerOf(request, own), now: seconds(), base };
    // Routes run without a pause, so what is written now is this request's alone: all of it, or after a refusal nothing.
    const answer = allOrNothing(() => run(call));
    await done();
    return answer;
  }

  function allOrNothing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      store.rollback();
      hooks.forget();
      throw error;
    }
  }

  function callerOf(request: SandboxRequest, own: AmoUser = account.admin): AmoUser {
    const header = request.headers["x-context-user-id"];
    if (header === undefined) return own;
    if (!own.is_admin) throw forbidden();
    const user = account.users.find(({ id }) => id === idOf(String(header)));
    if (!user) throw forbidden();
    return user;
  }

  /** Changes are on the disk before the client hears of them, and the receivers of web hooks after that. */
  async function done(): Promise<void> {
    const deliver = hooks.flush();
    await store.commit();
    deliver();
  }

  async function setDeleted(type: EntityType, id: number, is_deleted: boolean): Promise<void> {
    const touched = { is_deleted, updated_at: seconds(), updated_by: account.admin.id };
    const row = store.get(type, id);
    if (!row) throw missing();
    if (type === "leads") changes.lead({ ...(row as Parameters<typeof changes.lead>[0]), ...touched }, account.admin);
    else if (type === "contacts") changes.contact({ ...(row as Parameters<typeof changes.contact>[0]), ...touched }, account.admin);
    else changes.company({ ...row, ...touched }, account.admin);
    await done();
  }

  const server = await startServer({
    port: options.port,
    handler: handle,
    rate: rate(options.perSecond ?? 7, options.blockAfter ?? 100),
    ...(options.control
      ? {
          control: {
            dump: () => store.dump(),
            commands: {
              remove: (input) => setDeleted(...thing(input), true),
              restore: (input) => setDeleted(...thing(input), false),
            },
          },
        }
      : {}),
  });
  base = server.url;
  return {
    url: server.url,
    store,
    faults: server.faults,
    grants: oauth?.grants,
    counters: () => server.counters(),
    remove: (type, id) => setDeleted(type, id, true),
    restore: (type, id) => setDeleted(type, id, false),
    hooksSettled: () => hooks.settled(),
    close: async () => {
      await server.close();
      await journal.close();
      await oauth?.grants.close();
    },
  };
}

/** Fixed words first: `/leads/notes` is no lead. */
const ROUTES = [
  ...DIRECTORY_ROUTES,
  ...UNSORTED_ROUTES,
  ...NOTE_ROUTES,
  ...TASK_ROUTES,
  ...LINK_ROUTES,
  ...WEBHOOK_ROUTES,
  ...ENTITY_ROUTES,
];

/** Over the limit the vendor's web server answers, not the API: a page, no JSON. */
function rate(perSecond: number, blockAfter: number): Rate {
  const page = (status: number, title: string): SandboxAnswer => ({
    status,
    headers: { "content-type": "text/html" },
    body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  });
  return { perSecond, blockAfter, refuse: () => page(429, "Too Many Requests"), blocked: () => page(403, "Forbidden") };
}

function thing(input: unknown): [EntityType, number] {
  const { type, id } = (input ?? {}) as { readonly type?: unknown; readonly id?: unknown };
  const known = ENTITY_TYPES.find((one) => one === type);
  if (!known || typeof id !== "number") throw new Error(`sandbox: this needs {"type":"leads","id":1}`);
  return [known, id];
}
