import type { Systems } from "../domain/connector.js";
import { SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";

const checkMs = 10_000;

export interface Health {
  readonly system: string;
  readonly title: string;
  readonly checkedAt: Date;
  /** The stable code of what is wrong; absent when the system answered. */
  readonly error?: SvyazError;
}

export interface HealthChecks {
  /** Asks every configured system under Svyaz's own account, all at once. */
  check(): Promise<readonly Health[]>;
  /** What the last round found; asks now where there was none. */
  latest(): Promise<readonly Health[]>;
}

/** Whether every configured system answers; a system that does not is a finding, not a failure of the round. */
export function createHealth({
  systems,
  log,
  now,
}: {
  readonly systems: Systems;
  readonly log: Log;
  readonly now: () => Date;
}): HealthChecks {
  let latest: Promise<readonly Health[]> | undefined;

  const one = async ({ system, definition }: Systems["configured"][number]): Promise<Health> => {
    const found = { system, title: definition.title, checkedAt: now() };
    try {
      await (await systems.forSvyaz(system)).check(AbortSignal.timeout(checkMs));
      return found;
    } catch (error) {
      log.warn("a system is not well", { system, error });
      return { ...found, error: error instanceof SvyazError ? error : new SvyazUnexpected(String(error), { system, cause: error }) };
    }
  };

  const check = (): Promise<readonly Health[]> => {
    latest = Promise.all(systems.configured.map(one));
    return latest;
  };
  return { check, latest: () => latest ?? check() };
}

/** Something that is nobody's refusal: a mistake of ours, shown as an internal error. */
class SvyazUnexpected extends SvyazError {
  readonly code = "internal";
}
