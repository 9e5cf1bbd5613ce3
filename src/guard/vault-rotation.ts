import { RequestRefused, SecretUnreadable } from "../domain/errors.js";
import type { Database } from "../platform/database.js";
import type { Keyring } from "./keyring.js";
import { openRow, printPlace, sealFor, vaultColumns, VaultRow } from "./vault-row.js";

const batchSize = 50;

export interface RotationOptions {
  /** After each batch; `left` are encrypted with an older key still. */
  readonly onBatch?: (progress: { readonly rewritten: number; readonly left: number }) => void;
  /** Rows a batch; 50 unless said. */
  readonly batch?: number;
}

/**
 * Encrypts every secret again with the newest key. A key that nothing uses yet is taken (an admin added it, or a rotation was cut
 * off); else a new one is made. Old keys stay readable, so nobody waits, and a rotation that was killed is gone on with.
 * What cannot be decrypted is left as it is and named at the end, in a SecretUnreadable.
 */
export async function rotateKeys(
  database: Database,
  keyring: Keyring,
  { onBatch, batch = batchSize }: RotationOptions = {},
): Promise<{ readonly rewritten: number }> {
  await keyring.reload();
  const used = await keysInUse(database);
  if (used.length === 1 && used[0] === keyring.newest().id) await keyring.add();
  const { id } = keyring.newest();

  let rewritten = 0;
  const broken: string[] = [];
  let after: readonly string[] = ["", "", ""];
  for (;;) {
    const { rows } = await database.query(
      `select ${vaultColumns} from vault_secrets where key_id <> $1 and (system, owner, name) > ($2, $3, $4)
       order by system, owner, name limit $5`,
      [id, ...after, batch],
    );
    if (rows.length === 0) break;
    for (const found of rows) {
      const row = VaultRow.parse(found);
      after = [row.system, row.owner, row.name];
      try {
        rewritten += await rewrite(database, keyring, row);
      } catch (error) {
        if (!(error instanceof SecretUnreadable)) throw error;
        broken.push(printPlace(row));
      }
    }
    const { rows: left } = await database.query<{ count: string }>("select count(*) from vault_secrets where key_id <> $1", [id]);
    onBatch?.({ rewritten, left: Number(left[0]?.count ?? 0) });
  }
  if (broken.length > 0)
    throw new SecretUnreadable(`vault: ${rewritten} encrypted anew; these could not be decrypted: ${broken.join("; ")}`, {
      operation: "vault.rotate",
    });
  return { rewritten };
}

/** The version stays: who changes the secret meanwhile has read the same value, and their change is the later one. */
async function rewrite(database: Database, keyring: Keyring, row: VaultRow): Promise<number> {
  const sealed = sealFor(keyring, row, await openRow(keyring, row));
  const { rowCount } = await database.query(
    `update vault_secrets set key_id = $5, nonce = $6, ciphertext = $7
     where system = $1 and owner = $2 and name = $3 and version = $4`,
    [row.system, row.owner, row.name, row.version, sealed.keyId, sealed.nonce, sealed.ciphertext],
  );
  return rowCount;
}

/** Takes a key away for good. Refused while a secret is encrypted with it, and for the newest. */
export async function retireKey(database: Database, keyring: Keyring, id: string): Promise<void> {
  await keyring.reload();
  if (!keyring.refusal && keyring.newest().id === id)
    throw new RequestRefused(`${id} is the newest key: it encrypts; run svyaz keys rotate first`, { operation: "keys.retire" });
  const { rows } = await database.query("select system, owner, name from vault_secrets where key_id = $1 limit 4", [id]);
  if (rows.length > 0) {
    const named = rows.map(({ system, owner, name }) => printPlace({ system: String(system), owner: String(owner), name: String(name) }));
    throw new RequestRefused(`${id} is still needed for: ${named.join("; ")}; run svyaz keys rotate first`, { operation: "keys.retire" });
  }
  await keyring.remove(id);
}

async function keysInUse(database: Database): Promise<readonly string[]> {
  const { rows } = await database.query<{ key_id: string }>("select distinct key_id from vault_secrets");
  return rows.map(({ key_id }) => key_id);
}
