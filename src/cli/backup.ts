import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { App } from "../app.js";
import { RequestRefused, SecretUnreadable } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import { createAuditLog } from "../guard/audit.js";
import { type Keyring, openKeyring } from "../guard/keyring.js";
import { openRow, vaultColumns, VaultRow } from "../guard/vault-row.js";
import { backupDatabase } from "../platform/backup.js";
import { createDatabase, type Database } from "../platform/database.js";
import { restoreDatabase } from "../platform/restore.js";
import type { Settings } from "../platform/settings.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

export const backupInputs = { backup: z.object({ file: z.string() }) };

/** `svyaz backup`: the database in one file, while the service runs or not. */
export const backupHandlers = {
  async backup(app: App, { file }: { readonly file: string }, emit: Emit, user: string): Promise<number> {
    const event = { name: "database.backed-up", actor: `cli:${user}`, trace: crypto.randomUUID(), payload: { file } };
    const report = await app.audit.during(event, () =>
      backupDatabase(app.database, file, { at: app.now(), onProgress: (table, rows) => emit({ step: `${table}: ${rows}` }) }),
    );
    const words = texts(app.settings.SVYAZ_LANGUAGE).vault;
    emit({ text: words.backedUp(file, report.tables, report.rows, report.bytes) });
    return 0;
  },
};

/**
 * `svyaz restore`: fills the empty database that the settings name, then checks the audit log's chain and whether the keyring opens
 * the secrets. The caller holds the data lock. Resolves to the exit code.
 */
export async function restoreBackup(
  parts: { readonly settings: Settings; readonly data: string; readonly log: Log; readonly file: string; readonly user: string },
  emit: Emit,
): Promise<number> {
  const { settings, data, log, file, user } = parts;
  const target = join(data, "database");
  const draft = `${target}.restoring`;
  const url = settings.DATABASE_URL;
  if (!url && existsSync(target))
    throw new RequestRefused(`restore: ${target} exists; move it away, or name an empty folder with --data`, { operation: "restore" });
  // Left by a restoration that was killed; it takes its name only when it is whole.
  if (!url) rmSync(draft, { recursive: true, force: true });

  const database = await createDatabase(url ? { url, log } : { dataDir: draft, dump: "none", log });
  let code: number;
  try {
    const { tables, rows, at } = await restoreDatabase(database, file, (table, done, of) => emit({ step: `${table}: ${done}/${of}` }));
    const words = texts(settings.SVYAZ_LANGUAGE);
    emit({ text: words.vault.restored(tables, rows, formatMoment(at, settings.SVYAZ_LANGUAGE, settings.SVYAZ_TIME_ZONE)) });
    const audit = createAuditLog({ database, now: () => new Date(), log });
    await audit.note({
      name: "database.restored",
      actor: `cli:${user}`,
      trace: crypto.randomUUID(),
      payload: { file, at: at.toISOString() },
    });
    const started = performance.now();
    const { broken, checked } = await audit.check();
    const trouble = broken && (words.cli.auditTroubles[broken.what] ?? broken.what);
    emit({
      text: broken
        ? words.cli.auditBroken(String(broken.number), trouble ?? "")
        : words.cli.auditWhole(checked, (performance.now() - started) / 1000),
    });
    // Nothing is made here: a key of its own opens nothing of a backup.
    const keyring = await openKeyring({ key: settings.ENCRYPTION_KEY, file: settings.SVYAZ_KEYRING, data, production: true });
    const { opened, closed } = await tryKeys(database, keyring);
    emit({ text: words.vault.secretsOpen(opened, closed.length) });
    for (const place of closed) emit({ text: `  – ${place}` });
    code = broken || closed.length > 0 ? 1 : 0;
  } catch (error) {
    await database.close();
    if (!url) rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  await database.close();
  if (!url) renameSync(draft, target);
  return code;
}

async function tryKeys(database: Database, keyring: Keyring): Promise<{ readonly opened: number; readonly closed: readonly string[] }> {
  const { rows } = await database.query(`select ${vaultColumns} from vault_secrets order by system, owner, name`);
  const closed: string[] = [];
  for (const row of rows)
    await openRow(keyring, VaultRow.parse(row)).catch((error: unknown) => {
      if (!(error instanceof SecretUnreadable)) throw error;
      closed.push(error.message);
    });
  return { opened: rows.length - closed.length, closed };
}
