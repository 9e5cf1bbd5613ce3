import type * as russian from "../ru/vault.js";

export const vault: typeof russian.vault = {
  newKey: [
    "# The new key is printed above. Set it in one of two ways:",
    "#   in .env: ENCRYPTION_KEY=<that line>",
    "#   or in a file: umask 077; npx svyaz keys new >> /path/keyring; in .env: SVYAZ_KEYRING=/path/keyring",
    "# Keep it apart from the data and the backups: without it nobody reads the secrets, with it anybody does.",
  ].join("\n"),
  key: (id, from, secrets, newest) => `${id.padEnd(12)} secrets: ${secrets}${newest ? ", newest" : ""}  ${from}`,
  rotated: (count, id) => `Encrypted anew: ${count}, key ${id}. To take the old key away: npx svyaz keys retire <id>`,
  retired: (id) => `The key ${id} is gone. Backups made under it cannot be read without it.`,
  secretPrompt: (system, name) => `${name} of ${system} (not shown): `,
  secretSet: (system, name, person) => `Stored: ${system} ${name}${person ? ` (${person})` : ""}.`,
  secretUnasked: (system, names) => `Mind that ${system} asks for ${names}.`,
  secretRemoved: (system, name, person) => `Removed: ${system} ${name}${person ? ` (${person})` : ""}.`,
  noSecrets: "The vault is empty.",
  noSuchSecret: (system, name, person) => `There is no such secret: ${system} ${name}${person ? ` (${person})` : ""}`,
  backedUp: (file, tables, rows, bytes) =>
    `Backup: ${file}, ${tables} tables, ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB. It has no keys; but for secrets and marked fields it is not encrypted.`,
  restored: (tables, rows, at) => `Restored: ${tables} tables, ${rows} rows, as of ${at}.`,
  secretsOpen: (opened, closed) =>
    closed === 0 ? `Secrets that open: ${opened}.` : `Secrets that open: ${opened}, that do not: ${closed}:`,
  encryption: (id, from, secrets) => `key ${id}, ${secrets} secrets: ${from}`,
  sources: { vault: "vault", environment: "environment" },
  generatedKey: (path) => `A key was made for the sandbox: ${path}. Real systems need one of their own: npx svyaz keys new`,
};
