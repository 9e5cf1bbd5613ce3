import type { Systems } from "../domain/connector.js";
import { SvyazError } from "../domain/errors.js";
import type { SystemStatus } from "../domain/mirror.js";
import type { SyncSource } from "../domain/sync.js";
import type { Database } from "../platform/database.js";

/** As the index leaves a file that it could take no text out of. */
const textless = "e.content is not null and e.indexed_digest = e.digest and e.index_error is not null";

/** What the mirror knows and how old it is, a line for each kind of each system. */
export async function syncStatus(database: Database): Promise<readonly SystemStatus[]> {
  const { rows } = await database.query<{
    system: string;
    kind: string;
    stored: string;
    searchable: string;
    indexed: string;
    unreadable: string;
    in_source: string | null;
    as_of: Date | null;
    error: string | null;
  }>(
    `select r.system, r.kind, r.error, r.in_source, c.as_of,
       count(e.id) as stored, 
       count(e.id) filter (where e.content is not null and not (${textless})) as searchable,
       count(e.id) filter (where e.content is not null and e.indexed_digest = e.digest and not (${textless})) as indexed,
       count(e.id) filter (where ${textless}) as unreadable
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
    unreadable: Number(row.unreadable),
    inSource: row.in_source === null ? undefined : Number(row.in_source),
    asOf: row.as_of ?? undefined,
    error: row.error ?? undefined,
  }));
}

/** How complete the mirror of one kind is. */
export interface Coverage {
  readonly system: string;
  readonly kind: string;
  readonly stored: number;
  /** What the source counts, or how many there were when it was read. */
  readonly inSource?: number;
  /** The ids of what the source has and the mirror lacks. Absent where nobody looked. */
  readonly missing?: readonly string[];
  /** Files that no text could be taken out of, as the index has found. */
  readonly unreadable?: number;
  /** The pass at hand or the last one. */
  readonly mode?: "full" | "since";
  readonly asOf?: Date;
  readonly lastFull?: Date;
  readonly error?: string;
}

/** Up to so many things are read through where a source does not count them. */
const quicklyRead = 10_000;

/**
 * Holds the mirror against its sources. Where there seems to be less than in the source, where a source cannot count and has not
 * many, or with `check`, it is read from end to end to name what is missing, which takes as long as a full pass. A system that does not answer is told with its error.
 */
export async function readCoverage({
  database,
  systems,
  only,
  check = false,
  signal,
  onStep,
}: {
  readonly database: Database;
  readonly systems: Pick<Systems, "configured" | "forSvyaz">;
  /** One system; all unless given. */
  readonly only?: string;
  readonly check?: boolean;
  readonly signal: AbortSignal;
  readonly onStep?: (system: string, kind: string) => void;
}): Promise<readonly Coverage[]> {
  const lines: Coverage[] = [];
  for (const { system } of systems.configured.filter((one) => only === undefined || one.system === only)) {
    const known = await storedCoverage(database, system);
    try {
      const { sync } = await systems.forSvyaz(system);
      for (const kind of sync?.kinds ?? []) {
        onStep?.(system, kind);
        lines.push(await coverageOf(database, sync as SyncSource, known.get(kind) ?? { system, kind, stored: 0 }, check, signal));
      }
    } catch (error) {
      if (!(error instanceof SvyazError)) throw error;
      const lost = known.size > 0 ? [...known.values()] : [{ system, kind: "", stored: 0 }];
      lines.push(...lost.map((line) => ({ ...line, error: error.code })));
    }
  }
  return lines;
}

async function coverageOf(database: Database, source: SyncSource, known: Coverage, check: boolean, signal: AbortSignal): Promise<Coverage> {
  try {
    const inSource = await source.count?.(known.kind);
    if (!check && inSource !== undefined && inSource <= known.stored) return { ...known, inSource, missing: [] };
    if (!check && inSource === undefined && known.stored > quicklyRead) return known;
    return { ...known, ...(await compare(database, source, known, signal)) };
  } catch (error) {
    if (!(error instanceof SvyazError)) throw error;
    return { ...known, error: error.code };
  }
}

async function compare(
  database: Database,
  source: SyncSource,
  { system, kind }: Coverage,
  signal: AbortSignal,
): Promise<Required<Pick<Coverage, "inSource" | "missing">>> {
  const seen = new Set<string>();
  const missing = new Set<string>();
  for await (const { changes } of source.changes({ kind, mode: "full", signal })) {
    const ids = changes.flatMap((change) =>
      change.kind === "remove" ? [] : [change.kind === "upsert" ? change.entity.ref.id : change.ref.id],
    );
    const { rows } = await database.query<{ id: string }>(
      `select asked.id from unnest($3::text[]) as asked (id) where not exists (
         select 1 from system_integrations e where e.system_name = $1 and e.entity_type = $2 and e.external_id = asked.id)`,
      [system, kind, ids],
    );
    for (const id of ids) seen.add(id);
    for (const { id } of rows) missing.add(id);
  }
  return { inSource: seen.size, missing: [...missing] };
}

/** What the mirror knows of itself, by kind. */
async function storedCoverage(database: Database, system: string): Promise<ReadonlyMap<string, Coverage>> {
  const { rows } = await database.query<{
    kind: string;
    stored: string;
    unreadable: string;
    mode: "full" | "since" | null;
    error: string | null;
    as_of: Date | null;
    last_full: Date | null;
  }>(
    `select kind, r.mode, r.error, c.as_of, f.last_full, coalesce(s.stored, 0) as stored, coalesce(s.unreadable, 0) as unreadable
     from (select e.entity_type as kind, count(*) as stored, count(*) filter (where ${textless}) as unreadable
           from system_integrations e where e.system_name = $1 group by e.entity_type) s
     full join (select distinct on (kind) kind, mode, error from sync_runs where system = $1 order by kind, id desc) r using (kind)
     left join (select kind, as_of from sync_cursors where system = $1) c using (kind)
     left join (select kind, max(ended_at) as last_full from sync_runs where system = $1 and mode = 'full' and state = 'done' group by kind) f
       using (kind)
     order by kind`,
    [system],
  );
  return new Map(
    rows.map((row) => [
      row.kind,
      {
        system,
        kind: row.kind,
        stored: Number(row.stored),
        ...(Number(row.unreadable) > 0 ? { unreadable: Number(row.unreadable) } : {}),
        mode: row.mode ?? undefined,
        asOf: row.as_of ?? undefined,
        lastFull: row.last_full ?? undefined,
        error: row.error ?? undefined,
      },
    ]),
  );
}
