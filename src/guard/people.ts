import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { NotFound, RequestRefused } from "../domain/errors.js";
import type { Language, Person, Role } from "../domain/people.js";
import type { Database } from "../platform/database.js";

const Row = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  language: z.enum(["ru", "en"]),
  time_zone: z.string().nullable(),
  roles: z.array(z.string()),
  active: z.boolean(),
  principals: z.array(z.string()),
});

/** What an admin sees of a person: besides what the rest of Svyaz sees, the e-mail and the messenger accounts. */
export interface PersonCard extends Person {
  readonly email?: string;
  readonly active: boolean;
  readonly accounts: readonly Account[];
}

/** A messenger account as it is kept: `sender` is the messenger's own id, `workspace` is empty where it has none. */
export interface Account {
  readonly channel: string;
  readonly workspace: string;
  readonly sender: string;
}

export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly roles?: readonly Role[];
  readonly language?: Language;
  readonly timeZone?: string;
}

export interface AccountOf {
  readonly channel: string;
  readonly workspace?: string;
  readonly id: string;
}

/** Who Svyaz works for: the table behind `svyaz people` and behind `Access.whoIs`. */
export interface People {
  add(person: NewPerson): Promise<Person>;
  list(): Promise<readonly PersonCard[]>;
  find(id: string): Promise<Person | undefined>;
  byAccount(account: AccountOf): Promise<Person | undefined>;
  /** The person's messenger accounts, the newest first. */
  accountsOf(id: string): Promise<readonly Account[]>;
  setRoles(id: string, roles: readonly Role[]): Promise<void>;
  /**
   * Takes every right away: the accounts and users in systems are unlinked, unused invitations are void, cards that still wait are
   * closed. The id stays taken, so that the audit log keeps meaning one person by it. Resolves to the number of cards closed.
   */
  remove(id: string, now: Date): Promise<number>;
  /** The person's own user in a system: "amocrm:user:11". */
  link(id: string, system: string, principal: string): Promise<void>;
  /** Whose user in a system this principal is. */
  ownerOf(principal: string): Promise<string | undefined>;
  /** A single-use code; it is shown once and kept only as a hash. */
  invite(id: string, now: Date, validMs: number): Promise<{ readonly code: string; readonly expiresAt: Date }>;
  /** Ties the account to the invited person. Nothing when the code is unknown, used or late. */
  redeem(code: string, account: AccountOf, now: Date): Promise<Person | undefined>;
  /** Ties an account whose messenger vouches for the corporate e-mail. */
  matchEmail(email: string, account: AccountOf, now: Date): Promise<Person | undefined>;
}

export function createPeople({ database, timeZone }: { readonly database: Database; readonly timeZone: string }): People {
  const select = `select p.id, p.name, p.email, p.language, p.time_zone, p.roles, p.active,
      array(
        select l.principal from person_links l where l.person = p.id
        union
        select m.of_group from person_links l join memberships m on m.member = l.principal where l.person = p.id
      ) as principals
    from people p`;

  const toPerson = (row: unknown): Person & { email?: string; active: boolean } => {
    const found = Row.parse(row);
    return {
      id: found.id,
      name: found.name,
      language: found.language,
      timeZone: found.time_zone ?? timeZone,
      roles: found.roles,
      principals: [`svyaz:person:${found.id}`, ...found.principals],
      email: found.email ?? undefined,
      active: found.active,
    };
  };

  const find = async (id: string): Promise<Person | undefined> => {
    const { rows } = await database.query(`${select} where p.id = $1 and p.active`, [id]);
    return rows[0] && toPerson(rows[0]);
  };

  const bind = async (account: AccountOf, person: string, how: string, now: Date): Promise<void> => {
    await database.query(
      `insert into accounts (channel, workspace, sender, person, linked_at, how) values ($1, $2, $3, $4, $5, $6)
       on conflict (channel, workspace, sender) do update set person = excluded.person, linked_at = excluded.linked_at, how = excluded.how`,
      [account.channel, account.workspace ?? "", account.id, person, now, how],
    );
  };

  const must = async (id: string): Promise<Person> => {
    const person = await find(id);
    if (!person) throw new NotFound(`people: nobody is called ${id}`, { operation: "people.find" });
    return person;
  };

  return {
    find,

    async add(person) {
      const { rowCount } = await database.query(
        `insert into people (id, name, email, language, time_zone, roles) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing`,
        [person.id, person.name, person.email ?? null, person.language ?? "ru", person.timeZone ?? null, person.roles ?? ["staff"]],
      );
      if (rowCount === 0) throw new RequestRefused(`people: ${person.id} is there already`, { operation: "people.add" });
      return must(person.id);
    },

    async list() {
      const { rows } = await database.query(`${select} order by p.id`);
      const accounts = await database.query<Account & { readonly person: string }>(
        "select person, channel, workspace, sender from accounts order by linked_at",
      );
      return rows.map((row) => {
        const person = toPerson(row);
        return { ...person, accounts: accounts.rows.filter((account) => account.person === person.id) };
      });
    },

    async byAccount(account) {
      const { rows } = await database.query(
        `${select} join accounts a on a.person = p.id where a.channel = $1 and a.workspace = $2 and a.sender = $3 and p.active`,
        [account.channel, account.workspace ?? "", account.id],
      );
      return rows[0] && toPerson(rows[0]);
    },

    async accountsOf(id) {
      const { rows } = await database.query<Account>(
        "select channel, workspace, sender from accounts where person = $1 order by linked_at desc",
        [id],
      );
      return rows;
    },

    async remove(id, now) {
      await must(id);
      return database.transaction(async (tx) => {
        await tx.query("update people set active = false where id = $1", [id]);
        await tx.query("delete from accounts where person = $1", [id]);
        await tx.query("delete from person_links where person = $1", [id]);
        await tx.query("delete from invitations where person = $1 and used_at is null", [id]);
        const { rowCount } = await tx.query(
          "update approvals set state = 'rejected', reason = 'the person was removed', settled_at = $2 where asked_by = $1 and state = 'waiting'",
          [id, now],
        );
        return rowCount;
      });
    },

    async setRoles(id, granted) {
      await must(id);
      await database.query("update people set roles = $2 where id = $1", [id, granted]);
    },

    async link(id, system, principal) {
      await must(id);
      const { rows } = await database.query<{ person: string }>(
        `insert into person_links (person, system, principal) values ($1, $2, $3)
         on conflict (principal) do update set system = excluded.system returning person`,
        [id, system, principal],
      );
      const [owner] = rows;
      if (owner && owner.person !== id)
        throw new RequestRefused(`people: ${principal} belongs to ${owner.person} already`, { system, operation: "people.link" });
    },

    async ownerOf(principal) {
      const { rows } = await database.query<{ person: string }>("select person from person_links where principal = $1", [principal]);
      return rows[0]?.person;
    },

    async invite(id, now, validMs) {
      await must(id);
      const code = randomBytes(12).toString("base64url");
      const expiresAt = new Date(now.getTime() + validMs);
      await database.query("insert into invitations (code_hash, person, created_at, expires_at) values ($1, $2, $3, $4)", [
        hash(code),
        id,
        now,
        expiresAt,
      ]);
      return { code, expiresAt };
    },

    async redeem(code, account, now) {
      // One statement settles it, so that two senders of one code cannot both win.
      const { rows } = await database.query<{ person: string }>(
        `update invitations set used_at = $2, used_by = $3
         where code_hash = $1 and used_at is null and expires_at > $2 returning person`,
        [hash(code), now, `${account.channel}:${account.workspace ?? ""}:${account.id}`],
      );
      const person = rows[0] && (await find(rows[0].person));
      if (person) await bind(account, person.id, "invitation", now);
      return person;
    },

    async matchEmail(email, account, now) {
      const { rows } = await database.query(`${select} where lower(p.email) = lower($1) and p.active`, [email]);
      const person = rows[0] && toPerson(rows[0]);
      if (person) await bind(account, person.id, "verified e-mail", now);
      return person;
    },
  };
}

function hash(code: string): string {
  return createHash("sha256").update(`svyaz.invitation\0${code}`).digest("hex");
}
