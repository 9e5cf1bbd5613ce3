import type { App } from "../../src/app.js";
import type { Database } from "../../src/platform/database.js";

export interface ApprovalFact {
  readonly id: string;
  readonly tool: string;
  readonly state: "waiting" | "rejected" | "expired" | "agreed" | "running" | "done" | "failed" | "unknown";
  readonly draft: string;
  readonly askedAt: number;
  readonly reason: string | null;
}

export interface AuditFact {
  readonly name: string;
  readonly outcome: string;
  readonly approval: string | null;
}

/** What Svyaz itself believes has happened, to be held against the systems' own stores. */
export interface Facts {
  readonly approvals: readonly ApprovalFact[];
  /** Arrivals that were stored and not settled. */
  readonly open: readonly string[];
  readonly audit: readonly AuditFact[];
  /** The first broken record of the chain, when it does not hold. */
  readonly broken: string | null;
  /** How people's own sign-ins stand: "amocrm anna" → "connected". */
  readonly signIns: Readonly<Record<string, string>>;
  /** The mirror's deals: id → title. */
  readonly deals: Readonly<Record<string, string>>;
}

export async function readFacts(app: App, database: Database): Promise<Facts> {
  const approvals = await database.query<ApprovalFact>(
    `select id, tool, state, draft, reason, (extract(epoch from asked_at))::float8 as "askedAt" from approvals order by asked_at, id`,
  );
  const inbox = await database.query<{ event: string; state: string }>("select event, state from inbox where state in ('new', 'running')");
  const audit = await database.query<AuditFact>(
    `select e.name, e.outcome, p.body::jsonb ->> 'approval' as approval
     from audit_events e left join audit_payloads p on p.event_id = e.id order by e.id`,
  );
  const deals = await database.query<{ id: string; title: string }>(
    "select external_id as id, title from system_integrations where system_name = 'amocrm' and entity_type = 'deal'",
  );
  const signIns = await database.query<{ owner: string; state: string }>("select system || ' ' || person as owner, state from sign_ins");
  const { broken } = await app.audit.check();
  return {
    approvals: approvals.rows,
    open: inbox.rows.map(({ event, state }) => `${event} is ${state}`),
    audit: audit.rows,
    broken: broken ? `${broken.number}: ${broken.what}` : null,
    signIns: Object.fromEntries(signIns.rows.map(({ owner, state }) => [owner, state])),
    deals: Object.fromEntries(deals.rows.map(({ id, title }) => [id, title])),
  };
}

/** What the mirror holds of the CRM, and how far it believes to have read. */
export interface MirrorFacts {
  readonly rows: readonly {
    readonly kind: string;
    readonly id: string;
    readonly title: string;
    readonly version: string;
    readonly run: string | null;
  }[];
  readonly cursors: readonly { readonly kind: string; readonly cursor: string; readonly mode: string; readonly run: string }[];
}

export async function readMirror(database: Database): Promise<MirrorFacts> {
  const { rows } = await database.query<MirrorFacts["rows"][number]>(
    "select entity_type as kind, external_id as id, title, version, seen_in_run as run from system_integrations where system_name = 'amocrm'",
  );
  const cursors = await database.query<MirrorFacts["cursors"][number]>(
    "select kind, cursor, mode, run from sync_cursors where system = 'amocrm'",
  );
  return { rows, cursors: cursors.rows };
}
