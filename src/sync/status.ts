import type { SystemStatus } from "../domain/mirror.js";
import type { Database } from "../platform/database.js";

/** What the mirror knows and how old it is, a line for each kind of each system. */
export async function syncStatus(database: Database): Promise<readonly SystemStatus[]> {
  const { rows } = await database.query<{
    system: string;
    kind: string;
    stored: string;
    searchable: string;
    indexed: string;
    in_source: string | null;
    as_of: Date | null;
    error: string | null;
  }>(
    `select r.system, r.kind, r.error, r.in_source, c.as_of,
       count(e.id) as stored, count(e.id) filter (where e.content is not null) as searchable, count(e.id) filter (where e.content is not null and e.indexed_digest = e.digest) as indexed
     from (select distinct on (system, kind) system, kind, error, in_source from sync_runs order by system, kind, id desc) r
     left join sync_cursors c on c.system = r.system and c.kind = r.kind
     left join system_integrations e on e.system_name = r.system and e.entity_type = r.kind
     group by r.system, r.kind, r.error, r.in_source, c.as_of order by r.system, r.kind`,
  );
  return rows.map((row) => ({
    system: row.system,
    kind: row.kind,
    stored: Number(row.stored),
    searchable: Number(row.searchable),
    indexed: Number(row.indexed),
    inSource: row.in_source === null ? undefined : Number(row.in_source),
    asOf: row.as_of ?? undefined,
    error: row.error ?? undefined,
  }));
}
