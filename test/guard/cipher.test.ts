import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decrypt, encrypt } from "../../src/guard/cipher.js";

const hex = (text: string) => Buffer.from(text, "hex");

/** The AES-256 test cases of "The Galois/Counter Mode of Operation" (McGrew and Viega), as submitted to NIST. */
const vectors = [
  { name: "13", key: "00".repeat(32), nonce: "00".repeat(12), plain: "", bound: "", sealed: "530f8afbc74536b9a963b4f1c4cb738b" },
  {
    name: "14",
    key: "00".repeat(32),
    nonce: "00".repeat(12),
    plain: "00".repeat(16),
    bound: "",
    sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
    name: "16",
    key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    nonce: "cafebabefacedbaddecaf888",
    plain: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    bound: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    sealed:
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
  },
];

describe("the cipher", () => {
  it.each(vectors)("answers the published test case $name", ({ key, nonce, plain, bound, sealed }) => {
    const secret = createSecretKey(hex(key));
    expect(encrypt(secret, hex(nonce), hex(plain), hex(bound)).toString("hex")).toBe(sealed);
    expect(decrypt(secret, hex(nonce), hex(sealed), hex(bound)).toString("hex")).toBe(plain);
  });

  it.each(vectors)("opens nothing of test case $name once a byte of it differs or is missing", ({ key, nonce, bound, sealed }) => {
    const secret = createSecretKey(hex(key));
    const parts = [hex(nonce), hex(sealed), hex(bound)] as const;
    parts.forEach((part, which) => {
      for (let at = 0; at < part.length; at++) {
        const changed = parts.map((one) => Buffer.from(one)) as [Buffer, Buffer, Buffer];
        changed[which]?.writeUInt8((part[at] ?? 0) ^ 1, at);
        expect(() => decrypt(secret, ...changed)).toThrow();
      }
    });
    for (let length = 0; length < parts[1].length; length++)
      expect(() => decrypt(secret, parts[0], parts[1].subarray(0, length), parts[2])).toThrow();
  });
});
