import { z } from "zod";
import { NotFound, RequestRefused } from "../domain/errors.js";
import type { Database, Queryable } from "../platform/database.js";
import { linkClients, readRecords, type StoredRecord } from "./link.js";
import { type ConflictField, conflictsAmong, type DoubtReason } from "./match.js";

/** So long a pair that was put to the admins keeps the next ones back, unless they decide it. */
const askedMs = 24 * 60 * 60_000;

/** A record as an admin sees it. */
export interface RecordCard {
  /** "amocrm:company:17" */
  readonly name: string;
  readonly title: string;
  readonly inn?: string;
}

export interface ClientCard {
  readonly client: string;
  readonly records: readonly RecordCard[];
}

export interface DoubtCard {
  readonly one: RecordCard;
  readonly other: RecordCard;
  readonly reason: DoubtReason;
  readonly confidence: number;
}

/** Two systems say different things of one client, or of two records that otherwise look like one. */
export interface ConflictCard {
  readonly client?: string;
  readonly field: ConflictField;
  readonly one: RecordCard;
  readonly other: RecordCard;
}

export type Verdict = "same" | "different";

/** What stands now, whoever decided it. */
export interface Answered {
  /** False where it had been decided before: nothing has changed then. */
  readonly counts: boolean;
  readonly verdict: Verdict;
  readonly one: RecordCard;
  readonly other: RecordCard;
}

/** What admins see and decide of clients that several systems know. */
export interface ClientBook {
  /** Clients known to several systems; with `all` also those of one. */
  list(options: { readonly all: boolean }): Promise<readonly ClientCard[]>;
  doubts(): Promise<readonly DoubtCard[]>;
  conflicts(): Promise<readonly ConflictCard[]>;
  /** The likeliest doubts that admins were not asked about yet; none while a pair they were asked about is fresh and undecided. */
  toTell(most: number): Promise<readonly DoubtCard[]>;
  told(doubts: readonly DoubtCard[]): Promise<void>;
  /** As `merge` or `split`, of two records that nobody has decided about yet. */
  answer(one: string, other: string, verdict: Verdict, by: string): Promise<Answered>;
  /** From now on one client, for good. `one` and `other` are records ("amocrm:company:17") or numbers of clients. */
  merge(one: string, other: string, by: string): Promise<ClientCard>;
  /** From now on a client of its own, for good: it is told apart from every record of that client, or of the client of `from`. */
  split(record: string, from: string | undefined, by: string): Promise<ClientCard>;
}

export function createClientBook({ database, now }: { readonly database: Database; readonly now: () => Date }): ClientBook {
  async function cards(): Promise<ReadonlyMap<string, RecordCard>> {
    const { rows } = await database.query(
      `select system_name || ':' || entity_type || ':' || external_id as name, title, keys->'inn' as inn
       from system_integrations where keys is not null order by id`,
    );
    const Card = z.object({ name: z.string(), title: z.string(), inn: z.string().nullable() });
    return new Map(
      rows.map((row) => {
        const { name, title, inn } = Card.parse(row);
        return [name, { name, title, inn: inn ?? undefined }];
      }),
    );
  }

  async function grouped(): Promise<ReadonlyMap<string, readonly StoredRecord[]>> {
    const groups = new Map<string, StoredRecord[]>();
    for (const record of await readRecords(database)) {
      if (record.client === undefined) continue;
      groups.set(record.client, [...(groups.get(record.client) ?? []), record]);
    }
    return groups;
  }

  /** The records of the client that is meant. */
  async function meant(asked: string): Promise<readonly StoredRecord[]> {
    const groups = await grouped();
    const byNumber = groups.get(asked);
    if (byNumber) return byNumber;
    const found = [...groups.values()].find((records) => records.some(({ name }) => name === asked));
    if (!found) throw new NotFound(`there is no client or record ${asked}; svyaz clients list --all shows them`, { operation: "clients" });
    return found;
  }

  async function decide(tx: Queryable, pairs: readonly Pair[], verdict: Verdict, by: string): Promise<void> {
    const inOrder = pairs.map(ordered);
    await tx.query(
      `insert into client_decisions (one, other, verdict, decided_by, decided_at)
       select one, other, $3, $4, $5 from unnest($1::text[], $2::text[]) as x (one, other)
       on conflict (one, other) do update set verdict = excluded.verdict, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
      [inOrder.map(([one]) => one), inOrder.map(([, other]) => other), verdict, by, now()],
    );
    await tx.query("delete from client_linking");
  }

  /** One client, whatever was said before of other records of the two. */
  async function decideSame(tx: Queryable, pair: Pair, groups: readonly [readonly StoredRecord[], readonly StoredRecord[]], by: string) {
    await tx.query(
      `delete from client_decisions where verdict = 'different'
         and ((one = any($1) and other = any($2)) or (one = any($2) and other = any($1)))`,
      groups.map((records) => records.map(({ name }) => name)),
    );
    await decide(tx, [pair], "same", by);
  }

  async function cardOf(record: string): Promise<ClientCard> {
    await linkClients(database, { now });
    const records = await meant(record);
    const all = await cards();
    return { client: records[0]?.client ?? "", records: records.flatMap(({ name }) => all.get(name) ?? []) };
  }

  async function doubtCards(only = ""): Promise<readonly DoubtCard[]> {
    const shown = await cards();
    const { rows } = await database.query<{ one: string; other: string; reason: DoubtReason; confidence: number }>(
      `select one, other, reason, confidence from client_doubts ${only} order by confidence desc, one, other`,
    );
    return rows.flatMap(({ one, other, ...rest }) => {
      const [first, second] = [shown.get(one), shown.get(other)];
      return first && second ? [{ one: first, other: second, ...rest }] : [];
    });
  }

  return {
    async list({ all }) {
      const shown = await cards();
      return [...(await grouped())]
        .filter(([, records]) => all || new Set(records.map(({ system }) => system)).size > 1)
        .map(([client, records]) => ({ client, records: records.flatMap(({ name }) => shown.get(name) ?? []) }))
        .toSorted((a, b) => Number(a.client) - Number(b.client));
    },

    doubts: () => doubtCards(),

    async conflicts() {
      const shown = await cards();
      const inClients = [...(await grouped())].flatMap(([client, records]) =>
        conflictsAmong(records).map(({ one, other, field }) => ({ client, field, one: one.name, other: other.name })),
      );
      const { rows } = await database.query<{ one: string; other: string }>(
        "select one, other from client_doubts where reason = 'inn-differs' order by one, other",
      );
      const inDoubts = rows.map(({ one, other }) => ({ client: undefined, field: "inn" as const, one, other }));
      return [...inClients, ...inDoubts].flatMap(({ one, other, ...rest }) => {
        const [first, second] = [shown.get(one), shown.get(other)];
        return first && second ? [{ one: first, other: second, ...rest }] : [];
      });
    },

    async toTell(most) {
      const { rows } = await database.query<{ asked: boolean }>("select exists (select from client_doubts where told_at > $1) as asked", [
        new Date(now().getTime() - askedMs),
      ]);
      if (rows[0]?.asked) return [];
      return (await doubtCards("where told_at is null")).slice(0, most);
    },

    async told(doubts) {
      await database.query(
        `update client_doubts d set told_at = $3 from unnest($1::text[], $2::text[]) as x (one, other)
         where d.one = x.one and d.other = x.other`,
        [doubts.map(({ one }) => one.name), doubts.map(({ other }) => other.name), now()],
      );
    },

    async answer(one, other, verdict, by) {
      const groups = [await meant(one), await meant(other)] as const;
      const pair = ordered([one, other]);
      const decided = await database.transaction(async (tx) => {
        const { rowCount } = await tx.query(
          `insert into client_decisions (one, other, verdict, decided_by, decided_at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
          [...pair, verdict, by, now()],
        );
        if (rowCount > 0 && verdict === "same") await decideSame(tx, pair, groups, by);
        else if (rowCount > 0) await decide(tx, apartFrom(one, groups[1]), "different", by);
        const { rows } = await tx.query<{ verdict: Verdict }>("select verdict from client_decisions where one = $1 and other = $2", [
          ...pair,
        ]);
        return { counts: rowCount > 0, verdict: rows[0]?.verdict ?? verdict };
      });
      await linkClients(database, { now });
      const shown = await cards();
      const card = (name: string) => shown.get(name) ?? { name, title: name };
      return { ...decided, one: card(one), other: card(other) };
    },

    async merge(one, other, by) {
      const [first, second] = [await meant(one), await meant(other)];
      const [firstName, secondName] = [nameOf(first, one), nameOf(second, other)];
      if (firstName === secondName) throw new RequestRefused(`${one} and ${other} are one record`, { operation: "clients.merge" });
      await database.transaction((tx) => decideSame(tx, [firstName, secondName], [first, second], by));
      return cardOf(firstName);
    },

    async split(record, from, by) {
      const records = await meant(record);
      if (!records.some(({ name }) => name === record))
        throw new NotFound(`${record} is no record: name one as svyaz clients list shows it`, { operation: "clients.split" });
      const others = from === undefined ? records : await meant(from);
      const apart = apartFrom(record, others);
      if (apart.length === 0) throw new RequestRefused(`${record} is a client of its own already`, { operation: "clients.split" });
      await database.transaction((tx) => decide(tx, apart, "different", by));
      return cardOf(record);
    },
  };
}

type Pair = readonly [string, string];

/** The smaller name first, as decisions are kept. */
function ordered([one, other]: Pair): Pair {
  return one < other ? [one, other] : [other, one];
}

function apartFrom(record: string, others: readonly StoredRecord[]): readonly Pair[] {
  return others.flatMap(({ name }) => (name === record ? [] : [[record, name] as const]));
}

/** The record that was named, or the first of a client that was. */
function nameOf(records: readonly StoredRecord[], asked: string): string {
  const names = records.map(({ name }) => name).toSorted();
  return names.find((name) => name === asked) ?? names[0] ?? asked;
}
