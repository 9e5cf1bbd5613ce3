import type { Alerts } from "../domain/alert.js";
import type { Checked, Systems } from "../domain/connector.js";
import { NotFound, SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { Language } from "../domain/people.js";
import { formatMoment } from "../text/format.js";
import { errorSentence, texts } from "../text/texts.js";

const checkMs = 10_000;
/** What may pass by itself is worth a word when it has not passed after so many rounds. */
const patientRounds = 3;
/** A key is renewed by a person, who wants some days for it. */
const expiryWarnMs = 14 * 86_400_000;

export interface Health {
  readonly system: string;
  readonly title: string;
  readonly checkedAt: Date;
  /** The stable code of what is wrong; absent when the system answered. */
  readonly error?: SvyazError;
  /** When the sign-in that Svyaz goes by ends, where the system says so. */
  readonly expiresAt?: Date;
}

export interface HealthChecks {
  /** Asks every configured system under Svyaz's own account, all at once. */
  check(): Promise<readonly Health[]>;
  /** What the last round found; asks now where there was none. */
  latest(): Promise<readonly Health[]>;
  /** Asks this one now, and tells of it as a round would. */
  checkOne(system: string): Promise<Health>;
}

/**
 * Whether every configured system answers; a system that does not is a finding, not a failure of the round. What nobody but an
 * admin can mend is told at once, the rest when it lasts; a system that is well again is told too.
 */
export function createHealth({
  systems,
  alerts,
  variableOf,
  language,
  timeZone,
  metrics,
  log,
  now,
}: {
  readonly systems: Systems;
  readonly alerts: Alerts;
  /** How a system's variable is called in the environment: ("amocrm", "TOKEN") → "AMOCRM_TOKEN". */
  readonly variableOf: (system: string, name: string) => string;
  readonly language: Language;
  /** The company's. */
  readonly timeZone: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}): HealthChecks {
  const failures = new Map<string, number>();
  let latest: Promise<readonly Health[]> | undefined;

  const one = async ({ system, definition }: Systems["configured"][number]): Promise<Health> => {
    const found = { system, title: definition.title, checkedAt: now() };
    try {
      const checked: Checked | void = await (await systems.forSvyaz(system)).check(AbortSignal.timeout(checkMs));
      return { ...found, expiresAt: checked?.expiresAt };
    } catch (error) {
      log.warn("a system is not well", { system, error });
      return { ...found, error: error instanceof SvyazError ? error : new SvyazUnexpected(String(error), { system, cause: error }) };
    }
  };

  const tellExpiry = async ({ system, title, expiresAt, checkedAt }: Health): Promise<void> => {
    const key = `token:${system}`;
    const left = expiresAt ? expiresAt.getTime() - checkedAt.getTime() : Number.POSITIVE_INFINITY;
    if (!expiresAt || left > expiryWarnMs) return alerts.resolve(key);
    const words = texts(language).alerts;
    const text = words.tokenText(title, formatMoment(expiresAt, language, timeZone), Math.floor(left / 86_400_000));
    await alerts.raise({ key, level: "warning", title: words.tokenTitle(title), text, system });
  };

  const tell = async (health: Health): Promise<void> => {
    const { system, title, error } = health;
    metrics.set("svyaz_system_up", error ? 0 : 1, { system });
    const key = `system:${system}`;
    if (!error) {
      failures.delete(system);
      await alerts.resolve(key);
      return tellExpiry(health);
    }
    const failed = (failures.get(system) ?? 0) + 1;
    failures.set(system, failed);
    if (error.retryable && failed < patientRounds) return;
    const words = texts(language);
    const mend = words.cli.mends[error.code]?.(variableOf(system, ""));
    const text = [errorSentence(error, language), mend].filter(Boolean).join("\n\n");
    await alerts.raise({ key, level: "critical", title: words.alerts.systemTitle(title), text, system });
  };

  const check = async (): Promise<readonly Health[]> => {
    latest = Promise.all(systems.configured.map(one));
    const found = await latest;
    for (const health of found) await tell(health);
    return found;
  };
  return {
    check,
    latest: () => latest ?? check(),
    async checkOne(system) {
      const configured = systems.configured.find((one) => one.system === system);
      if (!configured) throw new NotFound(`there is no system ${system}`, { system, operation: "health.check" });
      const health = await one(configured);
      await tell(health);
      const others = (await latest)?.filter((known) => known.system !== system);
      if (others) latest = Promise.resolve([...others, health]);
      return health;
    },
  };
}

/** Something that is nobody's refusal: a mistake of ours, shown as an internal error. */
class SvyazUnexpected extends SvyazError {
  readonly code = "internal";
}
