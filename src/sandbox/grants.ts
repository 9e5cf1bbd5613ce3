import { randomBytes } from "node:crypto";
import { openJournal } from "./journal.js";

/** The app as an administrator has registered it at the vendor. */
export interface RegisteredApp {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether this is its redirect URI, to the letter. */
  readonly redirects: (uri: string) => boolean;
}

/** How long a vendor lets things live, milliseconds. */
export interface Lifetimes {
  readonly code: number;
  readonly access: number;
  readonly refresh: number;
  /** A refresh token that was used goes on for so long. */
  readonly grace: number;
}

/** Why a code or a refresh token is not taken. */
export type Spent = "unknown" | "used" | "expired" | "other-redirect";

export interface Pair {
  readonly user: string;
  readonly access: string;
  readonly refresh: string;
}

interface Code {
  readonly user: string;
  readonly redirectUri: string;
  readonly endsAt: number;
  used: boolean;
}

type Entry =
  | {
      readonly kind: "pair";
      readonly user: string;
      readonly access: string;
      readonly refresh: string;
      readonly at: number;
      readonly instead?: string;
    }
  | { readonly kind: "revoked"; readonly user: string };

interface Token {
  readonly user: string;
  endsAt: number;
  used: boolean;
}

/** Codes and token pairs of one authorization server. Pairs outlive a restart, codes do not. */
export async function createGrants({
  dir,
  name,
  lifetimes,
  now,
}: {
  readonly dir?: string;
  readonly name: string;
  readonly lifetimes: Lifetimes;
  readonly now: () => Date;
}) {
  const journal = await openJournal<Entry>(dir, name);
  const codes = new Map<string, Code>();
  const access = new Map<string, Token>();
  const refresh = new Map<string, Token>();
  let exchanged = 0;
  let refreshed = 0;

  function apply(entry: Entry): void {
    if (entry.kind === "revoked") {
      for (const tokens of [access, refresh]) for (const [token, { user }] of tokens) if (user === entry.user) tokens.delete(token);
      return;
    }
    const old = entry.instead === undefined ? undefined : refresh.get(entry.instead);
    if (old && !old.used) Object.assign(old, { used: true, endsAt: Math.min(old.endsAt, entry.at + lifetimes.grace) });
    access.set(entry.access, { user: entry.user, endsAt: entry.at + lifetimes.access, used: false });
    refresh.set(entry.refresh, { user: entry.user, endsAt: entry.at + lifetimes.refresh, used: false });
  }
  for (const entry of journal.replayed) apply(entry);

  const random = () => randomBytes(24).toString("base64url");

  async function issue(user: string, instead?: string): Promise<Pair> {
    const pair = { user, access: random(), refresh: random() };
    const entry = { kind: "pair", ...pair, at: now().getTime(), instead } as const;
    apply(entry);
    await journal.append(entry);
    return pair;
  }

  return {
    /** The person has agreed; the browser takes the code back. */
    code(user: string, redirectUri: string): string {
      const code = random();
      codes.set(code, { user, redirectUri, endsAt: now().getTime() + lifetimes.code, used: false });
      return code;
    },
    async exchange(given: string, redirectUri: string): Promise<Pair | Spent> {
      const code = codes.get(given);
      if (!code) return "unknown";
      if (code.used) return "used";
      if (code.endsAt <= now().getTime()) return "expired";
      if (code.redirectUri !== redirectUri) return "other-redirect";
      code.used = true;
      exchanged += 1;
      return issue(code.user);
    },
    async refresh(given: string): Promise<Pair | Spent> {
      refreshed += 1;
      const token = refresh.get(given);
      if (!token) return "unknown";
      if (token.endsAt <= now().getTime()) return token.used ? "used" : "expired";
      return issue(token.user, given);
    },
    /** Whose access token it is; undefined when it is nobody's, or no more. */
    userOf(given: string): string | undefined {
      const token = access.get(given);
      return token && token.endsAt > now().getTime() ? token.user : undefined;
    },
    /** The person takes the app's access away in the vendor's screens. */
    async revoke(user: string): Promise<void> {
      apply({ kind: "revoked", user });
      await journal.append({ kind: "revoked", user });
    },
    /** Access tokens end now, as if their time had passed. */
    age(): void {
      for (const token of access.values()) token.endsAt = 0;
    },
    counters: () => ({ exchanged, refreshed }),
    close: () => journal.close(),
  };
}

export type Grants = Awaited<ReturnType<typeof createGrants>>;

/** The vendor's page where one says who one is and agrees; the sandbox asks for no password. */
export function consentPage(title: string, here: URL, people: readonly { readonly id: string; readonly name: string }[]): string {
  const link = (name: string, value: string, words: string) => {
    const to = new URL(here);
    to.searchParams.set(name, value);
    return `<li><a href="${escaped(to.pathname + to.search)}">${escaped(words)}</a></li>`;
  };
  const choices = [...people.map(({ id, name }) => link("user", id, name)), link("decline", "1", "Decline")];
  return `<!doctype html><html><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1><ul>${choices.join("")}</ul></body></html>`;
}

/** Back to the app; what the vendor adds stands behind what the app had. */
export function sendBack(redirectUri: string, parameters: Readonly<Record<string, string>>) {
  const to = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) to.searchParams.set(name, value);
  return { status: 302, headers: { location: to.href } };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
