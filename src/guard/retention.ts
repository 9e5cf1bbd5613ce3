import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../domain/log.js";
import type { Database } from "../platform/database.js";
import type { AuditService } from "./audit.js";

/** For how many days each class of data is kept; 0 for good. */
export interface RetentionDays {
  readonly messages: number;
  readonly history: number;
  readonly approvals: number;
  readonly pictures: number;
  readonly audit: number;
}

/** How many rows or files of each class went. */
export type Purged = { readonly [Class in keyof RetentionDays]: number };

export interface Retention {
  purge(actor: string): Promise<Purged>;
  /** The nightly purge: nothing by day, and at once where none could run for two days because nobody was up at night. */
  purgeWhenDue(): Promise<Purged | undefined>;
}

const dayMs = 24 * 60 * 60_000;
/** Rows of one statement, so that nobody's question waits longer than a fifth of a second. */
const slice = 500;
const erasedAtOnce = 50;
const night = { from: 2, to: 5 };

export function createRetention(parts: {
  readonly database: Database;
  readonly audit: AuditService;
  readonly days: RetentionDays;
  /** The company's: its night is when the purge runs. */
  readonly timeZone: string;
  readonly pictures: string;
  readonly now: () => Date;
  readonly log: Log;
}): Retention {
  const { database, audit, days, now } = parts;

  const before = (kept: number) => new Date(now().getTime() - kept * dayMs);
  const sliced = async (sql: string, values: readonly unknown[]): Promise<number> => {
    let all = 0;
    for (;;) {
      const { rowCount } = await database.query(`${sql} limit ${slice})`, values);
      all += rowCount;
      if (rowCount < slice) return all;
    }
  };
  const each = async (kept: number, act: (limit: Date) => Promise<number>) => (kept === 0 ? 0 : act(before(kept)));

  const messages = async (limit: Date) =>
    (await sliced("delete from inbox where id in (select id from inbox where state not in ('new', 'running') and received_at < $1", [
      limit,
    ])) +
    (await sliced("delete from choices where id in (select id from choices where expires_at < $1", [limit])) +
    (await sliced("delete from interrupted_questions where chat in (select chat from interrupted_questions where at < $1", [limit])) +
    (await sliced("delete from alert_deliveries where id in (select id from alert_deliveries where settled_at < $1", [limit]));

  /** What people have asked, and how much they have used up by asking. */
  const history = async (limit: Date) =>
    (await sliced("delete from exchanges where id in (select id from exchanges where at < $1", [limit])) +
    (await sliced("delete from usage_days where (holder, day) in (select holder, day from usage_days where day < $1::timestamptz::date", [
      limit,
    ]));

  // What was decided, by whom and with what end stays: the row is also the proof that nothing was written twice.
  const approvals = (limit: Date) =>
    sliced(
      `update approvals set draft = 'null', title = '', lines = '[]', reason = null, receipt = receipt - 'undo'
       where id in (select id from approvals where state not in ('waiting', 'agreed', 'running') and settled_at < $1 and draft <> 'null'`,
      [limit],
    );

  const payloads = async (limit: Date, trace: string) => {
    let all = 0;
    for (;;) {
      const { rows } = await database.query<{ id: string }>(
        `select p.event_id as id from audit_payloads p join audit_events e on e.id = p.event_id where e.at < $1 order by p.event_id limit ${erasedAtOnce}`,
        [limit],
      );
      for (const { id } of rows) await audit.erase(id, { actor: "svyaz", trace });
      all += rows.length;
      if (rows.length < erasedAtOnce) return all;
    }
  };

  const pictures = async (limit: Date) => {
    let all = 0;
    for (const name of await readdir(parts.pictures).catch(() => [])) {
      const path = join(parts.pictures, name);
      const made = await stat(path).catch(() => undefined);
      if (!made?.isFile() || made.mtime >= limit) continue;
      await rm(path, { force: true });
      all += 1;
    }
    return all;
  };

  const purge = async (actor: string): Promise<Purged> => {
    const trace = crypto.randomUUID();
    const purged = {
      messages: await each(days.messages, messages),
      history: await each(days.history, history),
      approvals: await each(days.approvals, approvals),
      pictures: await each(days.pictures, pictures),
      audit: await each(days.audit, (limit) => payloads(limit, trace)),
    };
    // Their records have changed at the source since, or are gone there.
    await database.query(
      `delete from erased_records r where not exists (select from system_integrations e where e.system_name = r.system_name
         and e.entity_type = r.entity_type and e.external_id = r.external_id and e.digest = r.digest)`,
    );
    await audit.note({ name: "retention.purged", actor, trace, payload: { ...purged } });
    parts.log.info("purged what was kept long enough", { ...purged });
    return purged;
  };

  return {
    purge,
    async purgeWhenDue() {
      const { rows } = await database.query<{ at: Date | null }>(
        "select max(at) as at from audit_events where name = 'retention.purged' and at > $1",
        [before(2)],
      );
      const last = rows[0]?.at;
      const hour = Number(new Intl.DateTimeFormat("en-GB", { hour: "numeric", hourCycle: "h23", timeZone: parts.timeZone }).format(now()));
      const rested = !last || now().getTime() - last.getTime() > dayMs - (night.to - night.from) * 60 * 60_000;
      const due = last ? rested && hour >= night.from && hour < night.to : true;
      return due ? purge("svyaz") : undefined;
    },
  };
}
