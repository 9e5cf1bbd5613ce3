import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createAccount } from "../../src/sandbox/amocrm/account.js";
import { type AmocrmSandbox, startAmocrm } from "../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../src/sandbox/company.js";
import type { Fault } from "../../src/sandbox/faults.js";
import { createDatabase } from "../../src/platform/database.js";
import { quiet, testDatabaseUrl, testDump } from "../support/database.js";
import type { Facts } from "./facts.js";
import type { Death } from "./orders.js";
import { startSvyaz, type SvyazProcess } from "./svyaz.js";

/** Short, so that a hanging system costs a seed little; long enough for a busy machine. */
export const httpTimeoutMs = 1_000;

const company = createCompany({ anchor: "2026-11-20" });
const account = createAccount(company);
const firstMoment = Date.parse("2026-11-20T09:00:00Z");

/** What stands in the CRM's store, whatever Svyaz believes. */
export interface Records {
  /** By the text. */
  notes(text: string): number;
  tasks(text: string): number;
  /** Deals by title, each with its price and the approvals its fields name. */
  deals(title: string): readonly { readonly id: number; readonly price: number; readonly marks: readonly string[] }[];
  /** Deals made since the moment, Unix seconds, with a contact of this phone. */
  leads(phone: string, since: number): readonly { readonly id: number; readonly price: number; readonly marks: readonly string[] }[];
  /** How often the deal was put into the stage since the moment, Unix seconds. */
  moves(deal: number, stage: number, since: number): number;
  /** Every deal as the mirror should know it: id → title. */
  all(): Readonly<Record<string, string>>;
}

/** An open deal, whose it is, and a stage it does not stand in. */
export interface OpenDeal {
  readonly id: number;
  readonly ownerId: number;
  readonly stage: { readonly id: number; readonly name: string };
}

/** The company: its CRM lives in this process, Svyaz in another, and both go by one clock that can be put forward. */
export interface Proving {
  readonly svyaz: SvyazProcess;
  readonly records: Records;
  /** The CRM itself. */
  readonly crm: AmocrmSandbox;
  now(): Date;
  /** Somebody changes a deal's title in the CRM's own screens. */
  rename(deal: number, title: string): void;
  fail(fault: Fault): void;
  /** Resolves when no fault waits any longer and no delayed request is under way. */
  heal(): Promise<void>;
  /** True once a fault added by `fail` has spoiled a request. */
  spoiled(fault: Fault): boolean;
  putForward(ms: number): void;
  /** Access tokens of people's own sign-ins end now. */
  ageTokens(): void;
  /** How often a pair of tokens was asked for anew. */
  refreshes(): number;
  /** How often it was started anew. */
  readonly restarts: number;
  /** Kills what runs, if it does, and starts Svyaz anew on the same data. Rejects with Died when the new one dies at once. */
  restart(death?: Death): Promise<void>;
  facts(): Promise<Facts>;
  /** The deals a person may see that were open at the beginning. */
  openDealsOf(person: string): readonly OpenDeal[];
  /** Where the database and Svyaz's log are. */
  readonly folder: string;
  close(options?: { readonly keep?: boolean }): Promise<void>;
}

/** A company whose Svyaz has read the CRM once and now waits for orders. */
export async function openProving(): Promise<Proving> {
  const folder = mkdtempSync(join(tmpdir(), "svyaz-faults-"));
  let ahead = firstMoment - Date.now();
  const now = () => new Date(Date.now() + ahead);
  const token = "token-of-the-fault-harness";
  const app = { clientId: "svyaz-of-the-harness", clientSecret: "secret-of-the-fault-harness", redirects: () => true };
  // The pace of the vendor is proven elsewhere; here it would only make the seeds slow.
  const amocrm = await startAmocrm({ company, dir: join(folder, "sandbox"), token, app, perSecond: 500, blockAfter: 10_000, now });
  const { store, faults } = amocrm;
  const database = await makeDatabase(folder);
  const environment = {
    SVYAZ_DATA: folder,
    AMOCRM_BASE_URL: amocrm.url,
    AMOCRM_TOKEN: token,
    AMOCRM_REQUESTS_PER_SECOND: "50",
    AMOCRM_CLIENT_ID: app.clientId,
    AMOCRM_CLIENT_SECRET: app.clientSecret,
    SVYAZ_PUBLIC_URL: "http://127.0.0.1:8787",
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    ...(database.url ? { DATABASE_URL: database.url } : {}),
  };
  const start = (death?: Death) => startSvyaz({ environment, clockAheadMs: ahead, httpTimeoutMs, ...(death ? { death } : {}) });
  const userOf = (person: string) => {
    const email = company.employees.find(({ id }) => id === person)?.email;
    return account.users.find((user) => user.email === email)?.id ?? 0;
  };
  const fieldIds = () =>
    store
      .all("fields")
      .filter(({ entity_type, name }) => entity_type === "leads" && name === "Svyaz")
      .map(({ id }) => id);
  const told = ({ id, price, custom_fields_values, tags }: ReturnType<typeof store.all<"leads">>[number]) => {
    const own = fieldIds();
    const marks = custom_fields_values.filter(({ field_id }) => own.includes(field_id)).flatMap(({ values }) => values);
    // Who may make no field leaves a tag.
    const tagged = tags.flatMap((name) => /^Svyaz (.+)$/.exec(name)?.[1] ?? []);
    return { id, price, marks: [...marks.map(({ value }) => String(value)), ...tagged] };
  };

  const openDeals = store
    .all("leads")
    .filter((lead) => lead.closed_at === null)
    .flatMap((lead): OpenDeal[] => {
      const stages = account.pipelines.find(({ id }) => id === lead.pipeline_id)?.statuses ?? [];
      const stage = stages.find(({ id, is_editable }) => is_editable && id !== lead.status_id);
      return stage ? [{ id: lead.id, ownerId: lead.responsible_user_id, stage }] : [];
    });
  const departments: Readonly<Record<string, readonly number[]>> = {
    anna: [userOf("anna")],
    boris: ["anna", "dmitry", "elena"].map(userOf),
  };

  const added: Fault[] = [];
  const spoiled = (fault: Fault) => !faults.pending().includes(fault);
  let restarts = 0;
  let svyaz = await start();
  await svyaz.order({
    act: "people",
    people: company.employees.map(({ id, name, role }) => ({ id, name, role, principal: `amocrm:user:${userOf(id)}` })),
  });
  await svyaz.order({ act: "sync" });

  return {
    get svyaz() {
      return svyaz;
    },
    now,
    folder,
    crm: amocrm,
    records: {
      notes: (text) => store.all("notes").filter(({ params }) => params["text"] === text).length,
      tasks: (text) => store.all("tasks").filter((task) => task.text === text).length,
      deals: (title) =>
        store
          .all("leads")
          .filter(({ name }) => name === title)
          .map(told),
      leads: (phone, since) => {
        const digits = (value: unknown) => String(value).replaceAll(/\D/g, "");
        const contacts = new Set(
          store
            .all("contacts")
            .filter((contact) => contact.custom_fields_values.some(({ values }) => values.some(({ value }) => digits(value) === phone)))
            .map(({ id }) => id),
        );
        return store
          .all("leads")
          .filter((lead) => lead.created_at >= since && lead.contacts.some(({ id }) => contacts.has(id)))
          .map(told);
      },
      moves: (deal, stage, since) =>
        store.all("events").filter((event) => {
          const place = (event.value_after[0] as { lead_status?: { id: number } } | undefined)?.lead_status;
          return event.type === "lead_status_changed" && event.entity_id === deal && place?.id === stage && event.created_at >= since;
        }).length,
      all: () =>
        Object.fromEntries(
          store
            .all("leads")
            .filter((lead) => !lead.is_deleted)
            .map(({ id, name }) => [String(id), name]),
        ),
    },
    rename(deal, title) {
      const lead = store.all("leads").find(({ id }) => id === deal);
      if (lead) store.put("leads", { ...lead, name: title, updated_at: Math.floor(now().getTime() / 1_000) });
    },
    fail(fault) {
      added.push(fault);
      faults.add(fault);
    },
    spoiled,
    async heal() {
      const delays = added.map((fault) => (fault.kind === "delay" && spoiled(fault) ? fault.ms : 0));
      added.length = 0;
      faults.clear();
      await delay(Math.max(0, ...delays));
    },
    putForward(ms) {
      ahead += ms;
    },
    ageTokens: () => amocrm.grants?.age(),
    refreshes: () => amocrm.grants?.counters().refreshed ?? 0,
    get restarts() {
      return restarts;
    },
    async restart(death) {
      restarts += 1;
      await svyaz.kill();
      svyaz = await start(death);
    },
    facts: () => svyaz.order<Facts>({ act: "facts" }),
    openDealsOf: (person) => openDeals.filter(({ ownerId }) => person === "admin" || departments[person]?.includes(ownerId)),
    async close({ keep = false } = {}) {
      await svyaz.kill();
      await amocrm.close();
      await database.drop();
      if (!keep) {
        rmSync(folder, { recursive: true, force: true });
        rmSync(`${folder}.lock`, { force: true });
      }
    },
  };
}

/** A database with the extensions and nothing else: on the server where there is one, else a folder of the embedded engine. */
async function makeDatabase(folder: string): Promise<{ readonly url?: string; drop(): Promise<void> }> {
  if (!testDatabaseUrl) {
    const made = await createDatabase({ dataDir: join(folder, "database"), dump: await testDump(), log: quiet });
    await made.close();
    return { drop: async () => undefined };
  }
  const name = `svyaz_faults_${Math.random().toString(36).slice(2, 10)}`;
  const url = new URL(testDatabaseUrl);
  url.pathname = `/${name}`;
  const server = await createDatabase({ url: testDatabaseUrl, log: quiet });
  await server.query(`create database ${name}`);
  const made = await createDatabase({ url: url.href, log: quiet });
  await made.query("create extension if not exists vector; create extension if not exists pg_trgm");
  await made.close();
  return {
    url: url.href,
    async drop() {
      await server.query(`drop database ${name} with (force)`);
      await server.close();
    },
  };
}
