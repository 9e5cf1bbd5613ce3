import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";

const algorithm = "aes-256-gcm";
/** Bytes. Random nonces of this length are safe for 2^32 messages a key (NIST SP 800-38D, 8.3). */
export const nonceLength = 12;
const tagLength = 16;

/** AES-256-GCM under a nonce that is used once; the answer ends with the 16 bytes of the tag. */
export function encrypt(key: KeyObject, nonce: Uint8Array, plain: Uint8Array, bound: Uint8Array): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength }).setAAD(bound);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The other way. Throws when a bit of ciphertext, tag, nonce or `bound` differs, or the key does. */
export function decrypt(key: KeyObject, nonce: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Buffer {
  const cut = sealed.length - tagLength;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength })
    .setAAD(bound)
    .setAuthTag(sealed.subarray(Math.max(0, cut)));
  return Buffer.concat([decipher.update(sealed.subarray(0, Math.max(0, cut))), decipher.final()]);
}

const drawnAtOnce = 256;
let drawn = Buffer.alloc(0);

/** Drawn by the hundred: asking the system for each costs more than encrypting with it. */
export function newNonce(): Buffer {
  if (drawn.length === 0) drawn = randomBytes(nonceLength * drawnAtOnce);
  const nonce = Buffer.from(drawn.subarray(0, nonceLength));
  drawn = drawn.subarray(nonceLength);
  return nonce;
}
