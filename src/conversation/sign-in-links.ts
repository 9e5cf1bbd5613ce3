import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Address } from "../domain/message.js";
import { type Database, storableJson } from "../platform/database.js";

/** How long a link to the vendor's sign-in page is good, milliseconds. */
export const linkMs = 15 * 60_000;

const Row = z.object({
  system: z.string(),
  person: z.string(),
  asked_by: z.string(),
  address: z.custom<Address>().nullable(),
  language: z.enum(["ru", "en"]),
  page: z.string(),
  redirect_uri: z.string(),
  verifier: z.string().nullable(),
  expires_at: z.date(),
  used_before: z.boolean(),
});

/** One link: who asked for it, in which chat, and whose sign-in it will be. */
export interface SignInLink {
  readonly system: string;
  /** Absent: for everybody. */
  readonly person?: string;
  readonly askedBy: string;
  /** Absent: asked for on the command line. */
  readonly address?: Address;
  readonly language: "ru" | "en";
  /** The vendor's page where the browser goes, without the state. */
  readonly page: string;
  readonly redirectUri: string;
  readonly verifier?: string;
}

export interface SignInLinks {
  /** 256 bits, in the alphabet of addresses. */
  newState(): string;
  /** The asker's older link to the same system is void from now on. */
  keep(state: string, link: SignInLink): Promise<void>;
  /** Where the link of this state leads, with the state; nothing when it was never given, is void, used or late. */
  leadsTo(system: string, state: string): Promise<URL | undefined>;
  /** Uses the link up, whatever comes of it. "unknown": never given, or void. */
  use(state: string): Promise<SignInLink | { readonly refused: "unknown" | "used" | "expired"; readonly link?: SignInLink }>;
}

export function createSignInLinks({ database, now }: { readonly database: Database; readonly now: () => Date }): SignInLinks {
  return {
    newState: () => randomBytes(32).toString("base64url"),

    async keep(state, link) {
      await database.transaction(async (tx) => {
        await tx.query("delete from sign_in_links where (asked_by = $1 and system = $2) or expires_at < $3", [
          link.askedBy,
          link.system,
          // Used and stale ones stay a day, so that they are told apart from invented ones.
          new Date(now().getTime() - 24 * 60 * 60_000),
        ]);
        await tx.query(
          `insert into sign_in_links (state_hash, system, person, asked_by, address, language, page, redirect_uri, verifier, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
          [
            hash(state),
            link.system,
            link.person ?? "",
            link.askedBy,
            link.address ? storableJson(link.address) : null,
            link.language,
            link.page,
            link.redirectUri,
            link.verifier ?? null,
            new Date(now().getTime() + linkMs),
          ],
        );
      });
    },

    async leadsTo(system, state) {
      const { rows } = await database.query<{ page: string }>(
        "select page from sign_in_links where state_hash = $1 and system = $2 and used_at is null and expires_at > $3",
        [hash(state), system, now()],
      );
      if (!rows[0]) return undefined;
      const page = new URL(rows[0].page);
      page.searchParams.set("state", state);
      return page;
    },

    async use(state) {
      // One statement settles it: of two callbacks with one state one finds it unused.
      const { rows } = await database.query(
        `with before as (select state_hash, used_at is not null as used_before, verifier from sign_in_links where state_hash = $1 for update)
         update sign_in_links l set used_at = coalesce(l.used_at, $2), verifier = null from before b where l.state_hash = b.state_hash
         returning l.system, l.person, l.asked_by, l.address, l.language, l.page, l.redirect_uri, b.verifier, l.expires_at, b.used_before`,
        [hash(state), now()],
      );
      if (!rows[0]) return { refused: "unknown" };
      const row = Row.parse(rows[0]);
      const link: SignInLink = {
        system: row.system,
        person: row.person === "" ? undefined : row.person,
        askedBy: row.asked_by,
        address: row.address ?? undefined,
        language: row.language,
        page: row.page,
        redirectUri: row.redirect_uri,
        verifier: row.verifier ?? undefined,
      };
      if (row.used_before) return { refused: "used", link };
      return row.expires_at <= now() ? { refused: "expired", link } : link;
    },
  };
}

function hash(state: string): string {
  return createHash("sha256").update(`svyaz.sign-in\0${state}`).digest("hex");
}
