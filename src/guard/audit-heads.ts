import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { NotFound, RequestRefused } from "../domain/errors.js";
import type { Alerts } from "../domain/alert.js";
import type { Log } from "../domain/log.js";
import type { Language } from "../domain/people.js";
import type { Secrets } from "../domain/vault.js";
import type { Queryable } from "../platform/database.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { AuditService } from "./audit.js";
import { type ChainReport, readHead } from "./audit-chain.js";
import { createSecret } from "./secret.js";

const keyName = "audit-signing-key";
const alertKey = "audit-heads";
const firstPrevious = "0".repeat(64);
const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/** The end of the chain at one moment, signed; one line of JSON. */
export const AuditHead = z.strictObject({
  number: z.int().min(0),
  digest: Digest,
  at: z.iso.datetime(),
  /** SHA-256 of the line before it; zeros in the first. */
  previous: Digest,
  /** The public key, 32 bytes in base64url (RFC 8032, as a JWK's `x` in RFC 8037). */
  key: z.string().regex(/^[\w-]{43}$/),
  signature: z.string().regex(/^[\w-]{86}$/),
});
export type AuditHead = z.infer<typeof AuditHead>;

/** The first line that is not a head as it was signed. */
export interface BadHead {
  readonly line: number;
  readonly what: /** Not a line of such a file, or cut. */
    | "unreadable"
    /** Signed, but by a key that is not among those beside the file. */
    | "key-unknown"
    | "signature-wrong"
    /** It does not follow from the line before it: that one was taken out, put in or changed. */
    | "link-broken";
}

export interface HeadedReport extends ChainReport {
  /** How many heads the chain was compared with. */
  readonly heads: number;
  readonly badHead?: BadHead;
}

export interface AuditHeads {
  /** Seals what is there, signs the end of the chain, appends the line to the file and hands it out. */
  sign(): Promise<AuditHead>;
  /** The same, when the last one is older than an hour. What fails is an alert, here and below. */
  signWhenDue(): Promise<void>;
  /** The same, when the chain has grown since the last one. */
  signWhenGrown(): Promise<void>;
  /** Checks the chain with the heads of the file; `against` names another file, or is a head itself. */
  check(against?: string): Promise<HeadedReport>;
}

/**
 * Heads of the audit log that stand outside the database: whoever may change everything in it, the chain's own end included, cannot
 * make the same heads again without the key, nor take back those that were handed out.
 */
export function createAuditHeads(parts: {
  readonly database: Queryable;
  readonly audit: Pick<AuditService, "check">;
  /** The system secrets of Svyaz itself; the private key is made at the first use and kept there. */
  readonly secrets: Secrets;
  /** Appended to, one line a head; the public keys are in the file of the same name that ends in ".pub". */
  readonly file: string;
  readonly seal: () => Promise<unknown>;
  /** Takes the line, in words around it, to where the database's administrator cannot reach it. */
  readonly publish: (markdown: string, key: string) => Promise<void>;
  /** Of the admins. */
  readonly language: Language;
  readonly timeZone: string;
  readonly alerts: Alerts;
  readonly log: Log;
  readonly now: () => Date;
  /** Milliseconds; an hour unless said. */
  readonly everyMs?: number;
}): AuditHeads {
  const { database, audit, secrets, file, seal, publish, now, everyMs = 3_600_000 } = parts;
  const words = texts(parts.language).audit;

  const signingKey = async (): Promise<KeyObject> => {
    const kept =
      (await secrets.get(keyName)) ?? (await secrets.update(keyName, async (current) => current ?? createSecret(newPrivateKey())));
    return createPrivateKey({ key: Buffer.from(kept.reveal(), "base64"), format: "der", type: "pkcs8" });
  };

  const lastLine = async (): Promise<string | undefined> => (await linesOf(file)).at(-1);

  const signNow = async (): Promise<AuditHead> => {
    // Its first use is an event itself, which belongs before the head.
    const key = await signingKey();
    await seal();
    const { number, digest } = await readHead(database);
    const before = await lastLine();
    const head = signHead(key, {
      number: Number(number),
      digest,
      at: now().toISOString(),
      previous: before === undefined ? firstPrevious : linkOf(before),
    });
    await mkdir(dirname(file), { recursive: true });
    const known = await linesOf(keysFileOf(file));
    if (!known.includes(head.key)) await appendFile(keysFileOf(file), `${head.key}\n`, { mode: 0o600 });
    const line = JSON.stringify(head);
    await appendFile(file, `${line}\n`, { mode: 0o600, flush: true });
    const at = formatMoment(new Date(head.at), parts.language, parts.timeZone);
    await publish(`${words.head(head.number, at)}\n\`\`\`\n${line}\n\`\`\``, `audit-head:${head.number}:${head.at}`);
    return head;
  };

  // One at a time: each line holds the hash of the one before it.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act);
    last = next.catch(() => undefined);
    return next;
  };
  const orAlert = (act: () => Promise<unknown>): Promise<void> =>
    inTurn(act).then(
      () => parts.alerts.resolve(alertKey),
      async (error: unknown) => {
        parts.log.error("the audit log could not be signed", { error });
        await parts.alerts.raise({ key: alertKey, level: "critical", title: words.unsignedTitle, text: words.unsignedText });
      },
    );
  const lastHead = async () => {
    const line = await lastLine();
    return line === undefined ? undefined : parseHead(line);
  };

  return {
    sign: () => inTurn(signNow),

    signWhenDue: () =>
      orAlert(async () => {
        const head = await lastHead();
        const due = !head || now().getTime() - new Date(head.at).getTime() >= everyMs;
        if (due) await signNow();
      }),

    signWhenGrown: () =>
      orAlert(async () => {
        await seal();
        const [head, { number, digest }] = [await lastHead(), await readHead(database)];
        if (number > 0n && (head?.number !== Number(number) || head.digest !== digest)) await signNow();
      }),

    async check(against) {
      const lines = against === undefined ? await linesOf(file) : isLine(against) ? [withoutQuotes(against)] : await linesOf(against, true);
      const other = against !== undefined && !isLine(against) ? await linesOf(keysFileOf(against)) : [];
      const { heads, bad } = readHeads(lines, new Set([...(await linesOf(keysFileOf(file))), ...other]));
      return { ...(await audit.check(heads)), heads: heads.length, badHead: bad };
    },
  };
}

/** Heads up to the first that is bad. */
function readHeads(lines: readonly string[], keys: ReadonlySet<string>): { readonly heads: readonly AuditHead[]; readonly bad?: BadHead } {
  const heads: AuditHead[] = [];
  for (const [at, line] of lines.entries()) {
    const head = parseHead(line);
    const before = lines[at - 1];
    const what = !head
      ? "unreadable"
      : !keys.has(head.key)
        ? "key-unknown"
        : !isSigned(head)
          ? "signature-wrong"
          : before !== undefined && head.previous !== linkOf(before)
            ? "link-broken"
            : undefined;
    if (what || !head) return { heads, bad: { line: at + 1, what: what ?? "unreadable" } };
    heads.push(head);
  }
  return { heads };
}

function signHead(key: KeyObject, head: Omit<AuditHead, "key" | "signature">): AuditHead {
  const signed = { ...head, key: publicKeyOf(key) };
  return { ...signed, signature: sign(null, textOf(signed), key).toString("base64url") };
}

function isSigned(head: AuditHead): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: head.key }, format: "jwk" });
  return verify(null, textOf(head), key, Buffer.from(head.signature, "base64url"));
}

/** What is signed: a prefix of its own, so that it can pass for nothing else, and an array with one spelling only. */
function textOf({ number, digest, at, previous, key }: Omit<AuditHead, "signature">): Buffer {
  return Buffer.from(`svyaz.audit.head.v1\n${JSON.stringify([number, digest, at, previous, key])}`);
}

function linkOf(line: string): string {
  return createHash("sha256").update(`svyaz.audit.head-link.v1\n${line}`).digest("hex");
}

function newPrivateKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
}

function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: "jwk" }).x ?? "";
}

function parseHead(line: string): AuditHead | undefined {
  try {
    return AuditHead.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** A head as it is copied from a chat, perhaps with the marks of a code block. */
function isLine(against: string): boolean {
  return withoutQuotes(against).startsWith("{");
}

function withoutQuotes(text: string): string {
  return text.replace(/^[\s`]+|[\s`]+$/g, "");
}

function keysFileOf(file: string): string {
  return `${file.replace(/\.jsonl$/, "")}.pub`;
}

/** None where there is no such file, unless it `must` be there. */
async function linesOf(file: string, must = false): Promise<readonly string[]> {
  try {
    return (await readFile(file, "utf8")).split(/\r?\n/).filter((line) => line.trim() !== "");
  } catch (cause) {
    const absent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (absent && !must) return [];
    const details = { operation: "audit.heads", cause };
    throw absent ? new NotFound(`there is no file ${file}`, details) : new RequestRefused(`${file} cannot be read`, details);
  }
}
