import type { Metrics } from "../domain/metrics.js";
import type { Database } from "../platform/database.js";

const openStates = ["waiting", "agreed", "running"] as const;
const levels = ["warning", "critical"] as const;

/** Counts what stands in the database and no event tells of: open cards and open alerts. Nought is told too. */
export async function measureOpen(database: Database, metrics: Metrics, now: Date): Promise<void> {
  const { rows: cards } = await database.query<{ state: string; count: string }>(
    "select state, count(*) from approvals where state = any($1) and (state <> 'waiting' or expires_at > $2) group by state",
    [openStates, now],
  );
  for (const state of openStates) metrics.set("svyaz_approvals", Number(cards.find((row) => row.state === state)?.count ?? 0), { state });
  const { rows: alerts } = await database.query<{ level: string; count: string }>(
    "select level, count(*) from alerts where resolved_at is null group by level",
  );
  for (const level of levels) metrics.set("svyaz_alerts_open", Number(alerts.find((row) => row.level === level)?.count ?? 0), { level });
}
