import { createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { SettingsInvalid } from "../domain/errors.js";
import { hideSecret } from "../platform/redact.js";

/** A key of 32 bytes. It prints as an empty object; its id is no secret. */
export interface Key {
  readonly id: string;
  readonly bytes: KeyObject;
}

const keyLength = 32;
/** Of 32 random bytes fewer are different once in 10^9 keys. */
const fewestDifferent = 20;
const idLook = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** A fresh key, as a line of a keyring or the value of ENCRYPTION_KEY: "k-1f0c9a2e:<base64>". */
export function newKeyLine(): string {
  const bytes = randomBytes(keyLength);
  return `${idOf(bytes)}:${bytes.toString("base64")}`;
}

/**
 * Reads "id:base64", "base64" or 64 hexadecimal digits. A key without an id is named after its hash. `where` is what an admin
 * has to look at ("ENCRYPTION_KEY"); the complaint names it and says how to make a key, and never shows what came.
 */
export function readKey(text: string, where: string): Key {
  const [, id, value = ""] = /^(?:([^:]*):)?([\s\S]*)$/.exec(text.trim()) ?? [];
  hideSecret(value);
  const bytes = bytesOf(value);
  const trouble = bytes === undefined ? "it is neither base64 nor hexadecimal" : weakness(bytes);
  if (bytes === undefined || trouble) throw unusable(where, trouble ?? "");
  hideSecret(bytes.toString("hex"));
  if (id !== undefined && !idLook.test(id)) throw unusable(where, "its name may have a-z, 0-9, dot, dash and underscore");
  return { id: id ?? idOf(bytes), bytes: createSecretKey(bytes) };
}

export function unusable(where: string, trouble: string): SettingsInvalid {
  return new SettingsInvalid(`${where}: the key cannot be used: ${trouble}. Make one with: svyaz keys new`, { operation: "keyring.read" });
}

function idOf(bytes: Buffer): string {
  return `k-${createHash("sha256").update("svyaz key id\0").update(bytes).digest("hex").slice(0, 8)}`;
}

function bytesOf(value: string): Buffer | undefined {
  if (/^[0-9a-fA-F]+$/.test(value) && value.length === 2 * keyLength) return Buffer.from(value, "hex");
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(value) ? Buffer.from(value, "base64") : undefined;
}

/** What is wrong with bytes that no random source has made. */
function weakness(bytes: Buffer): string | undefined {
  if (bytes.length !== keyLength) return `it has ${bytes.length} bytes instead of ${keyLength}`;
  if (new Set(bytes).size < fewestDifferent) return "its bytes repeat";
  const steps = bytes.subarray(1).map((byte, at) => byte - (bytes[at] ?? 0));
  if (new Set(steps).size === 1) return "its bytes are a plain series";
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return "it is a text and not random bytes";
  return undefined;
}
