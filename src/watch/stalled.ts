import type { Alerts } from "../domain/alert.js";
import type { Metrics } from "../domain/metrics.js";
import type { SystemStatus } from "../domain/mirror.js";
import type { Language } from "../domain/people.js";
import type { Database } from "../platform/database.js";
import { texts } from "../text/texts.js";

/** So many missed runs are no accident. */
const intervalsToTell = 3;

/**
 * Looks whether the mirror keeps up: a system with a kind of records whose last whole run is older than three intervals is an
 * alert until all are fresh again. A pass that is on its way is no standstill, however long it takes.
 */
export function createStalledCheck({
  database,
  status,
  titleOf,
  everyMs,
  alerts,
  language,
  metrics,
  now,
}: {
  readonly database: Database;
  readonly status: () => Promise<readonly SystemStatus[]>;
  readonly titleOf: (system: string) => string;
  /** How often a system is synchronised. */
  readonly everyMs: number;
  readonly alerts: Alerts;
  readonly language: Language;
  readonly metrics: Metrics;
  readonly now: () => Date;
}): () => Promise<void> {
  return async () => {
    const words = texts(language);
    // A line without a kind stands for a system that is asked directly.
    const lines = (await status()).filter(({ kind }) => kind !== "");
    const { rows: running } = await database.query<{ system: string; kind: string }>(
      "select system, kind from sync_runs where state = 'running' and lease_until > $1",
      [now()],
    );
    for (const system of new Set(lines.map((line) => line.system))) {
      const own = lines.filter((line) => line.system === system);
      const aged = own.flatMap(({ kind, asOf }) => (asOf ? [{ kind, at: asOf.getTime() }] : []));
      const oldest = Math.min(...aged.map(({ at }) => at));
      if (aged.length > 0) metrics.set("svyaz_sync_fresh_timestamp_seconds", oldest / 1000, { system });
      const backlog = own.reduce((sum, { searchable, indexed }) => sum + searchable - indexed, 0);
      metrics.set("svyaz_index_backlog", backlog, { system });
      const atWork = (kind: string) => running.some((run) => run.system === system && run.kind === kind);
      const late = aged.filter(({ kind, at }) => now().getTime() - at > intervalsToTell * everyMs && !atWork(kind)).map(({ kind }) => kind);
      const key = `stalled:${system}`;
      if (late.length === 0) {
        await alerts.resolve(key);
        continue;
      }
      const title = titleOf(system);
      const kinds = late.map((kind) => words.tools.kinds[kind] ?? kind).join(", ");
      const minutes = Math.floor((now().getTime() - oldest) / 60_000);
      await alerts.raise({
        key,
        level: "warning",
        title: words.alerts.stalledTitle(title),
        text: words.alerts.stalledText(title, kinds, minutes),
        system,
      });
    }
  };
}
