import { randomUUID } from "node:crypto";
import type { AuditEvent } from "../domain/audit.js";
import { RequestRefused, SystemUnavailable } from "../domain/errors.js";
import type { Secret, Secrets, Vault } from "../domain/vault.js";
import type { Database } from "../platform/database.js";
import { hidePassingSecret } from "../platform/redact.js";
import type { Keyring } from "./keyring.js";
import { createSecret } from "./secret.js";
import { createLeases } from "./vault-lease.js";
import { retireKey, rotateKeys, type RotationOptions } from "./vault-rotation.js";
import { openRow, type Place, printPlace, sealFor, vaultColumns, VaultRow } from "./vault-row.js";

export interface VaultOptions {
  readonly database: Database;
  readonly keyring: Keyring;
  /** A system's own secret that is not stored is looked for here: TOKEN of `amocrm` is AMOCRM_TOKEN. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told when a secret is first decrypted in this process, and again after its key has changed. */
  readonly note: (event: AuditEvent) => Promise<void>;
  readonly now: () => Date;
  /** How long a holder that was killed keeps a secret from being changed; 20 s unless said. */
  readonly leaseMs?: number;
}

/** A secret without its value. */
export interface StoredSecret {
  readonly system: string;
  readonly person?: string;
  readonly name: string;
  readonly keyId: string;
  readonly updatedAt: Date;
}

/** The vault behind the interface, and what only an admin asks of it. */
export interface VaultService extends Vault {
  /** Everything stored, in order of systems. */
  list(): Promise<readonly StoredSecret[]>;
  /** Where a system's own secret would come from now; the vault goes first. */
  sourceOf(system: string, name: string): Promise<"vault" | "environment" | undefined>;
  rotate(options?: RotationOptions): Promise<{ readonly rewritten: number }>;
  /** Takes a key out of the keyring; refused while a secret needs it. */
  retire(keyId: string): Promise<void>;
}

/** More often than this nobody can be in our way by chance. */
const tries = 5;

/**
 * Secrets in the database, each encrypted for its own row (AES-256-GCM). `update` holds a lease and no transaction, since what it
 * waits for is the network. What it was given is stored only if nobody has stored since it read, so a new token pair replaces the
 * one it was made from and no other; if somebody has, `change` is asked again with what is there now.
 */
export function createVault({ database, keyring, environment, note, now, leaseMs }: VaultOptions): VaultService {
  const leased = createLeases(database, leaseMs);
  const noted = new Set<string>();

  const find = async ({ system, owner, name }: Place): Promise<VaultRow | undefined> => {
    const { rows } = await database.query(`select ${vaultColumns} from vault_secrets where system = $1 and owner = $2 and name = $3`, [
      system,
      owner,
      name,
    ]);
    return rows[0] && VaultRow.parse(rows[0]);
  };

  const open = async (row: VaultRow): Promise<Secret> => {
    const value = await openRow(keyring, row);
    hidePassingSecret(value);
    const use = JSON.stringify([row.system, row.owner, row.name, row.key_id]);
    if (!noted.has(use)) {
      const { system, owner, name, key_id: key } = row;
      await note({ name: "key.used", actor: "svyaz", trace: randomUUID(), payload: { key, system, owner: owner || null, name } });
      noted.add(use);
    }
    return createSecret(value);
  };

  const fallback = ({ system, owner, name }: Place): Secret | undefined => {
    const value = owner === "" ? environment[`${variablePrefix(system)}${name}`] : undefined;
    return value ? createSecret(value) : undefined;
  };

  /** False when somebody has stored or removed since `known` was read. */
  const store = async (place: Place, secret: Secret, known: VaultRow | undefined): Promise<boolean> => {
    const value = secret.reveal();
    hidePassingSecret(value);
    const { keyId, nonce, ciphertext } = sealFor(keyring, place, value);
    const values = [place.system, place.owner, place.name, keyId, nonce, ciphertext, now()];
    const { rowCount } = known
      ? await database.query(
          `update vault_secrets set key_id = $4, nonce = $5, ciphertext = $6, updated_at = $7,
             version = nextval(pg_get_serial_sequence('vault_secrets', 'version'))
           where system = $1 and owner = $2 and name = $3 and version = $8`,
          [...values, known.version],
        )
      : await database.query(
          `insert into vault_secrets (system, owner, name, key_id, nonce, ciphertext, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
          values,
        );
    return rowCount > 0;
  };

  return {
    of({ system, person }): Secrets {
      const placeOf = (name: string): Place => ({ system, owner: person ?? "", name });
      return {
        async get(name) {
          const place = placeOf(name);
          const row = await find(place);
          return row ? open(row) : fallback(place);
        },

        update(name, change) {
          const place = placeOf(name);
          return leased(place, async () => {
            for (let attempt = 0; attempt < tries; attempt++) {
              const row = await find(place);
              const current = row ? await open(row) : fallback(place);
              // Before the change: a token that could not be kept must not be asked for.
              keyring.newest();
              const next = await change(current);
              if (next.reveal() === current?.reveal()) return next;
              if (await store(place, next, row)) return next;
            }
            throw new SystemUnavailable(`vault: ${printPlace(place)} is changed by others all the time`, {
              system,
              operation: "vault.update",
            });
          });
        },

        async remove(name) {
          const place = placeOf(name);
          const { rowCount } = await database.query("delete from vault_secrets where system = $1 and owner = $2 and name = $3", [
            place.system,
            place.owner,
            place.name,
          ]);
          if (rowCount === 0 && fallback(place))
            throw new RequestRefused(`${system}: ${name} comes from the environment and is removed there`, {
              system,
              operation: "vault.remove",
            });
        },
      };
    },

    async list() {
      const { rows } = await database.query<{ system: string; owner: string; name: string; key_id: string; updated_at: Date }>(
        "select system, owner, name, key_id, updated_at from vault_secrets order by system, owner, name",
      );
      return rows.map(({ system, owner, name, key_id, updated_at }) => ({
        system,
        person: owner || undefined,
        name,
        keyId: key_id,
        updatedAt: updated_at,
      }));
    },

    async sourceOf(system, name) {
      const place = { system, owner: "", name };
      if (await find(place)) return "vault";
      return fallback(place) && "environment";
    },

    rotate: (options) => rotateKeys(database, keyring, options),
    retire: (keyId) => retireKey(database, keyring, keyId),
  };
}

/** "onec-erp.moscow" → "ONEC_ERP__MOSCOW__": how a system's variables begin. */
export function variablePrefix(system: string): string {
  const [folder = "", instance] = system.split(".");
  const upper = (word: string) => word.toUpperCase().replaceAll("-", "_");
  return instance === undefined ? `${upper(folder)}_` : `${upper(folder)}__${upper(instance)}__`;
}
