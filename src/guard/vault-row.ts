import { z } from "zod";
import { SecretUnreadable } from "../domain/errors.js";
import { canonicalJson } from "./canonical.js";
import { decrypt, encrypt, newNonce } from "./cipher.js";
import type { Keyring } from "./keyring.js";

/** Whose secret it is and how it is called: the key of its row. `owner` is a person's id, or empty for the system's own. */
export interface Place {
  readonly system: string;
  readonly owner: string;
  readonly name: string;
}

export const VaultRow = z.object({
  system: z.string(),
  owner: z.string(),
  name: z.string(),
  key_id: z.string(),
  nonce: z.instanceof(Uint8Array),
  ciphertext: z.instanceof(Uint8Array),
  version: z.string(),
});
export type VaultRow = z.infer<typeof VaultRow>;
export const vaultColumns = "system, owner, name, key_id, nonce, ciphertext, version";

export interface Sealed {
  readonly keyId: string;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Encrypts with the newest key. The place and the key's id are bound in, so that a row's ciphertext opens in that row alone. */
export function sealFor(keyring: Keyring, place: Place, value: string): Sealed {
  const key = keyring.newest();
  const nonce = newNonce();
  return { keyId: key.id, nonce, ciphertext: encrypt(key.bytes, nonce, Buffer.from(value, "utf8"), bound(place, key.id)) };
}

/** Throws SecretUnreadable, naming the row and never a value. */
export async function openRow(keyring: Keyring, row: VaultRow): Promise<string> {
  const key = await keyring.find(row.key_id);
  if (!key) throw unreadable(row, `its key ${row.key_id} is not in the keyring`);
  try {
    return decrypt(key.bytes, row.nonce, row.ciphertext, bound(row, key.id)).toString("utf8");
  } catch {
    // What the cipher says tells an attacker more than an admin.
    throw unreadable(row, "it was changed or moved in the database, or the key is another one");
  }
}

export function printPlace({ system, owner, name }: Place): string {
  return owner === "" ? `${system} ${name}` : `${system} ${name} of ${owner}`;
}

function unreadable(place: Place, why: string): SecretUnreadable {
  return new SecretUnreadable(
    `vault: ${printPlace(place)} cannot be decrypted: ${why}. Bring the key or the row back, or remove the secret and set it again`,
    { system: place.system, operation: "vault.open" },
  );
}

function bound({ system, owner, name }: Place, keyId: string): Buffer {
  return Buffer.from(canonicalJson(["svyaz vault 1", system, owner, name, keyId]), "utf8");
}
