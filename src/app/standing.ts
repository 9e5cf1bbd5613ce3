import { SignInNeeded, type SvyazError } from "../domain/errors.js";
import type { SystemStatus } from "../domain/mirror.js";
import type { KindReport } from "../sync/run.js";
import type { Health } from "../watch/health.js";

/** A sign-in that somebody can renew is no wrong key. */
function errorOf(error: SvyazError | undefined): string | undefined {
  return error instanceof SignInNeeded && error.connectable ? "reconnect" : error?.code;
}

/** A line for each kind that is mirrored, and one for each system that has none; what the system itself says now comes first. */
export function withHealth(mirrored: readonly SystemStatus[], health: readonly Health[]): readonly SystemStatus[] {
  return health.flatMap(({ system, checkedAt, error }) => {
    const lines = mirrored.filter((line) => line.system === system);
    const own = lines.length > 0 ? lines : [{ system, kind: "", stored: 0, searchable: 0, indexed: 0, asOf: checkedAt }];
    return own.map((line) => ({ ...line, error: errorOf(error) ?? line.error }));
  });
}

/** What a run came to, kinds taken together. */
export function summary(reports: readonly KindReport[]) {
  const sum = (of: (report: KindReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return { stored: sum(({ stored }) => stored), removed: sum(({ removed }) => removed), error: reports.find(({ error }) => error)?.error };
}
