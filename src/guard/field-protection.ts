import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import type { Entity, EntityRef } from "../domain/entity.js";
import { SecretUnreadable } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { ClientKey, FieldProtection, StoredKeys } from "../domain/mirror.js";
import type { Secret } from "../domain/vault.js";
import { decrypt, encrypt, newNonce, nonceLength } from "./cipher.js";
import { newKeyLine, readKey } from "./key.js";
import { createSecret } from "./secret.js";
import type { VaultService } from "./vault.js";

const prefix = "sealed:1:";
const clientKeys: readonly ClientKey[] = ["inn", "phones", "emails"];
/** Bytes of a mark; two values share one in a table of a billion once in 10^20. */
const markLength = 16;

/**
 * Protects what the mirror stores with a key of its own, which lies in the vault: rotating the keyring encrypts that one key anew
 * and touches no mirrored row. Where no key may be stored (production without a keyring), sensitive values are left out.
 */
export async function createFieldProtection(parts: {
  readonly vault: VaultService;
  readonly mayStore: boolean;
  /** The names of `fields` and `keys` that a system's definition marks as sensitive. */
  readonly sensitive: (system: string) => readonly string[];
  readonly log: Log;
}): Promise<FieldProtection> {
  const secret = await fieldKey(parts.vault, parts.mayStore).catch((error: unknown) => {
    if (!(error instanceof SecretUnreadable)) throw error;
    parts.log.error("sensitive fields are left out of the mirror: their key cannot be read", { error });
    return undefined;
  });
  if (!secret && !parts.mayStore)
    parts.log.warn("sensitive fields are left out of the mirror: no key is set; make one with svyaz keys new");
  const root = secret && readKey(secret.reveal(), "the vault's FIELD_KEY").bytes;
  return protectFields(root, parts.sensitive);
}

async function fieldKey(vault: VaultService, mayStore: boolean): Promise<Secret | undefined> {
  const secrets = vault.of({ system: "svyaz" });
  return (
    (await secrets.get("FIELD_KEY")) ??
    (mayStore ? secrets.update("FIELD_KEY", async (now) => now ?? createSecret(newKeyLine())) : undefined)
  );
}

/** The protection under this key; without one nothing sensitive is stored, and nothing stored can be read. */
export function protectFields(root: KeyObject | undefined, sensitive: (system: string) => readonly string[]): FieldProtection {
  const derived = (purpose: string) => root && createSecretKey(Buffer.from(hkdfSync("sha256", root, "", purpose, 32)));
  const sealing = derived("svyaz fields");
  const marking = derived("svyaz blind index");

  const seal = (ref: EntityRef, name: string, value: unknown): string | undefined => {
    if (!sealing) return undefined;
    const nonce = newNonce();
    const sealed = encrypt(sealing, nonce, Buffer.from(JSON.stringify(value), "utf8"), bound(ref, name));
    return prefix + Buffer.concat([nonce, sealed]).toString("base64url");
  };

  const blindIndex: FieldProtection["blindIndex"] = (kind, value) => {
    const plain = normal(kind, value);
    if (!marking || plain === "") return undefined;
    return createHmac("sha256", marking)
      .update(JSON.stringify([kind, plain]))
      .digest()
      .subarray(0, markLength)
      .toString("base64url");
  };

  // Nobody reads telephones and e-mails from the mirror: clients are matched by marks, and what is not stored cannot be lost.
  const storedKeys = (keys: Entity["keys"], hidden: readonly string[]): StoredKeys | undefined => {
    if (!keys) return undefined;
    const match: { [Kind in ClientKey]?: readonly string[] } = {};
    for (const kind of clientKeys) {
      const values = [keys[kind] ?? []].flat();
      if (values.length === 0) continue;
      const marks = values.map((value) => blindIndex(kind, value));
      match[kind] = [...new Set(marks.filter((mark) => mark !== undefined))];
    }
    return keys.inn === undefined || hidden.includes("inn") ? { match } : { inn: keys.inn, match };
  };

  return {
    blindIndex,

    seal({ ref, fields, keys }) {
      const hidden = sensitive(ref.system);
      const stored = Object.entries(fields).flatMap(([name, value]) => {
        if (value === null || !hidden.includes(name)) return [[name, value] as const];
        const sealed = seal(ref, name, value);
        return sealed === undefined ? [] : [[name, sealed] as const];
      });
      return { fields: Object.fromEntries(stored), keys: storedKeys(keys, hidden) };
    },

    open(ref, fields) {
      const hidden = sensitive(ref.system);
      const opened = Object.entries(fields).map(([name, value]) => {
        // A mark that is newer than the row finds the value in the open until the next full synchronisation.
        if (!hidden.includes(name) || typeof value !== "string" || !value.startsWith(prefix)) return [name, value] as const;
        return [name, openValue(ref, name, value)] as const;
      });
      return Object.fromEntries(opened);
    },
  };

  function openValue(ref: EntityRef, name: string, value: string): Entity["fields"][string] {
    const where = `${ref.system}:${ref.kind}:${ref.id} ${name}`;
    const details = { system: ref.system, operation: "mirror.open" };
    if (!sealing) throw new SecretUnreadable(`mirror: ${where} cannot be decrypted: there is no key`, details);
    try {
      const bytes = Buffer.from(value.slice(prefix.length), "base64url");
      const plain = decrypt(sealing, bytes.subarray(0, nonceLength), bytes.subarray(nonceLength), bound(ref, name));
      return JSON.parse(plain.toString("utf8")) as Entity["fields"][string];
    } catch {
      throw new SecretUnreadable(`mirror: ${where} cannot be decrypted: it was changed or moved in the database`, details);
    }
  }
}

function bound({ system, kind, id }: EntityRef, name: string): Buffer {
  return Buffer.from(JSON.stringify(["svyaz field 1", system, kind, id, name]), "utf8");
}

/** One spelling of what people write in many: "+7 (900) 000-00-01" and "8 900 0000001" are one telephone. */
function normal(kind: ClientKey, value: string): string {
  if (kind === "emails") return value.trim().toLowerCase();
  const digits = value.replace(/\D/g, "");
  return kind === "phones" ? digits.slice(-10) : digits;
}
