import { join } from "node:path";
import { definitions, type Environment } from "../begin.js";
import { type Instance, readInstances } from "../connectors/kit/define.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { FieldProtection } from "../domain/mirror.js";
import { createAccess } from "../guard/access.js";
import { createApprovals } from "../guard/approvals.js";
import { createAuditLog } from "../guard/audit.js";
import { createFieldProtection } from "../guard/field-protection.js";
import { openKeyring } from "../guard/keyring.js";
import { createPeople } from "../guard/people.js";
import { createPersonalData } from "../guard/personal-data.js";
import { openPolicy, standardPolicyFile } from "../guard/policy-file.js";
import { createRetention } from "../guard/retention.js";
import { createSealer } from "../guard/sealer.js";
import { createVault } from "../guard/vault.js";
import type { Database } from "../platform/database.js";
import type { Settings } from "../platform/settings.js";

export interface TrustParts {
  readonly settings: Settings;
  /** As the operator set it, and with what the sandbox adds. */
  readonly environment: Environment;
  readonly configured: Environment;
  readonly instances: readonly Instance[];
  readonly database: Database;
  readonly data: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export type Trust = Awaited<ReturnType<typeof createTrust>>;

/** Who may do what, what was agreed to, what was done, what is secret, and how long anything is kept. */
export async function createTrust({ settings, environment, configured, instances, database, data, metrics, log, now }: TrustParts) {
  const audit = createAuditLog({ database, now, log });
  const note = (event: Parameters<typeof audit.note>[0]) => audit.note(event);
  const sealer = createSealer({ database, log, metrics });
  const people = createPeople({ database, timeZone: settings.SVYAZ_TIME_ZONE });
  const policy = await openPolicy({
    file: settings.SVYAZ_ACCESS ?? standardPolicyFile,
    required: settings.SVYAZ_ACCESS !== undefined,
    systems: instances.map(({ system }) => system),
    language: settings.SVYAZ_LANGUAGE,
    note,
    log,
  });
  const access = createAccess({ people, policy: () => policy.current() });
  const approvals = createApprovals({ database, access, people, audit, readOnly: settings.SVYAZ_READ_ONLY, now });
  const production = environment["NODE_ENV"] === "production" || readInstances(definitions, environment).instances.length > 0;
  const keyring = await openKeyring({ key: settings.ENCRYPTION_KEY, file: settings.SVYAZ_KEYRING, data, production });
  const vault = createVault({ database, keyring, environment: configured, note, now });
  const protection = await createFieldProtection({ vault, mayStore: !keyring.refusal, sensitive: sensitiveOf, log });
  const pictures = join(data, "pictures");
  const blindIndex: FieldProtection["blindIndex"] = (kind, value) => protection.blindIndex(kind, value);
  const personalData = createPersonalData({ database, audit, blindIndex, pictures, now });
  const retention = createRetention({
    database,
    audit,
    days: {
      messages: settings.SVYAZ_RETENTION_MESSAGES,
      history: settings.SVYAZ_RETENTION_HISTORY,
      approvals: settings.SVYAZ_RETENTION_APPROVALS,
      pictures: settings.SVYAZ_RETENTION_PICTURES,
      audit: settings.SVYAZ_RETENTION_AUDIT,
    },
    timeZone: settings.SVYAZ_TIME_ZONE,
    pictures,
    now,
    log,
  });
  return { audit, sealer, people, policy, access, approvals, keyring, vault, protection, personalData, retention, pictures };
}

/** Also of a system that is configured no longer and still has rows. */
function sensitiveOf(system: string): readonly string[] {
  return definitions.find(({ id }) => id === system.split(".")[0])?.sensitive ?? [];
}
